#pragma once

namespace wordbridge {

/// Which of two values of a score is the better one.
enum class Better { higher, lower, neither };

/// A number of a task's result: its key in JSON, its name in tables.
struct Metric {
  const char *key, *name;
  Better better = Better::higher;
};

}  // namespace wordbridge
