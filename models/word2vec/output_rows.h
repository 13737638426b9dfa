#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// The binary classifiers of each word, as rows of the context matrix: its own row, with a positive
/// label; or, for hierarchical softmax, the inner nodes on its path in the Huffman tree.
class OutputRows {
 public:
  /// Negative sampling: each word has its own row.
  explicit OutputRows(std::int64_t words);
  /// Hierarchical softmax: inner nodes in the order in which they are built from `counts` [V]
  /// (word2vec_tree). A label is positive where the path goes to the heavier child.
  static OutputRows tree(const std::vector<std::int64_t>& counts);

  /// Rows of the context matrix: V, or V - 1 for the inner nodes.
  std::int64_t rows() const { return row_count_; }
  /// Largest number of rows of any word.
  std::int64_t most() const { return most_; }
  /// Rows of one word; the first `yes` have positive labels.
  struct Rows {
    const std::int32_t *first, *last;
    std::int64_t yes;
    const std::int32_t* begin() const { return first; }
    const std::int32_t* end() const { return last; }
  };
  Rows of(std::int32_t word) const {
    const auto w = static_cast<std::size_t>(word);
    return {rows_.data() + begin_[w], rows_.data() + begin_[w + 1], yes_[w]};
  }

 private:
  OutputRows() = default;
  std::int64_t row_count_ = 0, most_ = 1;
  std::vector<std::int64_t> begin_, yes_;  // [V + 1], [V]
  std::vector<std::int32_t> rows_;
};

}  // namespace wordbridge
