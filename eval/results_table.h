#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace wordbridge {

/// One column of a table: a model and the results of its vectors, one per seed.
struct ResultsColumn {
  std::string label;
  std::vector<nlohmann::json> results;  // evaluate()
};

/// Scores of several models side by side, as aligned text or as a Markdown table: each value with
/// its 95 % interval, if it has one, and its coverage. For several seeds: mean and standard
/// deviation, and the coverage of the first seed. Scores after post-processing are in additional
/// columns next to the model's.
std::string results_table(const std::vector<ResultsColumn>& models, bool markdown);

/// The same as CSV (RFC 4180), one line per score: model, seed (from 1), postprocess, task,
/// benchmark, metric, part, value, low, high, used, total. Sections of analogy benchmarks have
/// their own lines. Undefined values are empty fields.
std::string results_csv(const std::vector<ResultsColumn>& columns);

}  // namespace wordbridge
