#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/listing/run_index.h"

namespace wordbridge {

/// Which runs are listed, in which order, with which fields.
struct RunQuery {
  /// Conditions that must all hold: "model=nplm", "results.test_perplexity<150", "name~sweep".
  std::vector<std::string> where;
  /// Fields by which the runs are sorted, the first one first; then by name.
  std::vector<std::string> sort;
  bool descending = false;
  /// Fields to show; empty: the usual ones; "+lr" as the first: these and more; "all": all fields.
  std::vector<std::string> columns;
  std::size_t limit = 0;  // 0: all
};

/// The runs that a query selects, with the values of its columns.
struct RunTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // empty: the run has no such field
  std::size_t all = 0;  // runs that meet the conditions, also those beyond the limit
};

/// Answers a query. A field is given by its full name, or by the end of it if that is clear: "lr"
/// or "train.lr", "test_perplexity" or "results.test_perplexity", "dim" for that of each run's
/// model. Conditions have the operators = != < <= > >= and ~ (contains). Numbers are compared as
/// numbers, times ("10m") as seconds, other values as text. A run without the field meets only !=,
/// and is last in any order. UsageError for a condition that can't be read, and for a field that no
/// run has, unless it is a setting of a configuration.
RunTable query_runs(const std::vector<ListedRun>& runs, const RunQuery& query);

}  // namespace wordbridge
