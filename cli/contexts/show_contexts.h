#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/contexts/context_text.h"
#include "models/language_model/context_vectors.h"

namespace wordbridge {

struct ShownContexts {
  std::vector<std::string> words;
  std::int64_t count = 5;           // occurrences of each word that are shown
  std::int64_t neighbors = 5;       // of each occurrence
  std::int64_t occurrences = 1000;  // of each word that are used
  std::int64_t width = 5;           // words on each side
  bool among_occurrences = false;   // neighbours are occurrences of `words`, not means of all words
};

/// Prints occurrences of words and the nearest neighbours of their vectors -> the same as JSON.
/// Error if a word is not in the vocabulary or does not occur.
nlohmann::ordered_json show_contexts(const ContextText& text, const LayerChoice& layer,
                                     const ShownContexts& options);

}  // namespace wordbridge
