#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/text/word_groups.h"
#include "train/runs/stored_run.h"

namespace wordbridge {

/// Runs shown side by side.
struct ReportSection {
  std::string title;
  std::vector<StoredRun> runs;
};

struct ReportOptions {
  std::string title;
  std::vector<std::string> words;  // words whose neighbours are listed; empty: chosen from the runs
  std::int64_t map_words = 1000;   // number of most frequent words on each map; 0: no maps
  std::optional<WordGroups> groups;  // colours of the maps; none: of the first groups benchmark
};

}  // namespace wordbridge
