#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/neighbors/neighbor_index.h"

namespace wordbridge {

/// How much of the exact search an approximate one finds.
struct NeighborRecall {
  double recall = 0;  // share of the k nearest, mean over the words; NaN if there are none
  std::int64_t k = 0, words = 0;
};

/// Nearest rows by cosine from an index of a table's rows (HNSW, inner product of unit vectors).
/// What it finds has the cosine and the order that the exact search gives; but it may miss some.
/// Zero vectors are not in the index.
class ApproximateNeighbors {
 public:
  /// Builds the index on one thread, so that it is always the same; its progress goes to standard
  /// error. Error if this program was built without FAISS.
  explicit ApproximateNeighbors(EmbeddingTable table);

  /// A search for nearest() (NearestRows).
  void search(const float* query, std::int64_t count, std::int64_t* rows, float* cosines) const;

  /// recall@k against the exact search, of the words' own vectors, each word itself left out: the
  /// mean share of the k nearest (of fewer, where there are fewer) that are found; another word
  /// just as near as the k-th is as good. Of `words` words drawn with a seed, or of all.
  NeighborRecall recall(std::int64_t k, std::int64_t words = 1000, std::uint64_t seed = 1) const;

 private:
  EmbeddingTable table_;
  std::vector<float> scales_;       // 1 / norm of the table's rows
  std::vector<std::int64_t> rows_;  // of the index's rows in the table
  std::unique_ptr<NeighborIndex> index_;
};

}  // namespace wordbridge
