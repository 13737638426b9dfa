#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Results of a run for one seed.
struct StoredSeed {
  std::int64_t seed = 0;
  nlohmann::ordered_json results;      // from summary.json: metric -> number
  nlohmann::json scores;               // eval.json, a list of tasks
  nlohmann::json context_measures;     // context_measures.json; null if there is none
  std::vector<nlohmann::json> epochs;  // the lines of metrics.jsonl that end an epoch
  double seconds = 0;                  // sum over all lines of timing.jsonl
};

/// A run of one or several seeds, or a vector file, which has only a label and a table.
struct StoredRun {
  std::string label, path, model;
  std::string missing;  // what an incomplete run lacks; empty: complete
  std::string vectors;  // path of the table; empty: none yet
  std::vector<std::pair<std::string, std::string>> settings;  // "model.pca.dim", "50"
  std::string config;                                         // the settings as YAML
  nlohmann::json manifest;                                    // of the first seed; null for a file
  std::vector<StoredSeed> seeds;
  std::optional<EmbeddingTable> table;  // of the first seed
};

/// Whether the folder holds a run, of one seed or several, complete or not.
bool is_run(const std::filesystem::path& folder);

/// Reads the files of a run (docs/runs.md) except its table; `vectors` is the path of the table,
/// with several seeds that of the first complete one. For an incomplete run, reads what exists and
/// sets `missing`. With several seeds, reads the complete ones, or the first if none is complete.
/// Error if the folder is not a run or a file is damaged.
StoredRun read_run(const std::filesystem::path& folder);

/// The folders that read_run() reads: the run itself, or its complete seeds, or the first seed if
/// none is complete.
std::vector<std::filesystem::path> training_folders(const std::filesystem::path& folder);

}  // namespace wordbridge
