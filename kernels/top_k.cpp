#include "kernels/top_k.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/threads.h"
#include "kernels/products.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kQueriesPerBlock = 64;   // share each row that is loaded
constexpr std::int64_t kRowsPerStep = 256;      // whose products with a block stay in cache
constexpr std::int64_t kRowsPerBlock = 8192;    // of one thread's work
constexpr std::int64_t kQueriesPerPass = 1024;  // bounds the memory for the blocks' candidates

struct Candidate {
  float score = -std::numeric_limits<float>::infinity();
  std::int64_t index = -1;
};

bool better(const Candidate& a, const Candidate& b) {
  return a.score > b.score || (a.score == b.score && a.index < b.index);
}

/// Puts the best of rows [begin, end) for `count` queries into best [count, k], each a heap with
/// the worst of its candidates first.
void collect(const float* queries, std::int64_t count, const float* rows, std::int64_t begin,
             std::int64_t end, std::int64_t dim, const float* scales, std::int64_t k,
             Candidate* best) {
  std::vector<float> products(static_cast<std::size_t>(count * kRowsPerStep));
  for (std::int64_t step = begin; step < end; step += kRowsPerStep) {
    const std::int64_t size = std::min(kRowsPerStep, end - step);
    row_products(queries, count, rows + step * dim, size, dim, products.data());
    for (std::int64_t query = 0; query < count; ++query) {
      const float* const row = products.data() + query * size;
      Candidate* const heap = best + query * k;
      for (std::int64_t j = 0; j < size; ++j) {
        const float score = scales ? row[j] * scales[step + j] : row[j];
        // Indices rise, so one that only equals the worst is not better; NaN never is.
        if (!(score > heap->score)) continue;
        std::pop_heap(heap, heap + k, better);
        heap[k - 1] = {score, step + j};
        std::push_heap(heap, heap + k, better);
      }
    }
  }
}

}  // namespace

void top_k_products(const float* queries, std::int64_t query_count, const float* rows,
                    std::int64_t row_count, std::int64_t dim, const float* scales, std::int64_t k,
                    std::int64_t* indices, float* scores) {
  if (k < 1) return;
  const std::int64_t most = std::min({k, row_count, kRowsPerBlock});  // no block has more
  const std::int64_t row_blocks = (row_count + kRowsPerBlock - 1) / kRowsPerBlock;
  for (std::int64_t pass = 0; pass < query_count; pass += kQueriesPerPass) {
    const std::int64_t count = std::min(kQueriesPerPass, query_count - pass);
    const std::int64_t query_blocks = (count + kQueriesPerBlock - 1) / kQueriesPerBlock;
    // [row_blocks, count, most]
    std::vector<Candidate> candidates(static_cast<std::size_t>(row_blocks * count * most));
    for_each_block(row_blocks * query_blocks, [&](std::int64_t block) {
      const std::int64_t row_block = block / query_blocks;
      const std::int64_t query = block % query_blocks * kQueriesPerBlock;
      const std::int64_t begin = row_block * kRowsPerBlock;
      collect(queries + (pass + query) * dim, std::min(kQueriesPerBlock, count - query), rows,
              begin, std::min(begin + kRowsPerBlock, row_count), dim, scales, most,
              candidates.data() + (row_block * count + query) * most);
    });
    for_each_range(count, kQueriesPerBlock, [&](std::int64_t begin, std::int64_t end) {
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
          indices[(pass + query) * k + rank] = merged[static_cast<std::size_t>(rank)].index;
          scores[(pass + query) * k + rank] = merged[static_cast<std::size_t>(rank)].score;
        }
      }
    });
  }
}

}  // namespace wordbridge
