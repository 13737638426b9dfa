#include "kernels/search/bounded_search.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "core/error.h"
#include "core/index.h"
#include "core/threads.h"
#include "kernels/search/byte_scan.h"
#include "kernels/search/products.h"

namespace wordbridge {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::int64_t kBlocks = 64, kRowsPerBlock = 4096, kRowsPerStep = 256;

/// What a block of rows contributes: its k largest lower bounds, and all rows that may be among the
/// k best, with their upper bounds.
struct BlockBounds {
  std::vector<float> lower;  // a heap with the smallest in front
  std::vector<Candidate> rows;
};

/// The k-th largest number, or -infinity if there are fewer.
class KthLargest {
 public:
  KthLargest(std::vector<float>& heap, std::int64_t k) : heap_(heap), k_(at(k)) {}
  float value() const { return heap_.size() < k_ ? -kInfinity : heap_.front(); }
  void add(float number) {
    // An infinite bound is that of a product whose computation overflowed.
    if (!(number > value() && number < kInfinity)) return;
    if (heap_.size() == k_) {
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
      heap_.pop_back();
    }
    heap_.push_back(number);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

 private:
  std::vector<float>& heap_;
  std::size_t k_;
};

BlockBounds bounds_of(const ByteScan& scan, const ByteRows& bytes, std::int64_t begin,
                      std::int64_t end, std::int64_t k) {
  BlockBounds found;
  KthLargest least(found.lower, k);
  float lower[kRowsPerStep], upper[kRowsPerStep];
  for (std::int64_t first = begin; first < end; first += kRowsPerStep) {
    const std::int64_t size = std::min(kRowsPerStep, end - first);
    scan.bounds(bytes, first, size, lower, upper);
    float limit = least.value();
    for (std::int64_t i = 0; i < size; ++i) {
      if (upper[i] < limit || upper[i] == -kInfinity) continue;  // kept if it is NaN
      found.rows.push_back({upper[i], first + i});
      least.add(lower[i]);
      limit = least.value();
    }
  }
  return found;
}

/// The float32 scores of the candidates, computed as top_k_products() does.
void score(const float* query, const float* rows, std::int64_t dim, const float* scales,
           std::vector<Candidate>& candidates) {
  constexpr std::int64_t kAtATime = 64;
  const ProductPanels panel(query, 1, dim);
  for_each_range(
      static_cast<std::int64_t>(candidates.size()), kAtATime,
      [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> some(at((end - begin) * dim));
        float products[kAtATime];
        for (std::int64_t i = begin; i < end; ++i)
          std::copy_n(rows + candidates[at(i)].index * dim, dim, some.data() + (i - begin) * dim);
        panel.products(0, some.data(), end - begin, products, 1);
        for (std::int64_t i = begin; i < end; ++i) {
          Candidate& row = candidates[at(i)];
          // The sum with 0 turns -0 into 0, as the offset of other searches does.
          row.score = std::fma(products[i - begin], scales ? scales[row.index] : 1.0F, 0.0F);
        }
      });
}

}  // namespace

bool bounded_search(const float* query, const float* rows, std::int64_t row_count, std::int64_t dim,
                    const float* scales, const ByteRows& bytes, std::int64_t k,
                    std::int64_t* indices, float* scores) {
  const ByteScan scan(query, dim);
  if (!scan.is_finite()) return false;
  const std::int64_t block_rows = std::max(kRowsPerBlock, (row_count + kBlocks - 1) / kBlocks);
  std::vector<BlockBounds> blocks(at((row_count + block_rows - 1) / block_rows));
  for_each_block(static_cast<std::int64_t>(blocks.size()), [&](std::int64_t block) {
    const std::int64_t begin = block * block_rows;
    blocks[at(block)] = bounds_of(scan, bytes, begin, std::min(row_count, begin + block_rows), k);
  });
  std::vector<float> lower;
  KthLargest least(lower, k);
  for (const auto& block : blocks)
    for (const float bound : block.lower) least.add(bound);
  std::vector<Candidate> candidates;
  for (const auto& block : blocks)
    for (const auto& row : block.rows)
      if (!(row.score < least.value())) candidates.push_back(row);
  score(query, rows, dim, scales, candidates);
  const auto has_no_score = [](const Candidate& row) { return !(row.score > -kInfinity); };
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(), has_no_score),
                   candidates.end());
  candidates.resize(std::max(candidates.size(), at(k)));
  std::partial_sort(candidates.begin(), candidates.begin() + k, candidates.end(), better);
  for (std::int64_t rank = 0; rank < k; ++rank) {
    indices[rank] = candidates[at(rank)].index;
    scores[rank] = candidates[at(rank)].score;
  }
  return true;
}

}  // namespace wordbridge
