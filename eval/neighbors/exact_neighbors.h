#pragma once

#include <cstdint>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/neighbors/query.h"

namespace wordbridge {

/// Exact search for the nearest rows by cosine similarity, in single precision.
class ExactNeighbors {
 public:
  /// Verifies the table.
  explicit ExactNeighbors(const EmbeddingTable& table);
  /// Search function for nearest() (NearestRows).
  void search(const float* query, std::int64_t count, std::int64_t* rows, float* cosines) const;
  /// The same for several queries [queries, dim] at once -> rows, cosines [queries, count].
  void search(const float* query, std::int64_t queries, std::int64_t count, std::int64_t* rows,
              float* cosines) const;
  /// The same; refers to this object.
  NearestRows function() const;

 private:
  EmbeddingTable table_;
  std::vector<float> scales_;  // 1 / norm of the rows
};

}  // namespace wordbridge
