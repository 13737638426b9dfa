#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/corpus/corpus.h"
#include "data/vectors/embedding_table.h"
#include "models/model_options.h"

namespace wordbridge {

/// A model that is trained by loops of its own over the corpus, for which autograd would cost too
/// much (word2vec). Training is a sequence of steps, each a stretch of the text; where
/// it stands is the step's number, and all that it has learned is in arrays().
class StreamingModel {
 public:
  virtual ~StreamingModel() = default;

  /// Before the first step of a training: what it starts from besides chance, if anything. Error if
  /// that can't be read or does not fit.
  virtual void begin() {}

  /// Numbers in a vector.
  virtual std::int64_t dim() const = 0;
  /// Passes over the training split, and the steps of each.
  virtual std::int64_t epochs() const = 0;
  virtual std::int64_t epoch_steps() const = 0;
  /// Steps between two lines of metrics.jsonl within an epoch, 0: none.
  virtual std::int64_t log_steps() const = 0;

  struct StepResult {
    double loss = 0;            // summed over the examples, nats
    std::int64_t examples = 0;  // predictions that were trained
    std::int64_t tokens = 0;    // of the text
    double learning_rate = 0;   // at the step's end
  };
  /// Trains on step `step` of all (epochs() * epoch_steps()); they are taken in their order.
  virtual StepResult train(std::int64_t step) = 0;

  struct Array {
    std::string name;
    std::vector<std::int64_t> shape;
    float* values;
  };
  /// What training changes: for checkpoints, and to go on from them.
  virtual std::vector<Array> arrays() = 0;
  /// Words of the vocabulary and their vectors, as the options chose.
  virtual EmbeddingTable vectors() const = 0;
  /// The words' vectors as contexts, if they were asked for.
  virtual std::optional<EmbeddingTable> contexts() const { return std::nullopt; }
  /// About what the loss of an example is where all vectors are zero.
  virtual double loss_at_zero() const = 0;
  /// Rough need of memory in training, bytes.
  virtual double estimated_bytes() const = 0;
  /// Files of its own in a finished run's folder, beside vectors.
  virtual void write_files(const std::filesystem::path& /*folder*/) const {}
  /// What it is and does, for the log.
  virtual std::string summary() const = 0;
};

}  // namespace wordbridge
