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

/// What a run made under one seed.
struct StoredSeed {
  std::int64_t seed = 0;
  nlohmann::ordered_json results;      // of summary.json: metric -> number
  nlohmann::json scores;               // eval.json: a list of tasks
  std::vector<nlohmann::json> epochs;  // those lines of metrics.jsonl that end an epoch
  double seconds = 0;                  // of timing.jsonl, all lines together
};

/// A run, of one seed or several, or a file of vectors, which has no more than a label and a table.
struct StoredRun {
  std::string label, path, model;
  std::string missing;  // of a run that is not complete: what is not there
  std::string vectors;  // where its table is read from; empty: there is none yet
  std::vector<std::pair<std::string, std::string>> settings;  // "model.pca.dim", "50"
  std::string config;                                         // the same as YAML
  nlohmann::json manifest;                                    // of the first seed; null for a file
  std::vector<StoredSeed> seeds;
  std::optional<EmbeddingTable> table;  // of the first seed
};

/// Whether the folder holds a run, of one seed or several, complete or not.
bool is_run(const std::filesystem::path& folder);

/// What a run's files say of it (docs/runs.md), all but its table: `vectors` says where that is, of
/// several seeds that of the first complete one. Of a run that is not complete, what is there:
/// `missing` says what is not. Of several seeds, those that are complete, and where none is the
/// first. Error if the folder is no run or a file is damaged.
StoredRun read_run(const std::filesystem::path& folder);

/// The folders of the trainings that read_run() reads: the run itself, or its complete seeds; if
/// there is none, the first that has begun.
std::vector<std::filesystem::path> training_folders(const std::filesystem::path& folder);

}  // namespace wordbridge
