#pragma once

#include <cstdint>
#include <memory>

namespace wordbridge {

/// Finds rows with large products without looking at all of them: not always the largest.
class NeighborIndex {
 public:
  virtual ~NeighborIndex() = default;
  /// Rows [count, dim] of unit length, numbered on from those that are there. On one thread.
  virtual void add(const float* rows, std::int64_t count) = 0;
  /// The numbers of `count` rows whose products with the query [dim] are large, in no order; -1
  /// where fewer were found. From one thread at a time.
  virtual void search(const float* query, std::int64_t count, std::int64_t* rows) const = 0;
};

/// Parameters of the graph (Malkov and Yashunin, 2020): links a row and level (twice as many on the
/// lowest level), candidates that are looked at for a new row, and for a query (at least as many
/// as are wanted).
constexpr int kIndexLinks = 16, kIndexBuildCandidates = 100, kIndexQueryCandidates = 128;

/// Without rows: FAISS's HNSW. Error if this program was built without FAISS (WB_FAISS).
std::unique_ptr<NeighborIndex> make_neighbor_index(std::int64_t dim);

}  // namespace wordbridge
