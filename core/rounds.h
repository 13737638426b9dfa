#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/index.h"
#include "core/interrupt.h"
#include "core/threads.h"

namespace wordbridge {

/// Rows divided into consecutive blocks that are computed in parallel, and blocks into rounds whose
/// results are held in memory at the same time.
struct RowBlocks {
  std::vector<std::int64_t> rows;    // [blocks + 1]: first row of each block
  std::vector<std::int64_t> rounds;  // [rounds + 1]: first block of each round
  std::int64_t blocks() const { return static_cast<std::int64_t>(rows.size()) - 1; }
};

/// `counts` [rows]: the work of each row, such as a word's occurrences. `row_bytes(count)`: memory
/// for its result. `round_bytes`: memory for the results of a round. `workers`: threads.
RowBlocks divide_rows(const std::vector<std::int64_t>& counts,
                      const std::function<double(std::int64_t count)>& row_bytes,
                      double round_bytes, std::int64_t workers);

/// Computes the blocks of each round in parallel, and passes the results to `use` in order while
/// the next round is computed. `compute(worker, block, result)` adds to a result after its clear();
/// results keep their memory for later rounds. Throws Interrupted with the message `stopped`.
template <class Result, class Compute, class Use>
void for_each_round(const RowBlocks& blocks, std::int64_t workers, const char* stopped,
                    const Compute& compute, const Use& use) {
  std::vector<Result> ready, results;
  std::int64_t waiting = 0;  // the first results of `ready`
  for (std::size_t round = 0; round + 1 < blocks.rounds.size(); ++round) {
    const std::int64_t first = blocks.rounds[round], last = blocks.rounds[round + 1];
    if (results.size() < at(last - first)) results.resize(at(last - first));
    std::atomic<std::int64_t> next{first};
    for_each_block(workers, [&](std::int64_t worker) {
      if (worker == 0) {
        for (std::int64_t i = 0; i < waiting; ++i) use(ready[at(i)]);
      }
      for (std::int64_t block; (block = next++) < last;) {
        if (interrupted()) throw Interrupted(stopped);
        Result& result = results[at(block - first)];
        result.clear();
        compute(worker, block, result);
      }
    });
    std::swap(ready, results);
    waiting = last - first;
  }
  for (std::int64_t i = 0; i < waiting; ++i) use(ready[at(i)]);
}

}  // namespace wordbridge
