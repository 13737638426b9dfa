#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// What one training of a sweep has come to.
struct SweepResult {
  std::optional<std::int64_t> seed;
  std::string folder;                                   // within the sweep's
  std::string status;                                   // complete, failed, not complete, not begun
  std::string error;                                    // of one that failed
  std::vector<std::pair<std::string, double>> numbers;  // of its summary
  /// On what they were measured: the text and vocabulary; the words or questions used.
  std::string text, coverage;
};

/// A row: a point with all its seeds.
struct SweepRow {
  std::string folder;
  std::vector<std::string> values;  // of each axis, empty where the point has none
  std::vector<SweepResult> results;

  /// How many of its results are.
  std::size_t complete() const;
  bool is_complete() const { return complete() == results.size(); }
  /// "complete", "2 of 3 complete, 1 failed"
  std::string status() const;
  /// Of the complete ones that have the metric.
  std::vector<double> numbers(const std::string& metric) const;
};

/// Points by metrics: mean and sample standard deviation over the seeds.
struct SweepTable {
  std::string name;
  std::vector<std::string> axes;
  std::vector<SweepRow> rows;
  std::vector<std::string> metrics;  // all that there are, in their order

  /// All names that are `wanted` or end in it behind a space; none wanted: perplexities of
  /// validation and test and each benchmark's main score, or the first few. Error if there is none
  /// of a name.
  std::vector<std::string> choose(const std::vector<std::string>& wanted) const;
  /// Rows that have the best mean of all complete ones. None where no value is better than
  /// another, or they were not measured on the same.
  std::vector<bool> best(const std::string& metric) const;
};

/// What is in the sweep's folder now. Error if a file is damaged.
SweepTable read_sweep_table(const std::filesystem::path& out);

/// Aligned text, where the best values have a star, or Markdown, where they are bold.
std::string sweep_table_text(const SweepTable& table, const std::vector<std::string>& metrics,
                             bool markdown);
/// A column an axis, and for each metric mean, sd and n; undefined is nan.
std::string sweep_table_csv(const SweepTable& table, const std::vector<std::string>& metrics);
/// All there is, each seed's numbers with it.
nlohmann::ordered_json sweep_table_json(const SweepTable& table);

}  // namespace wordbridge
