#pragma once

#include <cstdint>

#include "data/corpus/corpus.h"

namespace wordbridge {

/// A language model of whatever kind: the probability of each word of a fixed vocabulary after
/// those before it. Probabilities are normalised over the whole vocabulary. Safe to use from
/// several threads, and the same on any number of them.
class LanguageModel {
 public:
  virtual ~LanguageModel() = default;
  virtual const Vocabulary& vocabulary() const = 0;
  /// ln P(ids[t] | ids[0 .. t-1]) of each t of the span -> log_probs [span.size()]. What a model
  /// does where the stream begins, before which there is nothing, is its own affair.
  virtual void log_probs(const std::int32_t* ids, Span span, double* log_probs) const = 0;
  /// As log_probs(), but the model reads each unknown word of a context as the words that could
  /// stand there. Error if it can't; unfinished after Ctrl-C.
  virtual void log_probs_oov_from_context(const std::int32_t* ids, Span span,
                                          double* log_probs) const;
  /// P(w | history) of every word -> probabilities [V]. `history`: `size` ids, the oldest first.
  virtual void distribution(const std::int32_t* history, std::int64_t size,
                            double* probabilities) const = 0;
};

}  // namespace wordbridge
