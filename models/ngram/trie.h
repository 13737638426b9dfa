#pragma once

#include <algorithm>
#include <cstdint>

#include "core/shared_array.h"

namespace wordbridge {

/// In a trie of n-grams (NgramCounts), the child of n-gram `index` by its word, -1: none. `begins`
/// are the level's, `words` those of the next level.
inline std::int64_t find_child(const SharedArray<std::int32_t>& begins,
                               const SharedArray<std::int32_t>& words, std::int64_t index,
                               std::int32_t word) {
  const auto* end = words.data() + begins[index + 1];
  const auto* found = std::lower_bound(words.data() + begins[index], end, word);
  return found != end && *found == word ? found - words.data() : -1;
}

}  // namespace wordbridge
