#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/vectors/fasttext/character_ngrams.h"

namespace wordbridge {

/// The parts of each word, as rows of a matrix (Bojanowski et al. 2017): a word's vector is the
/// mean of its own row and the rows of its character n-grams, which are hashed into buckets. Only
/// buckets used by a word of the vocabulary have a row.
class Subwords {
 public:
  /// Without n-grams: no word has parts.
  Subwords() = default;
  /// `first_row`: first row of the buckets.
  Subwords(const std::vector<std::string>& words, const CharacterNgrams& ngrams,
           std::int64_t first_row);

  bool any() const { return !begin_.empty(); }
  /// Whether `row` is the row of a word with parts.
  bool has(std::int32_t row) const { return static_cast<std::size_t>(row) + 1 < begin_.size(); }
  /// Rows of a word, its own first.
  struct Rows {
    const std::int32_t *first, *last;
    const std::int32_t* begin() const { return first; }
    const std::int32_t* end() const { return last; }
  };
  Rows of(std::int32_t word) const {
    const auto w = static_cast<std::size_t>(word);
    return {rows_.data() + begin_[w], rows_.data() + begin_[w + 1]};
  }
  /// Writes the mean of a word's rows of `matrix` [any, width] to `to` [width].
  void mean(std::int32_t word, const float* matrix, std::int64_t width, float* to) const;
  /// The bucket of each row from `first_row` on, ascending.
  const std::vector<std::int32_t>& buckets() const { return buckets_; }

 private:
  std::vector<std::int64_t> begin_;  // [words + 1]
  std::vector<std::int32_t> rows_, buckets_;
};

}  // namespace wordbridge
