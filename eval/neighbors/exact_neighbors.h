#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/neighbors/query.h"

namespace wordbridge {

class ByteRows;

/// Exact search for the nearest rows by cosine similarity, in single precision.
///
/// The second search, or one of many queries, rounds the rows to 8 bits, from which later searches
/// bound most products (kernels/search/byte_products.h): a single query then reads a quarter of the
/// memory. The results are the same.
class ExactNeighbors {
 public:
  static constexpr double kMostMemory = 4e9;
  /// Verifies the table. `most_memory`: the rows are only rounded if that takes no more bytes, a
  /// quarter of the rows and 16 for each.
  explicit ExactNeighbors(const EmbeddingTable& table, double most_memory = kMostMemory);
  ~ExactNeighbors();
  /// Search function for nearest() (NearestRows).
  void search(const float* query, std::int64_t count, std::int64_t* rows, float* cosines) const;
  /// The same for several queries [queries, dim] at once -> rows, cosines [queries, count].
  void search(const float* query, std::int64_t queries, std::int64_t count, std::int64_t* rows,
              float* cosines) const;
  /// The same; refers to this object.
  NearestRows function() const;

 private:
  struct Rounded;
  const ByteRows* rounded_for(std::int64_t queries) const;

  EmbeddingTable table_;
  std::vector<float> scales_;  // 1 / norm of the rows
  std::unique_ptr<Rounded> rounded_;
};

}  // namespace wordbridge
