#include "train/runs/run_directory.h"

#include <iterator>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/vectors/vector_files.h"
#include "train/runs/tensorboard_log.h"

namespace wordbridge {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};

/// Files that a run may write to its folder, besides vectors; the configuration is the first.
const char* const kOwnFiles[] = {
    run_files::kConfig,      run_files::kManifest,        run_files::kVocabulary,
    run_files::kMetrics,     run_files::kTiming,          run_files::kLog,
    run_files::kCheckpoints, run_files::kModel,           run_files::kFastTextModel,
    run_files::kPairs,       run_files::kClasses,         run_files::kEpochs,
    run_files::kEval,        run_files::kEvalItems,       run_files::kTokenScores,
    run_files::kSummary,     run_files::kContextMeasures, run_files::kTensorboard};

/// Error that names the parts that differ.
void check_identity(const nlohmann::json& stored, const nlohmann::json& own, const fs::path& path) {
  if (stored == own) return;
  std::vector<std::string> before, now;
  for (const auto& [key, name] : {std::pair("config_sha256", "configuration"),
                                  {"stream_sha256", "text (stream of tokens)"},
                                  {"vocabulary_sha256", "vocabulary"}}) {
    const auto old = stored.value(key, ""), current = own.value(key, "");
    if (old == current) continue;
    before.push_back(fmt::format("{} with SHA-256 {}", name, old.substr(0, 12)));
    now.push_back(current.substr(0, 12));
  }
  throw Error("the checkpoint belongs to different data or a different configuration")
      .at("{}", path.string())
      .expected("{}", join(before, ", "))
      .got("{}", join(now, ", "))
      .hint("restore the original data and config.yaml, or train into another folder");
}

void remove_files(const fs::path& path) {
  // The configuration is the last file and the checkpoint, without which a run begins again, one of
  // the first, so that a process that is killed here leaves an earlier run that can be resumed.
  for (const auto* name : {run_files::kSummary, run_files::kLatest}) fs::remove(path / name);
  for (const auto* stem : {run_files::kVectors, run_files::kContexts})
    remove_vector_files(path / stem);
  for (auto name = std::rbegin(kOwnFiles); name != std::rend(kOwnFiles); ++name)
    fs::remove_all(path / *name);
}

}  // namespace

bool RunDirectory::is_complete(const fs::path& path) {
  const fs::path summary = path / run_files::kSummary;
  return fs::is_regular_file(summary) && nlohmann::json::accept(read_file(summary));
}

std::vector<fs::path> RunDirectory::files(const fs::path& path) {
  std::vector<fs::path> files = {path / run_files::kSeeds};
  for (const auto* name : kOwnFiles) files.push_back(path / name);
  for (const auto* name : {run_files::kLatest, run_files::kBest}) files.push_back(path / name);
  for (const auto* stem : {run_files::kVectors, run_files::kContexts})
    if (auto file = find_vector_file(path / stem)) files.push_back(*std::move(file));
  return files;
}

bool RunDirectory::has_vectors(const fs::path& path) {
  return find_vector_file(path / run_files::kVectors).has_value();
}

void RunDirectory::check(const fs::path& path, Mode mode) {
  const bool exists = fs::exists(path / run_files::kConfig);
  if (mode == Mode::create && exists) {
    throw Error("the run already exists")
        .at("{}", path.string())
        .hint("{}",
              is_complete(path)
                  ? "use another folder (--out), or --overwrite to replace the run"
                  : fmt::format("to continue it: wordbridge resume {}; to replace it: --overwrite",
                                path.string()));
  }
  if (mode == Mode::resume && !exists) {
    throw Error("run not found")
        .at("{}", path.string())
        .expected("a folder written by `wordbridge train`");
  }
  if (mode != Mode::resume) check_can_make_folder(path);
}

RunDirectory::RunDirectory(std::filesystem::path path, Mode mode)
    : path_(std::move(path)), identity_(std::make_unique<nlohmann::json>()) {
  check(path_, mode);
  for (const auto* inner :
       {"", run_files::kCheckpoints, run_files::kEpochs, run_files::kTensorboard})
    remove_dead_temporaries(path_ / inner);
  if (mode == Mode::overwrite) remove_files(path_);
  make_folder(path_ / run_files::kCheckpoints);
  log_ = std::make_unique<AppendFile>(path_ / run_files::kLog, kAll);
  set_log_copy([this](const std::string& line) { log_->append(line + "\n"); });
  // Without a checkpoint, a resumed run starts again and so do its metrics.
  const bool fresh = mode != Mode::resume || !has_checkpoint(Checkpoint::latest);
  open_logs(fresh ? 0 : kAll, fresh ? 0 : kAll);
}

