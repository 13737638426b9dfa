#include "cli/runs/report_runs.h"

#include "cli/open_table.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "data/vectors/static_model.h"
#include "train/runs/stored_run.h"

namespace wordbridge {
namespace {

/// Opens a run, which may have no vectors yet, or a vector file.
StoredRun open_run(const std::string& path, std::int64_t limit, const std::string& tensor) {
  StoredRun run;
  const bool is_table = !is_run(path) && is_static_model(path);
  if (fs::is_directory(path) && !is_table) {
    run = read_run(path);
  } else if (fs::exists(path)) {
    run.vectors = path;
  } else {
    throw Error("no such run or file of word vectors").at("{}", path);
  }
  run.path = path;
  if (!run.vectors.empty()) run.table = load_table(run.vectors, limit, tensor);
  if (!run.missing.empty()) warn("{} is {}", path, run.missing);
  return run;
}

}  // namespace

std::vector<StoredRun> open_runs(const std::vector<std::string>& paths, std::int64_t limit,
                                 const std::string& tensor) {
  std::vector<StoredRun> runs;
  for (const auto& path : paths) runs.push_back(open_run(path, limit, tensor));
  const auto names = labels(paths);
  for (std::size_t i = 0; i < runs.size(); ++i) runs[i].label = names[i];
  return runs;
}

}  // namespace wordbridge
