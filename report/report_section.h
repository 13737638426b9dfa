#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/text/word_groups.h"
#include "train/runs/stored_run.h"

namespace wordbridge {

/// Runs that are shown side by side.
struct ReportSection {
  std::string title;
  std::vector<StoredRun> runs;
};

struct ReportOptions {
  std::string title;
  std::vector<std::string> words;    // whose neighbours are listed; none: chosen from the runs
  std::int64_t map_words = 1000;     // the most frequent ones of each table; 0: no maps
  std::optional<WordGroups> groups;  // colours of the maps; none: the first groups benchmark's
};

}  // namespace wordbridge
