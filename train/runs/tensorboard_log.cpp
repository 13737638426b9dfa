#include "train/runs/tensorboard_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/json.h"
#include "core/text.h"
#include "data/vectors/vector_files.h"
#include "train/runs/event_file.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

using nlohmann::json;

constexpr std::string_view kEventFile = "events.out.tfevents.";

double now() {
  const auto time = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(time).count();
}

/// Seconds since 1970 of the last change.
double time_of(const fs::path& file) {
  const auto age = fs::file_time_type::clock::now() - fs::last_write_time(file);
  return now() - std::chrono::duration<double>(age).count();
}

/// The event files in the folder, in the order of their names.
std::vector<fs::path> event_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().filename().string().rfind(kEventFile, 0) == 0) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// The time in the name of an event file.
double start_of(const fs::path& file) {
  const std::string name = file.filename().string().substr(kEventFile.size());
  return parse_double(name.substr(0, name.find('.'))).value_or(0);
}

/// Whether a line of timing.jsonl is that of the epoch, or of the whole training, that a line of
/// metrics.jsonl ends.
bool is_time_of(const json& timing, const json& metrics) {
  for (const char* const key : {"epoch", "start_epoch", "start"})
    if (timing.value(key, json()) != metrics.value(key, json())) return false;
  return timing.contains("epoch") || timing.contains("start_epoch") || metrics.contains("final");
}

/// The event file of a training that started then.
std::string event_file_name(double seconds) {
  return fmt::format("{}{:010}.wordbridge", kEventFile, static_cast<std::int64_t>(seconds));
}

/// The event file that the metrics and times of a run give.
std::string events_of_run(const fs::path& run) {
  const fs::path log = run / run_files::kMetrics;
  const auto metrics = read_json_objects(log), timing = read_json_objects(run / run_files::kTiming);
  double seconds = fs::exists(log) ? time_of(log) : now();
  for (const json& line : timing) seconds -= line.value("seconds", 0.0);
  std::string events = event_file_start(seconds);
  MetricEvents made;
  auto time = timing.begin();
  for (const json& line : metrics) {
    if (time != timing.end() && is_time_of(*time, line)) {
      seconds += time->value("seconds", 0.0);
      made.timing(*time++);
    }
    events += made.metrics(line, seconds);
  }
  return events;
}

}  // namespace

std::string MetricEvents::metrics(const json& line, double seconds) {
  step_ = line.value("step", step_);
  std::string prefix = line.contains("final") ? "final/" : "";
  if (line.contains("start")) prefix = fmt::format("start_{}/", line.at("start").dump());
  json all = std::exchange(timing_, json::object());
  all.update(line);
  EventValues values;
  for (const auto& [key, value] : all.items())
    if (value.is_number() && key != "step" && key != "start")
      values.add(prefix + key, value.get<double>());
  return values.empty() ? "" : values.record(seconds, step_);
}

TensorboardLog::TensorboardLog(const fs::path& folder, std::uint64_t kept) {
  const fs::path events = folder / run_files::kTensorboard;
  make_folder(events);
  for (const json& line : read_json_objects(folder / run_files::kMetrics))
    events_.metrics(line, 0);  // for its step
  const auto files = event_files(events);
  std::string content;
  if (!files.empty() && kept > 0) content = read_file(files.back()).substr(0, kept);
  if (kept == 0 || content.size() < kept) content = events_of_run(folder);
  const fs::path file =
      events / event_file_name(files.empty() ? now() : std::max(now(), start_of(files.back()) + 1));
  write_file(file, content);
  for (const auto& old : files) {
    if (old == files.back())
      fs::resize_file(old, 0);
    else
      fs::remove(old);
  }
  file_ = std::make_unique<AppendFile>(file, content.size());
}

void TensorboardLog::metrics(const json& line) { file_->append(events_.metrics(line, now())); }

void TensorboardLog::norms(const std::vector<RowNorms>& matrices) {
  EventValues values;
  for (const auto& [matrix, norms] : matrices)
    if (!norms.empty()) values.add_histogram("norms/" + matrix, norms);
  if (!values.empty()) file_->append(values.record(now(), events_.step()));
}

void write_events_of_run(const fs::path& run, const fs::path& folder) {
  write_file(folder / event_file_name(now()), events_of_run(run));
}

void write_projector(const EmbeddingTable& table, const fs::path& folder) {
  constexpr std::int64_t kMostWords = 100'000;
  const VectorFormatInfo& format = vector_format(VectorFormat::projector);
  std::vector<std::string> words;
  std::vector<float> rows;
  for (std::int64_t i = 0; i < std::min(table.size(), kMostWords); ++i) {
    const std::string_view word = table.word(i);
    const auto row = static_cast<std::int64_t>(words.size());
    if (word.empty() || word.find_first_of(format.separators) != word.npos ||
        !format.keeps(word, row))
      continue;
    words.emplace_back(word);
    rows.insert(rows.end(), table.row(i), table.row(i) + table.dim());
  }
  if (words.empty()) return;
  write_vectors({std::move(words), std::move(rows), table.dim(), table.origin()},
                folder / "vectors.tsv", VectorFormat::projector);
  write_file(folder / "projector_config.pbtxt",
             "embeddings {\n  tensor_name: \"vectors\"\n  tensor_path: \"vectors.tsv\"\n"
             "  metadata_path: \"vectors.metadata.tsv\"\n}\n");
}

}  // namespace wordbridge
