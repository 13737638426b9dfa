#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "core/io/container.h"
#include "data/corpus/corpus.h"
#include "data/corpus/token_scores.h"
#include "data/vectors/embedding_table.h"
#include "train/training_log.h"

namespace wordbridge {

/// Where to stop before the end, for those who train piece by piece; -1: nowhere.
struct StopAfter {
  std::int64_t epoch = -1, step = -1;
};

/// What turns a corpus into a model, of whatever kind. Training, saving and continuing look the
/// same for all: state() and arrays are all that a learner is, so that a learner restored from them
/// goes on bit for bit like one that never stopped.
class Learner {
 public:
  virtual ~Learner() = default;

  /// Says how much memory and time it will need, before it starts.
  virtual void announce() = 0;
  /// Continues to the end: true. Or stops early, for `stop` or Ctrl-C, with all saved in a
  /// checkpoint: false.
  virtual bool train(TrainingLog& log, const StopAfter& stop) = 0;

  /// Counters and scores; with the arrays this is the whole state. The arrays are not copied: they
  /// must live until the writer has written.
  virtual nlohmann::json state() const = 0;
  virtual void add_arrays(ContainerWriter& writer) const = 0;
  /// Error if the arrays do not fit.
  virtual void restore(const nlohmann::json& state, const ContainerReader& reader) = 0;

  /// After training: the model to be kept (of the best epoch, where there is one) is in place, and
  /// what is kept of it besides checkpoints and vectors is in the log's folder.
  virtual void finish(TrainingLog& log) = 0;
  /// Nothing: the model has no word vectors.
  virtual std::optional<EmbeddingTable> vectors() = 0;
  /// What the model says of the validation and test splits; nothing: it is no language model.
  virtual std::optional<TokenScores> token_scores() = 0;
  /// Other numbers of the finished model, for summary.json.
  virtual nlohmann::ordered_json results() const = 0;
};

}  // namespace wordbridge
