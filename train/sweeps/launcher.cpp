#include "train/sweeps/launcher.h"

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"
#include "train/sweeps/task_list.h"

namespace wordbridge {

namespace {
constexpr std::size_t kLogLines = 5;
}

JobEnd failed_task(const SweepRun& run, const std::string& what, const fs::path& log,
                   const std::string& log_start) {
  JobEnd end;
  end.status = 1;
  if (fs::exists(run.folder / kSweepErrorFile)) {
    end.message = std::string(trimmed(read_file(run.folder / kSweepErrorFile)));
    if (!end.message.empty()) return end;
  }
  const std::string last = last_lines(log, kLogLines, log_start);
  end.message = fmt::format("{}\n  log: {}", what, log.string());
  end.message += last.empty() ? " (empty or missing)" : ", which ends with:\n" + last;
  return end;
}

std::vector<std::string> run_names(const std::vector<SweepRun>& runs,
                                   const std::vector<std::size_t>& chosen, const fs::path& sweep) {
  std::vector<std::string> names;
  for (const auto run : chosen)
    names.push_back(runs[run].folder.lexically_relative(sweep).string());
  return names;
}

}  // namespace wordbridge
