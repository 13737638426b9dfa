#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "eval/benchmarks/paired_tests.h"
#include "train/runs/stored_run.h"
#include "train/runs/word_differences.h"

namespace wordbridge {

/// A comparison of runs.
struct RunComparison {
  struct Run {
    std::string label, path, model;
    std::vector<std::int64_t> seeds;
    std::string missing;  // what an incomplete run lacks; empty: complete
  };
  /// A setting or property in which the runs differ.
  struct Fact {
    std::string key;
    std::vector<std::optional<std::string>> values;  // one per run; empty: no such key
  };
  /// A score of one run, over its seeds.
  struct Cell {
    double mean = std::numeric_limits<double>::quiet_NaN();
    double sd = std::numeric_limits<double>::quiet_NaN();
    std::int64_t n = 0;                  // seeds whose score is defined
    std::int64_t used = -1, total = -1;  // items of the first seed; -1: no items
  };
  struct Score {
    std::string name;
    std::vector<std::optional<Cell>> cells;  // one per run; empty: no such score
    std::vector<double> differences;  // from the mean of the first run; NaN for the first run
  };
  std::vector<Run> runs;
  ComparisonOptions options;
  std::vector<Fact> configuration;  // settings that differ
  std::vector<Fact> origin;         // program, corpus and machine, from the manifests
  std::vector<Score> scores;
  PairedTests tests;
  std::vector<WordDifferences> words;  // if options.words is not 0
};

/// Compares runs. The result does not depend on the number of threads. The runs need a label and a
/// path, but no table. Error for damaged files. Can be interrupted.
RunComparison compare_runs(const std::vector<StoredRun>& runs, const ComparisonOptions& options);

}  // namespace wordbridge
