#include "train/listing/find_runs.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/log.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

class Finder {
 public:
  explicit Finder(fs::path root) : root_(std::move(root)) {}

  std::vector<std::string> find() {
    visit(root_, "");
    std::sort(found_.begin(), found_.end());
    return std::move(found_);
  }

 private:
  void visit(const fs::path& folder, const std::string& name) {
    if (interrupted()) throw Interrupted("interrupted while looking for runs");
    struct stat facts {};
    if (::stat((folder / run_files::kConfig).c_str(), &facts) == 0 &&
        ::stat((folder / run_files::kSeeds).c_str(), &facts) != 0) {
      found_.push_back(name.empty() ? "." : name);
      return;
    }
    if (::stat(folder.c_str(), &facts) != 0 || !seen_.insert({facts.st_dev, facts.st_ino}).second)
      return;  // a link to a folder above, or one that has been visited
    std::error_code code;
    fs::directory_iterator entry(folder, code);
    for (; !code && entry != fs::directory_iterator(); entry.increment(code)) {
      const std::string inner = entry->path().filename().string();
      std::error_code gone;
      if (inner.front() == '.' || !entry->is_directory(gone)) continue;
      visit(entry->path(), name.empty() ? inner : name + "/" + inner);
    }
    if (code) warn("can't read the folder {}: {}", folder.string(), code.message());
  }

  fs::path root_;
  std::vector<std::string> found_;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

}  // namespace

std::vector<std::string> find_runs(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw Error(fs::exists(folder) ? "not a folder" : "no such folder")
        .at("{}", folder.string())
        .expected("a folder with runs of `wordbridge train`");
  }
  return Finder(folder).find();
}

}  // namespace wordbridge
