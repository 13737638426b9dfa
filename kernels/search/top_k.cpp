#include "kernels/search/top_k.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "core/index.h"
#include "core/threads.h"
#include "kernels/search/bounded_search.h"
#include "kernels/search/byte_products.h"
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

/// Turns the products [count, kProductPanel] into scores. Writes the rows that have a score above
/// the worst candidate of its query, and returns their number.
std::int64_t PromisingRows(float* products, std::int64_t count, const RowScores& row_scores,
                           const float* worst, std::int32_t* found) {
  const Tag d;
  constexpr std::int64_t kVectors = kProductPanel / kLanes;
  std::int64_t size = 0;
  for (std::int64_t row = 0; row < count; ++row, products += kProductPanel) {
    const auto scale = hn::Set(d, row_scores.scales ? row_scores.scales[row] : 1.0f);
    const auto offset = hn::Set(d, row_scores.offsets ? row_scores.offsets[row] : 0.0f);
    auto is_above = hn::FirstN(d, 0);
    for (std::int64_t j = 0; j < kVectors; ++j) {
      const auto score = hn::MulAdd(hn::LoadU(d, products + j * kLanes), scale, offset);
      hn::StoreU(score, d, products + j * kLanes);
      is_above = hn::Or(is_above, hn::Ge(score, hn::LoadU(d, worst + j * kLanes)));
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
constexpr std::int64_t kBlocks = 64;             // approximate blocks of work, more than threads
constexpr std::int64_t kRowsPerBlock = 4096;     // at least
constexpr std::int64_t kQueriesPerPass = 16384;  // bounds the memory for the blocks' candidates
constexpr std::int64_t kMostListed = 192;        // products computed one by one in a step
constexpr std::int64_t kEnoughListed = 48;       // worth computing, many at a time
constexpr std::int64_t kQueriesForScans = 4;     // more take less time together
constexpr std::int64_t kQueriesForBounds = 256, kDimForBounds = 32, kRowsForBounds = 64;

std::int64_t quotient_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// A stride through `count` items that visits each once and spreads them evenly: near the golden
/// section, without a common divisor. In files, words of a kind stand together, so that the nearest
/// ones of a rare word come late; the earlier good candidates are found, the more bounds rule out.
std::int64_t spread_stride(std::int64_t count) {
  auto stride = static_cast<std::int64_t>(0.618 * static_cast<double>(count));
  while (std::gcd(stride, count) != 1) ++stride;
  return stride;
}

/// Rows that are searched.
struct Rows {
  const float* values;
  std::int64_t dim;
  RowScores scores;
  const ByteRows* bytes;  // nullptr: products are not bounded

  RowScores scores_from(std::int64_t row) const {
    return {scores.scales ? scores.scales + row : nullptr,
            scores.offsets ? scores.offsets + row : nullptr};
  }
};

/// Collects the best rows [begin, end) for each query in best [count, k]. Each query's candidates
/// are a heap with the worst candidate at the front.
class Collector {
 public:
  Collector(const float* queries, std::int64_t count, const Rows& rows, std::int64_t k,
            Candidate* best)
      : rows_(rows),
        panels_(queries, count, rows.dim),
        k_(k),
        best_(best),
        worst_(static_cast<std::size_t>(panels_.panels() * kProductPanel),
               // No product exceeds the threshold of a padding query.
               std::numeric_limits<float>::infinity()),
        products_(kRowsPerStep * kProductPanel) {
    std::fill_n(worst_.begin(), count, -std::numeric_limits<float>::infinity());
    if (rows.bytes == nullptr) return;
    bytes_.emplace(queries, count, rows.dim);
    listed_.resize(at(panels_.panels()));
  }

  void collect(std::int64_t begin, std::int64_t end) {
    const std::int64_t steps = quotient_up(end - begin, kRowsPerStep);
    const std::int64_t stride = spread_stride(steps);
    for (std::int64_t i = 0; i < steps; ++i) {
      const std::int64_t step = begin + i * stride % steps * kRowsPerStep;
      const std::int64_t size = std::min(kRowsPerStep, end - step);
      for (std::int64_t panel = 0; panel < panels_.panels(); ++panel)
        if (!bytes_ || !list_promising(panel, step, size)) keep(panel, step, size);
    }
    if (bytes_)
      for (std::int64_t panel = 0; panel < panels_.panels(); ++panel) keep_listed(panel);
  }

 private:
  /// Pairs of a query of a panel and a row whose product is promising by its bound.
  struct Listed {
    std::int64_t count = 0;
    std::int32_t queries[kMostListed], rows[kMostListed];
  };

  /// Lists the promising products of a step and returns true; or, if there are more than
  /// kMostListed, empties the list and returns false, because all products then take less time.
  bool list_promising(std::int64_t panel, std::int64_t step, std::int64_t size) {
    std::uint32_t masks[kRowsPerStep];
    const std::int64_t found = bytes_->find_promising(panel, *rows_.bytes, step, size,
                                                      worst_.data() + panel * kProductPanel, masks);
    Listed& listed = listed_[at(panel)];
    if (listed.count + found > kMostListed) keep_listed(panel);
    if (found > kMostListed) return false;
    if (found == 0) return true;
    for (std::int64_t i = 0; i < size; ++i)
      for (std::uint32_t mask = masks[i]; mask != 0; mask &= mask - 1) {
        listed.queries[listed.count] = static_cast<std::int32_t>(__builtin_ctz(mask));
        listed.rows[listed.count++] = static_cast<std::int32_t>(step + i);
      }
    if (listed.count >= kEnoughListed) keep_listed(panel);
    return true;
  }

  void keep_listed(std::int64_t panel) {
    Listed& listed = listed_[at(panel)];
    float products[kMostListed];
    listed_products(panels_.values(panel), listed.queries, rows_.values, listed.rows, listed.count,
                    rows_.dim, products);
    for (std::int64_t i = 0; i < listed.count; ++i) {
      const std::int32_t row = listed.rows[i];
      offer(panel * kProductPanel + listed.queries[i], row,
            std::fma(products[i], rows_.scores.scales ? rows_.scores.scales[row] : 1.0F,
                     rows_.scores.offsets ? rows_.scores.offsets[row] : 0.0F));
    }
    listed.count = 0;
  }

  void keep(std::int64_t panel, std::int64_t step, std::int64_t size) {
    panels_.products(panel, rows_.values + step * rows_.dim, size, products_.data(), kProductPanel);
    std::int32_t promising[kRowsPerStep];
    float* const worst = worst_.data() + panel * kProductPanel;
    const std::int64_t count = HWY_DYNAMIC_DISPATCH(PromisingRows)(
        products_.data(), size, rows_.scores_from(step), worst, promising);
    const std::int64_t width = panels_.width(panel);
    for (std::int64_t i = 0; i < count; ++i) {
      const float* const scores = products_.data() + promising[i] * kProductPanel;
      for (std::int64_t query = 0; query < width; ++query)
        offer(panel * kProductPanel + query, step + promising[i], scores[query]);
    }
  }

  void offer(std::int64_t query, std::int64_t row, float score) {
    Candidate* const heap = best_ + query * k_;
    if (!better({score, row}, *heap)) return;  // nor is NaN better
    std::pop_heap(heap, heap + k_, better);
    heap[k_ - 1] = {score, row};
    std::push_heap(heap, heap + k_, better);
    worst_[at(query)] = heap->score;
  }

  const Rows& rows_;
  ProductPanels panels_;
  std::optional<BytePanels> bytes_;
  std::vector<Listed> listed_;  // [panels]
  std::int64_t k_;
  Candidate* best_;
  std::vector<float> worst_;     // score of each query's worst candidate
  std::vector<float> products_;  // [kRowsPerStep, kProductPanel]
};

/// Whether bounds save more time than rounding the rows takes.
bool bounds_pay(std::int64_t query_count, std::int64_t row_count, std::int64_t dim,
                std::int64_t k) {
  return has_byte_products() && query_count >= kQueriesForBounds && dim >= kDimForBounds &&
         dim <= kMostByteColumns && row_count >= k * kRowsForBounds &&
         row_count <= std::numeric_limits<std::int32_t>::max();
}

}  // namespace

void top_k_products(const float* queries, std::int64_t query_count, const float* rows,
                    std::int64_t row_count, std::int64_t dim, const RowScores& row_scores,
                    std::int64_t k, std::int64_t* indices, float* scores, const ByteRows* bytes) {
  if (k < 1) return;
  if (bytes != nullptr && row_scores.offsets == nullptr && query_count <= kQueriesForScans &&
      k <= row_count / kRowsForBounds) {
    for (std::int64_t i = 0; i < query_count; ++i)
      if (!bounded_search(queries + i * dim, rows, row_count, dim, row_scores.scales, *bytes, k,
                          indices + i * k, scores + i * k))
        top_k_products(queries + i * dim, 1, rows, row_count, dim, row_scores, k, indices + i * k,
                       scores + i * k);
    return;
  }
  std::optional<ByteRows> rounded;
  const bool bounded = bounds_pay(query_count, row_count, dim, k);
  if (bounded && bytes == nullptr)
    bytes = &rounded.emplace(rows, row_count, dim, row_scores.scales, row_scores.offsets);
  const Rows all{rows, dim, row_scores, bounded ? bytes : nullptr};
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
      Collector(queries + (pass + query) * dim, std::min(queries_per_block, count - query), all,
                most, candidates.data() + (row_block * count + query) * most)
          .collect(begin, std::min(begin + rows_per_block, row_count));
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
