#pragma once

#include <cstdint>
#include <memory>

namespace wordbridge {

/// Approximate search for the rows with the largest inner products, without comparing all rows.
class NeighborIndex {
 public:
  virtual ~NeighborIndex() = default;
  /// Adds rows [count, dim] of unit length, numbered consecutively after the existing ones. Runs on
  /// a single thread.
  virtual void add(const float* rows, std::int64_t count) = 0;
  /// Writes the indices of `count` rows with large inner products with the query [dim], in no
  /// particular order; -1 where fewer are found. Not thread-safe.
  virtual void search(const float* query, std::int64_t count, std::int64_t* rows) const = 0;
};

/// Parameters of the graph (Malkov and Yashunin, 2020): links per row and level (twice as many on
/// the lowest level), candidates considered when adding a row, and candidates considered for a
/// query (at least the number of requested rows).
constexpr int kIndexLinks = 16, kIndexBuildCandidates = 100, kIndexQueryCandidates = 128;

/// Creates an empty HNSW index of FAISS. Error if this program was built without FAISS (WB_FAISS).
std::unique_ptr<NeighborIndex> make_neighbor_index(std::int64_t dim);

}  // namespace wordbridge
