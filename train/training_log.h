#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

class Learner;

/// The checkpoints that a training keeps: the state it continues from, and its best epoch.
enum class Checkpoint { latest, best };

/// Where a learner records its training. Implemented by train/runs (RunDirectory); a learner knows
/// no more of a run than this.
class TrainingLog {
 public:
  virtual ~TrainingLog() = default;

  /// Appends one line of metrics: the same bytes for the same seed.
  virtual void metrics(const nlohmann::ordered_json& line) = 0;
  /// Appends one line of seconds and rates, which differ from run to run.
  virtual void timing(const nlohmann::ordered_json& line) = 0;

  /// Atomic: the previous checkpoint stays until the new one is whole.
  virtual void save_checkpoint(Checkpoint which, const Learner& learner) = 0;
  /// Puts the learner back. Error if the checkpoint is of other data or another configuration.
  virtual void restore_checkpoint(Checkpoint which, Learner& learner) = 0;

  /// Called at the end of each epoch (from 1); writes the vectors of those that are to be kept.
  virtual void write_epoch_vectors(std::int64_t epoch, Learner& learner) = 0;
  /// Writes a table of the finished model as a file NAME.txt, .bin or .wbv.
  virtual void write_vectors(const std::string& name, const EmbeddingTable& table) const = 0;
  /// The folder for other files of the finished model.
  virtual const std::filesystem::path& folder() const = 0;
};

}  // namespace wordbridge
