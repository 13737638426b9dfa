#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/report.h"

namespace wordbridge {

/// Runs, of which there may be no vectors yet, and files of vectors, for a report; only the first
/// `limit` words of each table, 0: all. Two of one name are told apart by their folders. Says which
/// are not complete. Error if one is neither, or damaged.
std::vector<StoredRun> open_runs(const std::vector<std::string>& paths, std::int64_t limit);

}  // namespace wordbridge
