#pragma once

#include <string>
#include <vector>

#include "data/corpus/corpus.h"
#include "data/corpus/corpus_options.h"

namespace wordbridge {

/// Loads the encoded corpus from the cache, or tokenises, counts and encodes the text and writes
/// the result to the cache. Logs which of the two happens, with progress, and before reading an
/// estimate of memory and time. Warns about a damaged cache file, which is rebuilt, and about a
/// cache that can't be written. Errors: text that can't be read or is not UTF-8, no tokens, splits
/// larger than the stream, an empty training split or one with fewer than two distinct vocabulary
/// words, a start word that is not in the vocabulary. Throws Interrupted.
Corpus open_corpus(const DataOptions& options);

/// Corpus of one document, built in memory from tokens; for tests and demonstrations.
Corpus corpus_from_tokens(const std::vector<std::string>& tokens,
                          const VocabularyOptions& vocabulary, const SplitOptions& split);

}  // namespace wordbridge
