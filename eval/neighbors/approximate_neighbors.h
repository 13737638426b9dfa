#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/neighbors/neighbor_index.h"
#include "eval/neighbors/query.h"

namespace wordbridge {

/// Recall of an approximate search relative to the exact one.
struct NeighborRecall {
  double recall = 0;  // share of the k nearest found, mean over the words; NaN without words
  std::int64_t k = 0, words = 0;
};

/// Nearest rows by cosine similarity from an index of a table's rows (HNSW, inner product of unit
/// vectors). Results have the cosine similarities and the order of the exact search, but some may
/// be missing. Zero vectors are not in the index.
class ApproximateNeighbors {
 public:
  /// Verifies the table and builds the index on a single thread, so that it is always the same,
  /// with progress on standard error. Error if this program was built without FAISS.
  explicit ApproximateNeighbors(const EmbeddingTable& table);

  /// Search function for nearest() (NearestRows).
  void search(const float* query, std::int64_t count, std::int64_t* rows, float* cosines) const;
  /// The same; refers to this object.
  NearestRows function() const;

  /// recall@k relative to the exact search, for the words' own vectors, excluding each word itself:
  /// the mean share of the k nearest words (fewer if there are fewer) that are found. Another word
  /// exactly as near as the k-th counts as found. Over `words` randomly sampled words (seeded), or
  /// over all if there are fewer.
  NeighborRecall recall(std::int64_t k, std::int64_t words = 1000, std::uint64_t seed = 1) const;

 private:
  EmbeddingTable table_;            // comparable()
  std::vector<float> scales_;       // 1 / norm of the table's rows
  std::vector<std::int64_t> rows_;  // table row of each row of the index
  std::unique_ptr<NeighborIndex> index_;
};

}  // namespace wordbridge
