#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/io/file.h"
#include "train/learner.h"

namespace wordbridge {

/// Makes TensorBoard's events of the lines of metrics.jsonl and timing.jsonl.
class MetricEvents {
 public:
  /// A line of timing.jsonl, whose numbers belong to the next line of metrics.
  void timing(const nlohmann::json& line) { timing_ = line; }
  /// The record of a line of metrics: a scalar for each number except the step. Those of a line
  /// with "start" have the prefix "start_N/", those of the last line "final/".
  std::string metrics(const nlohmann::json& line, double seconds);
  /// The step of the last line that had one.
  std::int64_t step() const { return step_; }

 private:
  nlohmann::json timing_ = nlohmann::json::object();
  std::int64_t step_ = 0;
};

/// The event file of a run: its metrics and times, and histograms of the lengths of its words'
/// vectors. metrics.jsonl is the log that counts; this is a copy for TensorBoard.
class TensorboardLog {
 public:
  /// Starts the event file of the run in `folder` again: with the first `kept` bytes of that of the
  /// previous start, which end at the checkpoint from which the training resumes; if it has not so
  /// many, with the events of the run's metrics.jsonl and timing.jsonl. The new file has another
  /// name, because a running TensorBoard may have read the old one beyond that point. The old one
  /// stays, empty: TensorBoard would not move on from a file that is gone.
  TensorboardLog(const fs::path& folder, std::uint64_t kept);

  void metrics(const nlohmann::json& line);
  void timing(const nlohmann::json& line) { events_.timing(line); }
  void norms(const std::vector<RowNorms>& matrices);
  /// Bytes written up to now.
  std::uint64_t size() const { return file_->size(); }

 private:
  MetricEvents events_;
  std::unique_ptr<AppendFile> file_;
};

/// Writes the event file of a run's metrics.jsonl and timing.jsonl into the folder. Its times are
/// those of training alone, and end at the last change of metrics.jsonl.
void write_events_of_run(const fs::path& run, const fs::path& folder);

/// Writes the table for TensorBoard's projector: projector_config.pbtxt and the files it names. The
/// projector shows at most 100,000 words, so that later rows are left out, as are words that lines
/// of text can't hold.
void write_projector(const EmbeddingTable& table, const fs::path& folder);

}  // namespace wordbridge
