#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// Result of one run of a sweep.
struct SweepResult {
  std::optional<std::int64_t> seed;
  std::string folder;  // relative to the sweep folder
  std::string status;  // complete, failed, stopped (after a rung), not complete, not begun
  std::string error;   // message of a failed run
  /// From summary.json. With successive halving also "rung" (from 1), and of a run that is not
  /// complete "epochs" and "valid_perplexity", the lowest up to now.
  std::vector<std::pair<std::string, double>> numbers;
  /// Basis of the numbers: corpus and vocabulary; numbers of words or questions used. Numbers are
  /// compared only between equal bases.
  std::string text, coverage;
};

/// Row of the table: a point with all its seeds.
struct SweepRow {
  std::string folder;
  std::vector<std::string> values;  // one per axis, empty where the point has none
  std::vector<SweepResult> results;

  /// Number of complete results.
  std::size_t complete() const;
  bool is_complete() const { return complete() == results.size(); }
  /// "complete", "2 of 3 complete, 1 failed"
  std::string status() const;
  /// Values of the metric, over the complete results that have it.
  std::vector<double> numbers(const std::string& metric) const;
};

/// Table of points by metrics: mean and sample standard deviation over the seeds.
struct SweepTable {
  std::string name;
  std::vector<std::string> axes;
  std::vector<SweepRow> rows;
  std::vector<std::string> metrics;  // all metrics of the runs, in order

  /// Returns the metrics whose name, or its last words, is in `wanted`. If `wanted` is empty: the
  /// validation and test perplexities and the main score of each benchmark, or the first few
  /// metrics if there are none of these; with successive halving also the rung and the epochs.
  /// Error if no metric matches a name.
  std::vector<std::string> choose(const std::vector<std::string>& wanted) const;
  /// Marks the rows with the best mean among the complete rows. None are marked if the metric has
  /// no better direction, if all means are equal, or if the rows were measured on different bases.
  std::vector<bool> best(const std::string& metric) const;
};

/// Whether a metric is shown unless others are wanted: a validation or test perplexity, or the main
/// score of a benchmark.
bool is_main_metric(const std::string& metric);

/// Reads the current results from a sweep folder. Error if a file is damaged.
SweepTable read_sweep_table(const std::filesystem::path& out);

/// Formats the table as aligned text, with a star after the best values, or as Markdown, with the
/// best values in bold.
std::string sweep_table_text(const SweepTable& table, const std::vector<std::string>& metrics,
                             bool markdown);
/// CSV with one column per axis, and mean, sd and n of each metric; undefined values are nan.
std::string sweep_table_csv(const SweepTable& table, const std::vector<std::string>& metrics);
/// JSON with all metrics, including the numbers of each seed.
nlohmann::ordered_json sweep_table_json(const SweepTable& table);

}  // namespace wordbridge
