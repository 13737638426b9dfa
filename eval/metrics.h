#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "eval/benchmarks/metric.h"

namespace wordbridge {

/// One score in the results of evaluate(), with its coverage.
struct ScoreLine {
  std::string task, benchmark;  // "analogy", "questions-words"
  std::string metric;           // "3CosAdd"
  std::string part;             // "semantic"; empty: the full benchmark
  std::string postprocess;      // post-processing before scoring; empty: none
  double value = std::numeric_limits<double>::quiet_NaN();  // NaN: undefined
  double low = std::numeric_limits<double>::quiet_NaN();    // 95 % interval, if present
  double high = std::numeric_limits<double>::quiet_NaN();
  std::int64_t used = -1, total = -1;  // items; -1: not applicable
  Better better = Better::neither;
  bool is_p = false;

  /// "questions-words", the separator, "3CosAdd semantic".
  std::string name(const std::string& separator) const;
  /// Two significant digits for p, otherwise three decimals; "nan" if undefined.
  std::string text(double number) const;
};

/// All scores in one table's results, in their order. For an unknown kind of task, every number
/// that is not a count. With `sections`, also those of analogy sections. Neighbours have no scores.
std::vector<ScoreLine> score_lines(const nlohmann::json& results, bool sections = false);

}  // namespace wordbridge
