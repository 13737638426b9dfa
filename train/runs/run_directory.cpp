#include "train/runs/run_directory.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/log.h"
#include "data/vectors/vector_files.h"

namespace wordbridge {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};

const char* const kOwnFiles[] = {
    "config.yaml", "manifest.json", "vocabulary.tsv", "metrics.jsonl",   "timing.jsonl",
    "log.txt",     "checkpoints",   "model.wb",       "model.bin",       "classes.tsv",
    "epochs",      "eval.json",     "eval_items.wb",  "token_scores.wb", "summary.json"};

}  // namespace

bool RunDirectory::is_complete(const fs::path& path) { return fs::exists(path / "summary.json"); }

bool RunDirectory::has_vectors(const fs::path& path) {
  return find_vector_file(path / "vectors").has_value();
}

void RunDirectory::check(const fs::path& path, Mode mode) {
  const bool exists = fs::exists(path / "config.yaml");
  if (mode == Mode::create && exists) {
    throw Error("there is a run of that name already")
        .at("{}", path.string())
        .hint("{}", is_complete(path)
                        ? "--out another folder, or --overwrite it"
                        : fmt::format("go on with it: wordbridge resume {}, or --overwrite it",
                                      path.string()));
  }
  if (mode == Mode::resume && !exists) {
    throw Error("there is no run")
        .at("{}", path.string())
        .expected("a folder that `wordbridge train` made");
  }
}

RunDirectory::RunDirectory(std::filesystem::path path, Mode mode)
    : path_(std::move(path)), identity_(std::make_unique<nlohmann::json>()) {
  check(path_, mode);
  make_folder(path_ / "checkpoints");
  if (mode == Mode::overwrite) {
    for (const auto* name : kOwnFiles) fs::remove_all(path_ / name);
    for (const auto* name : {"vectors", "contexts"}) remove_vector_files(path_ / name);
    make_folder(path_ / "checkpoints");
  }
  log_ = std::make_unique<AppendFile>(path_ / "log.txt", kAll);
  set_log_copy([this](const std::string& line) { log_->append(line + "\n"); });
  // Before a checkpoint exists, what a resumed run had recorded is recorded again.
  const bool fresh = mode != Mode::resume || !has_checkpoint("latest");
  open_logs(fresh ? 0 : kAll, fresh ? 0 : kAll);
}

RunDirectory::~RunDirectory() { set_log_copy({}); }

void RunDirectory::open_logs(std::uint64_t metrics_bytes, std::uint64_t timing_bytes) {
  metrics_.reset();
  timing_.reset();
  metrics_ = std::make_unique<AppendFile>(path_ / "metrics.jsonl", metrics_bytes);
  timing_ = std::make_unique<AppendFile>(path_ / "timing.jsonl", timing_bytes);
}

void RunDirectory::metrics(const nlohmann::ordered_json& line) {
  metrics_->append(line.dump() + "\n");
}
void RunDirectory::timing(const nlohmann::ordered_json& line) {
  timing_->append(line.dump() + "\n");
}

void RunDirectory::set_vectors(VectorFormat format, std::int64_t epochs) {
  vectors_format_ = format;
  vectors_epochs_ = epochs;
}

void RunDirectory::write_vectors(const std::string& name, const EmbeddingTable& table) const {
  const VectorFormatInfo& format = vector_format(vectors_format_);
  const fs::path path = file(name + format.endings.front());
  wordbridge::write_vectors(table, path, format.format);
  log("run", "{}: {} ({} words x {})", fs::path(name).filename().string(), path.string(),
      table.size(), table.dim());
}

void RunDirectory::write_epoch_vectors(std::int64_t epoch, Learner& learner) const {
  if (vectors_epochs_ == 0 || epoch % vectors_epochs_ != 0) return;
  const auto table = learner.vectors();
  if (!table) return;
  make_folder(path_ / "epochs");
  write_vectors(fmt::format("epochs/vectors-{:04}", epoch), *table);
}

void RunDirectory::set_identity(const nlohmann::json& identity) { *identity_ = identity; }

fs::path RunDirectory::checkpoint(const std::string& which) const {
  return path_ / "checkpoints" / (which + ".wb");
}
bool RunDirectory::has_checkpoint(const std::string& which) const {
  return fs::exists(checkpoint(which));
}

void RunDirectory::save_checkpoint(const std::string& which, const Learner& learner) {
  ContainerWriter writer("checkpoint", {{"identity", *identity_},
                                        {"learner", learner.state()},
                                        {"metrics_bytes", metrics_->size()},
                                        {"timing_bytes", timing_->size()}});
  learner.add_arrays(writer);
  writer.write(checkpoint(which));
}

void RunDirectory::restore_checkpoint(const std::string& which, Learner& learner) {
  const ContainerReader reader(checkpoint(which), "checkpoint");
  const auto& meta = reader.meta();
  if (meta.at("identity") != *identity_) {
    throw Error("the checkpoint was made from other data or another configuration")
        .at("{}", checkpoint(which).string())
        .expected("{}", identity_->dump())
        .got("{}", meta.at("identity").dump())
        .hint("put the data and config.yaml back as they were, or train into another folder");
  }
  learner.restore(meta.at("learner"), reader);
  if (which == "latest") {
    open_logs(meta.at("metrics_bytes").get<std::uint64_t>(),
              meta.at("timing_bytes").get<std::uint64_t>());
  }
}

}  // namespace wordbridge
