#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

class Learner;

/// The checkpoints of a run: the latest state, from which it resumes, and the best epoch.
enum class Checkpoint { latest, best };

/// Records the training of a learner. Implemented by RunDirectory (train/runs); learners depend on
/// no other part of a run.
class TrainingLog {
 public:
  virtual ~TrainingLog() = default;

  /// Appends one line of metrics. The same seed produces the same bytes.
  virtual void metrics(const nlohmann::ordered_json& line) = 0;
  /// Appends one line of times and rates, which differ from run to run.
  virtual void timing(const nlohmann::ordered_json& line) = 0;

  /// Atomic: the previous checkpoint is replaced once the new one is complete.
  virtual void save_checkpoint(Checkpoint which, const Learner& learner) = 0;
  /// Restores the learner. Error if the checkpoint belongs to different data or a different
  /// configuration.
  virtual void restore_checkpoint(Checkpoint which, Learner& learner) = 0;

  /// Called at the end of each epoch (from 1). Writes the vectors if those of this epoch are kept.
  virtual void write_epoch_vectors(std::int64_t epoch, Learner& learner) = 0;
  /// Writes a table of the trained model to NAME.txt, or with the extension of another format.
  virtual void write_vectors(const std::string& name, const EmbeddingTable& table) const = 0;
  /// The folder for other files of the trained model.
  virtual const std::filesystem::path& folder() const = 0;
};

}  // namespace wordbridge
