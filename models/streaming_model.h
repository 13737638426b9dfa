#pragma once

#include <algorithm>
#include <cmath>
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

/// A model trained by hand-written loops over the corpus, or over its counts, because autograd
/// would be too slow (word2vec, GloVe). Training is a sequence of steps, each over one part of the
/// data. The step number and arrays() are its complete state.
class StreamingModel {
 public:
  virtual ~StreamingModel() = default;

  /// Called before the first step of a new training: loads initial values from files, if the
  /// options name any. Error if they can't be read or do not match the model.
  virtual void begin() {}
  /// Called before the first step of a new or a resumed training: computes what the steps read from
  /// the corpus. Throws Interrupted.
  virtual void prepare() {}

  /// Dimension of the word vectors.
  virtual std::int64_t dim() const = 0;
  /// Passes over the training split, and steps per pass.
  virtual double epochs() const = 0;
  virtual std::int64_t epoch_steps() const = 0;
  /// What the steps of an epoch process, and its plural noun; for progress and rates. Known after
  /// prepare().
  virtual std::int64_t epoch_size() const = 0;
  virtual std::string unit() const { return "words"; }
  /// Steps between two lines of metrics.jsonl within an epoch; 0: no lines within an epoch.
  virtual std::int64_t log_steps() const = 0;

  struct StepResult {
    double loss = 0;            // sum over the examples, in nats
    std::int64_t examples = 0;  // predictions trained on
    std::int64_t done = 0;      // part of epoch_size()
    double learning_rate = 0;   // at the end of the step
  };
  /// Steps of the whole training.
  std::int64_t total_steps() const {
    return std::max<std::int64_t>(1, std::llround(epochs() * static_cast<double>(epoch_steps())));
  }
  /// Runs step `step` of the total_steps() steps. Steps are run in order.
  virtual StepResult train(std::int64_t step) = 0;
  /// Called before everything else if `shards` steps at a time will be trained from the same state,
  /// and the changes of the rows of arrays() merged. May make steps shorter. Returns false if the
  /// model can't be trained so.
  virtual bool train_in_shards(std::int64_t /*shards*/) { return false; }
  /// With train_in_shards(): the expected number of updates of each row of arrays() in a step.
  virtual std::vector<std::vector<float>> row_updates() const { return {}; }

  struct Array {
    std::string name;
    std::vector<std::int64_t> shape;
    float* values;
  };
  /// The arrays that training changes, which checkpoints store and restore.
  virtual std::vector<Array> arrays() = 0;
  /// Identifies what training reads besides the corpus (a hash of files); a resumed training must
  /// read the same.
  virtual std::string inputs() const { return ""; }
  /// What to do if that has changed since the training was stopped.
  virtual std::string hint_for_changed_inputs() const {
    return "restore the files, or start a new training";
  }
  /// Writes what inputs() identifies into the run's folder, before the first step.
  virtual void write_inputs(const std::filesystem::path& /*folder*/) const {}
  /// The word vectors selected by the options.
  virtual EmbeddingTable vectors() const = 0;
  /// The words' own rows and their rows as contexts, by their names in arrays(), whatever the
  /// options select. Without contexts if these have no rows of their own.
  virtual std::vector<std::pair<std::string, EmbeddingTable>> tables() const = 0;
  /// The context vectors of the words, if the options request them.
  virtual std::optional<EmbeddingTable> contexts() const { return std::nullopt; }
  /// What to change if an epoch has no examples.
  virtual std::string hint_without_examples() const = 0;
  /// Approximate loss of an example when all vectors are zero.
  virtual double loss_at_zero() const = 0;
  /// Training has diverged if the mean loss of a step exceeds this factor times loss_at_zero().
  virtual double divergence_factor() const { return 1.5; }
  /// Rough estimate of the memory that training needs, in bytes.
  virtual double estimated_bytes() const = 0;
  /// Writes the model's files other than the vectors into the folder of a complete run.
  virtual void write_files(const std::filesystem::path& /*folder*/) const {}
  /// One-line description of the model for the log.
  virtual std::string summary() const = 0;
};

}  // namespace wordbridge