RunDirectory::~RunDirectory() { set_log_copy({}); }

void RunDirectory::remove(const fs::path& path) {
  remove_files(path);
  std::error_code not_empty;
  fs::remove(path, not_empty);
}

void RunDirectory::discard() {
  set_log_copy({});
  remove(path_);
}

void RunDirectory::open_logs(std::uint64_t metrics_bytes, std::uint64_t timing_bytes) {
  metrics_.reset();
  timing_.reset();
  metrics_ = std::make_unique<AppendFile>(path_ / run_files::kMetrics, metrics_bytes);
  timing_ = std::make_unique<AppendFile>(path_ / run_files::kTiming, timing_bytes);
}

void RunDirectory::metrics(const nlohmann::ordered_json& line) {
  metrics_->append(json_text(line) + "\n");
  if (tensorboard_) tensorboard_->metrics(line);
}
void RunDirectory::timing(const nlohmann::ordered_json& line) {
  timing_->append(json_text(line) + "\n");
  if (tensorboard_) tensorboard_->timing(line);
}

void RunDirectory::set_vectors(VectorFormat format, std::int64_t epochs) {
  vectors_format_ = format;
  vectors_epochs_ = epochs;
}

void RunDirectory::write_tensorboard() {
  tensorboard_ = std::make_unique<TensorboardLog>(path_, event_bytes_);
}

void RunDirectory::write_vectors(const std::string& name, const EmbeddingTable& table) const {
  const VectorFormatInfo& format = vector_format(vectors_format_);
  const fs::path path = file(name + format.endings.front());
  wordbridge::write_vectors(table, path, format.format);
  log("run", "{}: {} ({} x {})", fs::path(name).filename().string(), path.string(),
      counted(table.size(), "word"), table.dim());
}

void RunDirectory::write_epoch_vectors(std::int64_t epoch, Learner& learner) {
  if (tensorboard_) tensorboard_->norms(learner.word_norms());
  if (vectors_epochs_ == 0 || epoch % vectors_epochs_ != 0) return;
  const auto table = learner.vectors();
  if (!table) return;
  make_folder(path_ / run_files::kEpochs);
  write_vectors(fmt::format("{}/{}-{:04}", run_files::kEpochs, run_files::kVectors, epoch), *table);
}

void RunDirectory::set_identity(const nlohmann::json& identity) { *identity_ = identity; }

fs::path RunDirectory::checkpoint(Checkpoint which) const {
  return path_ / (which == Checkpoint::latest ? run_files::kLatest : run_files::kBest);
}
bool RunDirectory::has_checkpoint(Checkpoint which) const { return fs::exists(checkpoint(which)); }

void RunDirectory::save_checkpoint(Checkpoint which, const Learner& learner) {
  metrics_->sync();  // the checkpoint states its length
  nlohmann::json meta = {{"identity", *identity_},
                         {"learner", learner.state()},
                         {"metrics_bytes", metrics_->size()},
                         {"timing_bytes", timing_->size()}};
  if (tensorboard_) meta["event_bytes"] = tensorboard_->size();
  ContainerWriter writer("checkpoint", meta);
  learner.add_arrays(writer);
  writer.write(checkpoint(which));
}

void RunDirectory::restore_checkpoint(Checkpoint which, Learner& learner) {
  const ContainerReader reader(checkpoint(which), "checkpoint");
  const auto& meta = reader.meta();
  check_identity(meta.at("identity"), *identity_, checkpoint(which));
  learner.restore(meta.at("learner"), reader);
  if (which == Checkpoint::latest) {
    open_logs(meta.at("metrics_bytes").get<std::uint64_t>(),
              meta.at("timing_bytes").get<std::uint64_t>());
    event_bytes_ = meta.value("event_bytes", std::uint64_t{0});
  }
}

}  // namespace wordbridge
