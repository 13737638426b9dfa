#pragma once

#include <cstdint>
#include <functional>

namespace wordbridge {

/// The process's worker threads. Work is cut into blocks whose number and borders never depend on
/// the number of threads, each block writes what is its own, and sums over blocks are made in the
/// blocks' order: so every result is the same bit for bit on any number of threads.
/// The libraries below us (ATen, BLAS) run on one thread in each worker.

/// Workers including the calling thread, 0: as many as the process may use cores. `on_start` runs
/// first in each worker (LibTorch sets its own thread count there).
void set_threads(int count, std::function<void()> on_start = {});
int threads();
/// Cores that this process may run on (its affinity mask).
int available_cores();

/// Calls `work(block)` for 0 <= block < blocks, each once, on any thread, in any order; returns
/// when all are done. The first exception is rethrown. A call from within a block runs in that
/// thread.
void for_each_block(std::int64_t blocks, const std::function<void(std::int64_t block)>& work);
/// Likewise with [begin, end) of ceil(size / block_size) blocks.
void for_each_range(std::int64_t size, std::int64_t block_size,
                    const std::function<void(std::int64_t begin, std::int64_t end)>& work);

}  // namespace wordbridge
