#pragma once

namespace wordbridge {

/// Whether higher or lower values of a score are better.
enum class Better { higher, lower, neither };

/// A score in a task's result: its key in JSON and its name in tables.
struct Metric {
  const char *key, *name;
  Better better = Better::higher;
};

}  // namespace wordbridge
