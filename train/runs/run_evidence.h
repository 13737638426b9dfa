#pragma once

#include "eval/benchmarks/paired_tests.h"
#include "train/runs/stored_run.h"

namespace wordbridge {

/// Reads the token and item scores of a run, over its seeds. Error for a damaged file.
RunEvidence read_evidence(const StoredRun& run, const ComparisonOptions& options);

}  // namespace wordbridge
