#include "data/vectors/fasttext/character_ngrams.h"

#include <string>

namespace wordbridge {

void character_ngrams(std::string_view word, const CharacterNgrams& ngrams,
                      std::vector<std::int32_t>& buckets) {
  buckets.clear();
  if (ngrams.buckets <= 0) return;
  std::string marked;
  marked.reserve(word.size() + 2);
  ((marked += '<') += word) += '>';
  const auto continues = [&](std::size_t i) { return (marked[i] & 0xC0) == 0x80; };
  for (std::size_t begin = 0; begin < marked.size(); ++begin) {
    if (continues(begin)) continue;
    std::uint32_t hash = 2166136261U;
    std::size_t end = begin;
    for (std::int32_t n = 1; n <= ngrams.max_length && end < marked.size(); ++n) {
      do {
        const auto byte = static_cast<std::int32_t>(static_cast<signed char>(marked[end]));
        hash = (hash ^ static_cast<std::uint32_t>(byte)) * 16777619U;
      } while (++end < marked.size() && continues(end));
      const bool only_a_mark = n == 1 && (begin == 0 || end == marked.size());
      if (n < ngrams.min_length || only_a_mark) continue;
      buckets.push_back(
          static_cast<std::int32_t>(hash % static_cast<std::uint32_t>(ngrams.buckets)));
    }
  }
}

}  // namespace wordbridge
