#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/word_index.h"

namespace wordbridge {

/// Makes vectors of words that a table lacks, as fastText does from their character n-grams.
class SubwordVectors {
 public:
  virtual ~SubwordVectors() = default;
  /// The word's vector into `row` [dim]. False, and `row` is anything, if the word has none.
  virtual bool vector_of(std::string_view word, float* row) const = 0;
};

/// Words and their vectors: what every model ends in, what every evaluation starts from, what every
/// vector file holds. A view of row-major float32 rows [size, dim] that are owned or memory-mapped;
/// copying a table copies no rows.
class EmbeddingTable {
 public:
  /// Owns the rows. Error if the sizes do not agree, dim < 1, or a word occurs twice.
  EmbeddingTable(std::vector<std::string> words, std::vector<float> rows, std::int64_t dim,
                 std::string origin);
  /// A view of words.size() rows: `keeper` keeps `rows` alive (a MappedFile). Error as above.
  EmbeddingTable(std::vector<std::string> words, const float* rows, std::int64_t dim,
                 std::string origin, std::shared_ptr<const void> keeper);
  EmbeddingTable(std::shared_ptr<const WordIndex> words, const float* rows, std::int64_t dim,
                 std::string origin, std::shared_ptr<const void> keeper);

  std::int64_t size() const { return size_; }
  std::int64_t dim() const { return dim_; }
  const float* data() const { return rows_; }
  const float* row(std::int64_t index) const { return rows_ + index * dim_; }
  std::string_view word(std::int64_t index) const;
  /// Row of the word, -1 if there is none.
  std::int64_t find(std::string_view word) const;
  /// Where it came from: a file, a run and what was exported.
  const std::string& origin() const { return origin_; }
  /// The first `limit` rows (words are in order of frequency), 0: all; a view.
  EmbeddingTable first(std::int64_t limit) const;
  /// Other rows [size, dim] for the same words, which are shared. Bug if the sizes do not agree.
  EmbeddingTable with_rows(std::vector<float> rows, std::int64_t dim, std::string origin) const;

  /// Makes vectors of words that the table lacks; nullptr if its format has none of them.
  const std::shared_ptr<const SubwordVectors>& unseen() const { return unseen_; }
  /// The same table with another source of vectors for words that it lacks.
  EmbeddingTable with_unseen(std::shared_ptr<const SubwordVectors> unseen) const;

 private:
  std::shared_ptr<const WordIndex> words_;
  std::shared_ptr<const void> keeper_;
  std::shared_ptr<const SubwordVectors> unseen_;
  const float* rows_ = nullptr;
  std::int64_t size_ = 0, dim_ = 0;
  std::string origin_;
};

}  // namespace wordbridge
