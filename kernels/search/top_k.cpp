#include "kernels/search/top_k.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/index.h"
#include "core/threads.h"
#include "kernels/search/products.h"

// Arrays of vectors need a size known at compile time.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/search/top_k.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/simd/tall_tile-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Multiplies the products [count, kProductPanel] by the scales of their rows (nullptr: 1). Writes
/// the rows that have a product above the worst candidate of its query, and returns their number.
std::int64_t PromisingRows(float* products, std::int64_t count, const float* scales,
                           const float* worst, std::int32_t* found) {
  const Tag d;
  constexpr std::int64_t kVectors = kProductPanel / kLanes;
  std::int64_t size = 0;
  for (std::int64_t row = 0; row < count; ++row, products += kProductPanel) {
    const auto scale = hn::Set(d, scales ? scales[row] : 1.0f);
    auto is_above = hn::FirstN(d, 0);
    for (std::int64_t j = 0; j < kVectors; ++j) {
      const auto product = hn::Mul(hn::LoadU(d, products + j * kLanes), scale);
      hn::StoreU(product, d, products + j * kLanes);
      is_above = hn::Or(is_above, hn::Gt(product, hn::LoadU(d, worst + j * kLanes)));
    }
    found[size] = static_cast<std::int32_t>(row);
    size += !hn::AllFalse(d, is_above);
  }
  return size;
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(PromisingRows);

namespace {

// A block of queries shares each loaded row. The block and the rows of a step fit into the
// second-level cache; a panel and its products with these rows fit into the first-level cache.
constexpr std::int64_t kFloatsPerBlock = 98304, kMostPanels = 8;
constexpr std::int64_t kRowsPerStep = 56;
constexpr std::int64_t kBlocks = 128;            // approximate blocks of work, more than threads
constexpr std::int64_t kRowsPerBlock = 4096;     // at least
constexpr std::int64_t kQueriesPerPass = 16384;  // bounds the memory for the blocks' candidates

struct Candidate {
  float score = -std::numeric_limits<float>::infinity();
  std::int64_t index = -1;
};

bool better(const Candidate& a, const Candidate& b) {
  return a.score > b.score || (a.score == b.score && a.index < b.index);
}

/// Collects the best rows [begin, end) for each query in best [count, k]. Each query's candidates
/// are a heap with the worst candidate at the front.
class Collector {
 public:
  Collector(const float* queries, std::int64_t count, std::int64_t dim, std::int64_t k,
            Candidate* best)
      : panels_(queries, count, dim),
        dim_(dim),
        k_(k),
        best_(best),
        worst_(static_cast<std::size_t>(panels_.panels() * kProductPanel),
               // No product exceeds the threshold of a padding query.
               std::numeric_limits<float>::infinity()),
        products_(kRowsPerStep * kProductPanel) {
    std::fill_n(worst_.begin(), count, -std::numeric_limits<float>::infinity());
  }

  void collect(const float* rows, const float* scales, std::int64_t begin, std::int64_t end) {
    for (std::int64_t step = begin; step < end; step += kRowsPerStep) {
      const std::int64_t size = std::min(kRowsPerStep, end - step);
      for (std::int64_t panel = 0; panel < panels_.panels(); ++panel) {
        panels_.products(panel, rows + step * dim_, size, products_.data(), kProductPanel);
        keep(panel, step, size, scales ? scales + step : nullptr);
      }
    }
  }

 private:
  void keep(std::int64_t panel, std::int64_t step, std::int64_t size, const float* scales) {
    std::int32_t promising[kRowsPerStep];
    float* const worst = worst_.data() + panel * kProductPanel;
    const std::int64_t count =
        HWY_DYNAMIC_DISPATCH(PromisingRows)(products_.data(), size, scales, worst, promising);
    const std::int64_t width = panels_.width(panel);
    for (std::int64_t i = 0; i < count; ++i) {
      const float* const scores = products_.data() + promising[i] * kProductPanel;
      for (std::int64_t query = 0; query < width; ++query) {
        // Indices ascend, so a row that equals the worst is not better. NaN is never better.
        if (!(scores[query] > worst[query])) continue;
        Candidate* const heap = best_ + (panel * kProductPanel + query) * k_;
        std::pop_heap(heap, heap + k_, better);
        heap[k_ - 1] = {scores[query], step + promising[i]};
        std::push_heap(heap, heap + k_, better);
        worst[query] = heap->score;
      }
    }
  }

  ProductPanels panels_;
  std::int64_t dim_, k_;
  Candidate* best_;
  std::vector<float> worst_;     // score of each query's worst candidate
  std::vector<float> products_;  // [kRowsPerStep, kProductPanel]
};

std::int64_t quotient_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

void top_k_products(const float* queries, std::int64_t query_count, const float* rows,
                    std::int64_t row_count, std::int64_t dim, const float* scales, std::int64_t k,
                    std::int64_t* indices, float* scores) {
  if (k < 1) return;
  const std::int64_t queries_per_block =
      kProductPanel *
      std::clamp(kFloatsPerBlock / (kProductPanel * dim), std::int64_t{1}, kMostPanels);
  for (std::int64_t pass = 0; pass < query_count; pass += kQueriesPerPass) {
    const std::int64_t count = std::min(kQueriesPerPass, query_count - pass);
    const std::int64_t query_blocks = quotient_up(count, queries_per_block);
    // Rows are split into blocks only if the queries alone yield too few blocks.
    const std::int64_t rows_per_block =
        std::max(kRowsPerBlock, quotient_up(row_count, quotient_up(kBlocks, query_blocks)));
    const std::int64_t row_blocks = quotient_up(row_count, rows_per_block);
    const std::int64_t most = std::min({k, row_count, rows_per_block});  // candidates per block
    // [row_blocks, count, most]
    std::vector<Candidate> candidates(static_cast<std::size_t>(row_blocks * count * most));
    for_each_block(row_blocks * query_blocks, [&](std::int64_t block) {
      const std::int64_t row_block = block / query_blocks;
      const std::int64_t query = block % query_blocks * queries_per_block;
      const std::int64_t begin = row_block * rows_per_block;
      Collector(queries + (pass + query) * dim, std::min(queries_per_block, count - query), dim,
                most, candidates.data() + (row_block * count + query) * most)
          .collect(rows, scales, begin, std::min(begin + rows_per_block, row_count));
    });
    for_each_range(count, queries_per_block, [&](std::int64_t begin, std::int64_t end) {
      std::vector<Candidate> merged;
      for (std::int64_t query = begin; query < end; ++query) {
        merged.clear();
        for (std::int64_t block = 0; block < row_blocks; ++block) {
          const Candidate* const some = candidates.data() + (block * count + query) * most;
          merged.insert(merged.end(), some, some + most);
        }
        merged.resize(std::max(merged.size(), static_cast<std::size_t>(k)));
        std::partial_sort(merged.begin(), merged.begin() + k, merged.end(), better);
        for (std::int64_t rank = 0; rank < k; ++rank) {
          indices[(pass + query) * k + rank] = merged[at(rank)].index;
          scores[(pass + query) * k + rank] = merged[at(rank)].score;
        }
      }
    });
  }
}

}  // namespace wordbridge
#endif
