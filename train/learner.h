#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/io/container.h"
#include "data/corpus/corpus.h"
#include "data/corpus/token_scores.h"
#include "data/vectors/embedding_table.h"
#include "train/training_log.h"

namespace wordbridge {

/// Point at which to stop before the end of training, counted from its beginning; -1: none.
struct StopAfter {
  std::int64_t epoch = -1, step = -1;

  /// Whether to stop after these numbers of epochs and updates.
  bool reached(std::int64_t epochs, std::int64_t steps) const {
    return (epoch >= 0 && epochs >= epoch) || (step >= 0 && steps >= step);
  }
};

/// Euclidean lengths of the rows of a matrix.
struct RowNorms {
  std::string matrix;
  std::vector<float> norms;
};

/// Trains a model of any kind on a corpus. All learners share one interface for training, saving
/// and resuming. state() and the arrays are the complete state of a learner: one restored from them
/// continues bit for bit like one that never stopped.
class Learner {
 public:
  virtual ~Learner() = default;

  /// Logs the estimated memory and time, before training.
  virtual void announce() = 0;
  /// Measured seconds of one epoch with its validation; 0 if the model is not trained in epochs.
  /// May train a few steps, so only for a learner that is not used afterwards.
  virtual double seconds_per_epoch() { return 0; }
  /// Trains to the end and returns true, or stops early (`stop`, Ctrl-C), with everything saved in
  /// a checkpoint, and returns false.
  virtual bool train(TrainingLog& log, const StopAfter& stop) = 0;

  /// Counters and scores; with the arrays, the complete state. The arrays are not copied and must
  /// stay alive until the writer has written them.
  virtual nlohmann::json state() const = 0;
  virtual void add_arrays(ContainerWriter& writer) const = 0;
  /// Error if the arrays do not match the model.
  virtual void restore(const nlohmann::json& state, const ContainerReader& reader) = 0;

  /// Called after training. Restores the final model (that of the best epoch, if there is one) and
  /// writes its files other than checkpoints and vectors to the folder of the log.
  virtual void finish(TrainingLog& log) = 0;
  /// Empty if the model has no word vectors.
  virtual std::optional<EmbeddingTable> vectors() = 0;
  /// Those of the matrices that have a row for each word, by their names in checkpoints.
  virtual std::vector<RowNorms> word_norms() { return {}; }
  /// Token scores of the validation and test splits; empty if the model is not a language model.
  virtual std::optional<TokenScores> token_scores() = 0;
  /// Other metrics of the trained model, for summary.json.
  virtual nlohmann::ordered_json results() const = 0;
};

}  // namespace wordbridge
