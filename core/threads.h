#pragma once

#include <cstdint>
#include <functional>

namespace wordbridge {

/// The worker threads of the process. Work is split into blocks whose number and boundaries never
/// depend on the number of threads, each block writes only its own outputs, and sums over blocks
/// are computed in the order of the blocks. Every result is therefore identical bit for bit on any
/// number of threads. Libraries (ATen, BLAS) use one thread within each worker.

/// Sets the number of workers, including the calling thread, once no work is done by the earlier
/// ones. 0: the number of cores available to the process. `on_start` runs first in each worker (it
/// sets LibTorch's thread count). Error if the system can't start them; the earlier ones remain.
void set_threads(int count, std::function<void()> on_start = {});
int threads();
/// In a process that was forked: its threads are those of the other process. Forgets them, so that
/// new ones, as many, are started when they are needed.
void forget_threads();
/// Number of cores that this process may run on (its affinity mask).
int available_cores();

/// Calls `work(block)` once for each 0 <= block < blocks, on any thread and in any order, and
/// returns when all calls have finished. Rethrows the first exception. A nested call from within a
/// block runs on that block's thread.
void for_each_block(std::int64_t blocks, const std::function<void(std::int64_t block)>& work);
/// The same with the ranges [begin, end) of ceil(size / block_size) blocks.
void for_each_range(std::int64_t size, std::int64_t block_size,
                    const std::function<void(std::int64_t begin, std::int64_t end)>& work);

}  // namespace wordbridge
