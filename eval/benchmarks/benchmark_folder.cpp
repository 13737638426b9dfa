#include "eval/benchmarks/benchmark_folder.h"

#include <algorithm>

#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"

namespace wordbridge {

namespace fs = std::filesystem;

std::vector<fs::path> benchmark_files_in(const fs::path& folder,
                                         const std::vector<std::string>& endings) {
  constexpr std::size_t kShown = 5;
  std::vector<fs::path> files;
  std::vector<std::string> others;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& path = entry.path();
    const std::string name = path.filename().string();
    if (std::count(endings.begin(), endings.end(), path.extension()) > 0 && !entry.is_directory())
      files.push_back(path);
    else if (name.front() != '.')
      others.push_back(printable(name));
  }
  std::sort(files.begin(), files.end());
  if (others.empty()) return files;
  std::sort(others.begin(), others.end());
  const auto count = static_cast<std::int64_t>(others.size());
  if (others.size() > kShown) {
    others.resize(kShown);
    others.emplace_back("...");
  }
  warn("{}: {} not read, because the name does not end in {} ({})", folder.string(),
       counted(count, "file is", "files are"), join(endings, ", "), join(others, ", "));
  return files;
}

}  // namespace wordbridge
