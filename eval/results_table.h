#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace wordbridge {

/// What stands in one column of a table: a model, and the results of its tables, one a seed.
struct ResultsColumn {
  std::string label;
  std::vector<nlohmann::json> results;  // evaluate()
};

/// The scores of several models side by side, as an aligned text or as a Markdown table: a value
/// with its 95 % interval, if it has one, and its coverage; of several seeds the mean and the
/// standard deviation instead, and the coverage of the first. What was scored after steps of
/// post-processing stands in columns beside it.
std::string results_table(const std::vector<ResultsColumn>& models, bool markdown);

/// Likewise as CSV (RFC 4180), a line a number: model, seed (from 1), postprocess, task,
/// benchmark, metric, part, value, low, high, used, total. Sections of analogies have lines of
/// their own. What is undefined is an empty field.
std::string results_csv(const std::vector<ResultsColumn>& columns);

}  // namespace wordbridge
