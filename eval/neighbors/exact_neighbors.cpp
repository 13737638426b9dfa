#include "eval/neighbors/exact_neighbors.h"

#include <algorithm>

#include "eval/statistics/comparable.h"
#include "eval/statistics/cosine.h"
#include "kernels/search/top_k.h"

namespace wordbridge {

ExactNeighbors::ExactNeighbors(const EmbeddingTable& table)
    : table_(table) {
  table.verify();
  scales_ = inverse_norms(table, table.size());
  const auto is_extreme = [](float scale) { return scale < 1e-18F || scale > 1e18F; };
  if (std::none_of(scales_.begin(), scales_.end(), is_extreme)) return;
  table_ = comparable(table);
  scales_ = inverse_norms(table_, table_.size());
}

void ExactNeighbors::search(const float* query, std::int64_t count, std::int64_t* rows,
                            float* cosines) const {
  search(query, 1, count, rows, cosines);
}

void ExactNeighbors::search(const float* query, std::int64_t queries, std::int64_t count,
                            std::int64_t* rows, float* cosines) const {
  top_k_products(query, queries, table_.data(), table_.size(), table_.dim(), {scales_.data()},
                 count, rows, cosines);
}

NearestRows ExactNeighbors::function() const {
  return [this](const float* query, std::int64_t count, std::int64_t* rows, float* cosines) {
    search(query, count, rows, cosines);
  };
}

}  // namespace wordbridge
