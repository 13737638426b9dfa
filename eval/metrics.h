#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "eval/benchmarks/metric.h"

namespace wordbridge {

/// One number of what evaluate() gives, with what it was counted on.
struct ScoreLine {
  std::string task, benchmark;  // "analogy", "questions-words"
  std::string metric;           // "3CosAdd"
  std::string part;             // "semantic"; empty: the whole
  std::string postprocess;      // steps after which it was scored; empty: none
  double value = std::numeric_limits<double>::quiet_NaN();  // NaN: undefined
  double low = std::numeric_limits<double>::quiet_NaN();    // of its 95 % interval, if it has one
  double high = std::numeric_limits<double>::quiet_NaN();
  std::int64_t used = -1, total = -1;  // items; -1: it has none
  Better better = Better::neither;
  bool is_p = false;

  /// "questions-words", the separator, "3CosAdd semantic".
  std::string name(const std::string& separator) const;
  /// Two digits that count for p, else three after the point; "nan" if it is undefined.
  std::string text(double number) const;
};

/// All numbers of one table's results, in their order; of a kind of task that is not known here,
/// every number that is no count. With `sections`, also those of analogies' sections. Neighbours
/// have none.
std::vector<ScoreLine> score_lines(const nlohmann::json& results, bool sections = false);

}  // namespace wordbridge
