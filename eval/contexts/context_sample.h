#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/corpus/corpus.h"

namespace wordbridge {

/// How much of a text is measured.
struct ContextSampleOptions {
  std::int64_t words = 500;       // words whose occurrences are compared
  std::int64_t least = 5;         // occurrences of such a word
  std::int64_t occurrences = 20;  // of each word, at most
  std::int64_t sentences = 500;   // at most
  std::int64_t random = 1000;     // occurrences for the baselines
  std::int64_t window = 20;       // words in a sentence, where the text has no boundaries
  std::int64_t longest = 100;     // words of a sentence that are used
  std::uint64_t seed = 1;
};

/// Occurrences of words drawn from a text. The lists contain indices of `positions`.
struct ContextSample {
  std::vector<std::int64_t> positions;  // in the text, ascending
  std::vector<std::int32_t> ids;        // the words there
  std::vector<std::vector<std::int64_t>> words, sentences;
  std::vector<std::int64_t> random;
  /// For each of the words, as many of `random`.
  std::vector<std::vector<std::int64_t>> baselines;
};

/// Draws words, sentences and occurrences uniformly, without repetition: words from those that
/// occur at least `least` times, and their occurrences; sentences of at least two words;
/// occurrences of any word. Words with an id in `left_out` (the unknown symbol, boundary symbols)
/// are neither words nor random occurrences. `boundaries`: the ids that end a sentence, which are
/// not part of it; none: sentences are windows. Depends only on the text, the options and the seed.
/// Error if the text has no word with enough occurrences, no sentence of two words, or no two
/// different words.
ContextSample draw_contexts(const std::int32_t* ids, Span span,
                            const std::vector<std::int32_t>& left_out,
                            const std::vector<std::int32_t>& boundaries,
                            const ContextSampleOptions& options);

}  // namespace wordbridge
