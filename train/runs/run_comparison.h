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

/// Runs side by side.
struct RunComparison {
  struct Run {
    std::string label, path, model;
    std::vector<std::int64_t> seeds;
    std::string missing;  // what a run that is not complete lacks
  };
  /// Something in which the runs differ.
  struct Fact {
    std::string key;
    std::vector<std::optional<std::string>> values;  // one per run, none: it has no such key
  };
  /// One score of one run, over its seeds.
  struct Cell {
    double mean = std::numeric_limits<double>::quiet_NaN();
    double sd = std::numeric_limits<double>::quiet_NaN();
    std::int64_t n = 0;                  // seeds whose score is defined
    std::int64_t used = -1, total = -1;  // items of the first seed; -1: the score has none
  };
  struct Score {
    std::string name;
    std::vector<std::optional<Cell>> cells;  // one per run, none: it has no such score
    std::vector<double> differences;         // of the means to the first run's; NaN for the first
  };
  std::vector<Run> runs;
  ComparisonOptions options;
  std::vector<Fact> configuration;  // settings that differ
  std::vector<Fact> origin;         // what the manifests say of program, text and machine
  std::vector<Score> scores;
  PairedTests tests;
  std::vector<WordDifferences> words;  // if options.words is not 0
};

/// The same for the same runs on any number of threads. Runs have their label and path and need no
/// table. Error for damaged files. Interrupted.
RunComparison compare_runs(const std::vector<StoredRun>& runs, const ComparisonOptions& options);

}  // namespace wordbridge
