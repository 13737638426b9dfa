#include "models/word2vec/subwords.h"

#include <algorithm>

namespace wordbridge {

Subwords::Subwords(const std::vector<std::string>& words, const CharacterNgrams& ngrams,
                   std::int64_t first_row) {
  std::vector<std::int32_t> found;
  const auto find = [&](const std::string& word) {
    if (word == kFastTextEndOfSentence)
      found.clear();
    else
      character_ngrams(word, ngrams, found);
  };
  std::vector<char> used(static_cast<std::size_t>(ngrams.buckets), 0);
  for (const auto& word : words) {
    find(word);
    for (const auto bucket : found) used[static_cast<std::size_t>(bucket)] = 1;
  }
  std::vector<std::int32_t> row_of(used.size());
  for (std::size_t bucket = 0; bucket < used.size(); ++bucket) {
    if (used[bucket] == 0) continue;
    row_of[bucket] =
        static_cast<std::int32_t>(first_row + static_cast<std::int64_t>(buckets_.size()));
    buckets_.push_back(static_cast<std::int32_t>(bucket));
  }
  begin_.push_back(0);
  for (std::size_t w = 0; w < words.size(); ++w) {
    rows_.push_back(static_cast<std::int32_t>(w));
    find(words[w]);
    for (const auto bucket : found) rows_.push_back(row_of[static_cast<std::size_t>(bucket)]);
    begin_.push_back(static_cast<std::int64_t>(rows_.size()));
  }
}

void Subwords::mean(std::int32_t word, const float* matrix, std::int64_t width, float* to) const {
  const Rows rows = of(word);
  std::fill_n(to, width, 0.0f);
  for (const std::int32_t row : rows)
    for (std::int64_t k = 0; k < width; ++k) to[k] += matrix[row * width + k];
  const float share = 1.0f / static_cast<float>(rows.last - rows.first);
  for (std::int64_t k = 0; k < width; ++k) to[k] *= share;
}

}  // namespace wordbridge
