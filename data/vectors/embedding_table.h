#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/word_index.h"

namespace wordbridge {

/// Computes vectors of out-of-vocabulary words, as fastText does from their character n-grams.
class SubwordVectors {
 public:
  virtual ~SubwordVectors() = default;
  /// Writes the word's vector to `row` [dim]. Returns false, with `row` unspecified, if the word
  /// has no vector.
  virtual bool vector_of(std::string_view word, float* row) const = 0;
};

/// Words and their vectors: the output of every model, the input of every evaluation and the
/// contents of every vector file. A view of row-major float32 rows [size, dim] that are owned or
/// memory-mapped. Copying a table does not copy its rows.
class EmbeddingTable {
 public:
  /// Owns the rows. Error if the sizes do not match, dim < 1, or a word occurs twice.
  EmbeddingTable(std::vector<std::string> words, std::vector<float> rows, std::int64_t dim,
                 std::string origin);
  /// A view of words.size() rows. `keeper` keeps `rows` alive (a MappedFile). Errors as above.
  EmbeddingTable(std::vector<std::string> words, const float* rows, std::int64_t dim,
                 std::string origin, std::shared_ptr<const void> keeper);
  EmbeddingTable(std::shared_ptr<const WordIndex> words, const float* rows, std::int64_t dim,
                 std::string origin, std::shared_ptr<const void> keeper);
  /// The same for words of which it is known that each occurs once.
  EmbeddingTable(std::shared_ptr<const RowWords> words, const float* rows, std::int64_t dim,
                 std::string origin, std::shared_ptr<const void> keeper);

  std::int64_t size() const { return size_; }
  std::int64_t dim() const { return dim_; }
  const float* data() const { return rows_; }
  const float* row(std::int64_t index) const { return rows_ + index * dim_; }
  std::string_view word(std::int64_t index) const;
  /// Row of the word, -1 if it is not in the table.
  std::int64_t find(std::string_view word) const;
  /// Where the vectors come from: a file, or a run and the embedding that was exported from it.
  const std::string& origin() const { return origin_; }
  /// The post-processing steps that made these vectors, as text: "center,normalize"; empty if none
  /// are known. The formats mapped and safetensors store them.
  const std::string& steps() const { return steps_; }
  /// A view of the first `limit` rows (words are in order of frequency); 0: all.
  EmbeddingTable first(std::int64_t limit) const;
  /// The same vectors, with these steps added to steps() and origin().
  EmbeddingTable with_steps(const std::string& steps) const;
  /// The same words, which are shared, with other rows [size, dim]. Assertion failure if the sizes
  /// do not match.
  EmbeddingTable with_rows(std::vector<float> rows, std::int64_t dim, std::string origin) const;

  /// Verifies the rows [begin, end) against the checksums of their file, and that they are finite.
  /// Error if they are damaged. For a table that was read with Verify::when_used; the rows of
  /// others are verified already. Each part of a file is verified once.
  void verify(std::int64_t begin, std::int64_t end) const;
  /// The same for all rows and words.
  void verify() const;
  /// A row that is verified.
  const float* verified_row(std::int64_t index) const;
  /// The same table, whose rows are verified by this function of [begin, end).
  using VerifyRows = std::function<void(std::int64_t begin, std::int64_t end)>;
  EmbeddingTable with_verification(VerifyRows verify) const;

  /// Computes vectors of out-of-vocabulary words; nullptr if the table's format does not support
  /// them.
  const std::shared_ptr<const SubwordVectors>& unseen() const { return unseen_; }
  /// The same table with another source of vectors for out-of-vocabulary words.
  EmbeddingTable with_unseen(std::shared_ptr<const SubwordVectors> unseen) const;

 private:
  std::shared_ptr<const RowWords> words_;
  std::shared_ptr<const void> keeper_;
  std::shared_ptr<const SubwordVectors> unseen_;
  const float* rows_ = nullptr;
  std::int64_t size_ = 0, dim_ = 0;
  std::string origin_, steps_;
  VerifyRows verify_rows_;  // empty: the rows are verified
};

}  // namespace wordbridge
