#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// The rows of the matrix of contexts that answer yes or no for a word: its own, with the answer
/// yes; or those of the nodes on the way to it in Huffman's tree (hierarchical softmax).
class OutputRows {
 public:
  /// The words' own rows.
  explicit OutputRows(std::int64_t words);
  /// Nodes in the order in which they are made from `counts` [V] (word2vec_tree); an answer is yes
  /// where the way goes to the heavier child.
  static OutputRows tree(const std::vector<std::int64_t>& counts);

  /// Rows of the matrix: V, or the V - 1 inner nodes.
  std::int64_t rows() const { return row_count_; }
  /// Of a word, at most.
  std::int64_t most() const { return most_; }
  /// Those of a word: first the `yes` ones.
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
