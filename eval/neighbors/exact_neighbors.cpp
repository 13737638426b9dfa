#include "eval/neighbors/exact_neighbors.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "eval/statistics/comparable.h"
#include "eval/statistics/cosine.h"
#include "kernels/search/byte_products.h"
#include "kernels/search/top_k.h"

namespace wordbridge {

struct ExactNeighbors::Rounded {
  bool fits = false;
  std::atomic<std::int64_t> searches{0};
  std::once_flag once;
  std::optional<ByteRows> rows;
};

ExactNeighbors::ExactNeighbors(const EmbeddingTable& table, double most_memory)
    : table_(table), rounded_(std::make_unique<Rounded>()) {
  table.verify();
  rounded_->fits = table.dim() <= kMostByteColumns &&
                   ByteRows::bytes_of(table.size(), table.dim()) <= most_memory;
  scales_ = inverse_norms(table, table.size());
  const auto is_extreme = [](float scale) { return scale < 1e-18F || scale > 1e18F; };
  if (std::none_of(scales_.begin(), scales_.end(), is_extreme)) return;
  table_ = comparable(table);
  scales_ = inverse_norms(table_, table_.size());
}

ExactNeighbors::~ExactNeighbors() = default;

const ByteRows* ExactNeighbors::rounded_for(std::int64_t queries) const {
  constexpr std::int64_t kMany = 256;  // queries that would round the rows themselves
  // A single search takes less time than rounding the rows.
  if (!rounded_->fits || (rounded_->searches++ == 0 && queries < kMany)) return nullptr;
  std::call_once(rounded_->once, [this] {
    rounded_->rows.emplace(table_.data(), table_.size(), table_.dim(), scales_.data(), nullptr);
  });
  return &*rounded_->rows;
}

void ExactNeighbors::search(const float* query, std::int64_t count, std::int64_t* rows,
                            float* cosines) const {
  search(query, 1, count, rows, cosines);
}

void ExactNeighbors::search(const float* query, std::int64_t queries, std::int64_t count,
                            std::int64_t* rows, float* cosines) const {
  top_k_products(query, queries, table_.data(), table_.size(), table_.dim(), {scales_.data()},
                 count, rows, cosines, rounded_for(queries));
}

NearestRows ExactNeighbors::function() const {
  return [this](const float* query, std::int64_t count, std::int64_t* rows, float* cosines) {
    search(query, count, rows, cosines);
  };
}

}  // namespace wordbridge
