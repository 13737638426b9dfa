#pragma once

#include <string>
#include <vector>

#include "data/corpus/corpus.h"
#include "data/corpus/corpus_options.h"

namespace wordbridge {

/// Encoded from the cache, or tokenised, counted, encoded and put there; says which, with progress,
/// and before long work an estimate of memory and time. Error: text that can't be read or is not
/// UTF-8, no tokens, splits larger than the stream, an empty training split or one with fewer
/// than two different words of the vocabulary, a start word that is not in the vocabulary. A
/// damaged cache file is said, and made again; a cache that can't be written is said. Interrupted.
Corpus open_corpus(const DataOptions& options);

/// A corpus of one document built in memory from tokens: for tests and demonstrations.
Corpus corpus_from_tokens(const std::vector<std::string>& tokens,
                          const VocabularyOptions& vocabulary, const SplitOptions& split);

}  // namespace wordbridge
