#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "eval/benchmarks/paired_tests.h"
#include "train/runs/stored_run.h"

namespace wordbridge {

/// Runs side by side, as data; the same for the same runs on any number of threads:
/// - `runs`: label, path, model, seeds, missing (what a run that is not complete lacks)
/// - `options`: resamples, seed, block, split, seen
/// - `configuration`, `origin`: key and values (a run each, null: no such key) of what differs in
///   the configurations, and in what the manifests say of program, text and machine
/// - `scores`: name, cells (mean, sd, n, used, total; null: the run has no such score), differences
///   of the means to the first run's
/// - what paired_tests() gives, and `words` (word_differences()) if they are asked for
/// Runs have their label and path and need no table. Error for damaged files. Interrupted.
nlohmann::ordered_json compare_runs(const std::vector<StoredRun>& runs,
                                    const ComparisonOptions& options);

}  // namespace wordbridge
