#pragma once

#include <cstdint>

#include "data/corpus/corpus.h"
#include "models/language_model/contextual_model.h"

namespace wordbridge {

/// A language model: the probability of each word of a fixed vocabulary given the preceding words,
/// normalised over the full vocabulary. Thread-safe; results do not depend on the number of
/// threads.
class LanguageModel {
 public:
  virtual ~LanguageModel() = default;
  virtual const Vocabulary& vocabulary() const = 0;
  /// ln P(ids[t] | ids[0 .. t-1]) for each t in the span -> log_probs [span.size()]. Each model
  /// defines how it handles the beginning of the stream, where the context is shorter.
  virtual void log_probs(const std::int32_t* ids, Span span, double* log_probs) const = 0;
  /// As log_probs(), but the features of each out-of-vocabulary word in a context are inferred from
  /// the words that are likely in its place. Error if the model does not support this. Stops early
  /// after Ctrl-C.
  virtual void log_probs_oov_from_context(const std::int32_t* ids, Span span,
                                          double* log_probs) const;
  /// P(w | history) of every word w -> probabilities [V]. `history`: `size` ids, oldest first.
  virtual void distribution(const std::int32_t* history, std::int64_t size,
                            double* probabilities) const = 0;
  /// The vectors of words in context; null if the model does not read sequences.
  virtual const ContextualModel* contextual() const { return nullptr; }
};

}  // namespace wordbridge
