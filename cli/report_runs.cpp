#include "cli/report_runs.h"

#include <algorithm>

#include "cli/tables.h"
#include "core/error.h"
#include "core/file.h"
#include "core/log.h"
#include "train/run_reader.h"

namespace wordbridge {
namespace {

/// A run, of which there may be no vectors yet, or a file of vectors.
ReportRun open_run(const std::string& path, std::int64_t limit) {
  ReportRun run;
  if (fs::is_directory(path)) {
    run = read_run(path);
  } else if (fs::exists(path)) {
    run.vectors = path;
  } else {
    throw Error("there is no such run or file of vectors").at("{}", path);
  }
  run.label = label(path);
  run.path = path;
  if (!run.vectors.empty()) run.table = load_table(run.vectors, limit);
  if (!run.missing.empty()) warn("{} is {}", path, run.missing);
  return run;
}

}  // namespace

std::vector<ReportRun> open_runs(const std::vector<std::string>& paths, std::int64_t limit) {
  std::vector<ReportRun> runs;
  for (const auto& path : paths) runs.push_back(open_run(path, limit));
  // Two of one name are told apart by their folders.
  std::vector<std::string> labels;
  for (const auto& run : runs) labels.push_back(run.label);
  for (auto& run : runs) {
    if (std::count(labels.begin(), labels.end(), run.label) < 2) continue;
    const fs::path parent = fs::path(run.path).lexically_normal().parent_path();
    run.label = (parent.filename() / run.label).string();
  }
  return runs;
}

}  // namespace wordbridge
