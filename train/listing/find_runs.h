#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wordbridge {

/// The runs in a folder and below it, complete or not, as sorted paths relative to it: "a",
/// "sweep/lr=0.1", "seeds/seed-2"; "." if the folder is a run itself. Of several seeds, each is a
/// run. Links are followed; hidden folders and the insides of runs are left out. A folder that
/// can't be read is left out with a warning. Error if it is not a folder.
std::vector<std::string> find_runs(const std::filesystem::path& folder);

}  // namespace wordbridge
