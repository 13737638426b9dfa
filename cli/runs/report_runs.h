#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/report.h"

namespace wordbridge {

/// Opens runs, which may have no vectors yet, and vector files for a report; `limit` and `tensor`:
/// as for load_table(). Equal names are distinguished by their parent folders. Warns about
/// incomplete runs. Error if a path is neither a run nor a vector file, or is damaged.
std::vector<StoredRun> open_runs(const std::vector<std::string>& paths, std::int64_t limit,
                                 const std::string& tensor = "");

}  // namespace wordbridge
