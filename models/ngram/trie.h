#pragma once

#include <algorithm>
#include <cstdint>

#include "core/shared_array.h"

namespace wordbridge {

/// In a trie of n-grams (NgramCounts), the index of the child of n-gram `index` with the word
/// `word`, -1: none. `begins` belongs to the level of the n-gram, `words` to the next level.
inline std::int64_t find_child(const SharedArray<std::int32_t>& begins,
                               const SharedArray<std::int32_t>& words, std::int64_t index,
                               std::int32_t word) {
  const auto* end = words.data() + begins[index + 1];
  const auto* found = std::lower_bound(words.data() + begins[index], end, word);
  return found != end && *found == word ? found - words.data() : -1;
}

}  // namespace wordbridge
