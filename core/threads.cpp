#include "core/threads.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.h"

namespace wordbridge {
namespace {

thread_local bool t_inside_block = false;

/// Polls a condition for some tens of microseconds. Waking a sleeping thread takes too long for
/// jobs that follow each other closely.
template <class Condition>
void spin_until(const Condition& condition) {
  for (int i = 0; i < 2000 && !condition(); ++i) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
}

/// Workers that sleep until a job arrives. They claim the blocks of a job one at a time.
class Pool {
 public:
  Pool(int count, std::function<void()> on_start) {
    for (int i = 1; i < count; ++i) {
      workers_.emplace_back([this, on_start] {
        if (on_start) on_start();
        {
          const std::lock_guard<std::mutex> lock(mutex_);
          ++started_;
        }
        done_.notify_all();
        serve();
      });
    }
    // A process that ends while a worker still calls on_start() could wait for it forever, because
    // the libraries' own resources are released first.
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return started_ == workers_.size(); });
  }

  ~Pool() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (auto& worker : workers_) worker.join();
  }

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  void run(std::int64_t blocks, const std::function<void(std::int64_t)>& work) {
    const std::lock_guard<std::mutex> one_job_at_a_time(job_mutex_);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      blocks_ = blocks;
      next_ = 0;
      error_ = nullptr;
      busy_ = static_cast<int>(workers_.size());
      ++job_;
    }
    wake_.notify_all();
    claim_blocks();
    spin_until([this] { return busy_ == 0; });
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  void serve() {
    std::uint64_t seen = 0;
    while (true) {
      spin_until([&] { return stopping_ || job_ != seen; });
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return stopping_ || job_ != seen; });
        if (stopping_) return;
        seen = job_;
      }
      claim_blocks();
      const std::lock_guard<std::mutex> lock(mutex_);
      if (--busy_ == 0) done_.notify_all();
    }
  }

  void claim_blocks() {
    t_inside_block = true;
    while (true) {
      const std::int64_t block = next_++;
      if (block >= blocks_) break;
      try {
        (*work_)(block);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!error_) error_ = std::current_exception();
        next_ = blocks_;
      }
    }
    t_inside_block = false;
  }

  std::vector<std::thread> workers_;
  std::size_t started_ = 0;
  std::mutex job_mutex_, mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(std::int64_t)>* work_ = nullptr;
  std::int64_t blocks_ = 0;
  std::atomic<std::int64_t> next_{0};
  std::exception_ptr error_;
  std::atomic<std::uint64_t> job_{0};
  std::atomic<int> busy_{0};
  std::atomic<bool> stopping_{false};
};

std::unique_ptr<Pool>& pool() {
  static std::unique_ptr<Pool> instance;
  return instance;
}

}  // namespace

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

void set_threads(int count, std::function<void()> on_start) {
  WB_ASSERT(count >= 0 && !t_inside_block);
  if (on_start) on_start();
  pool() = std::make_unique<Pool>(count == 0 ? available_cores() : count, std::move(on_start));
}

int threads() {
  if (!pool()) set_threads(0);
  return pool()->size();
}

void forget_threads() {
  static_cast<void>(pool().release());  // NOLINT: it can't be joined here
}

void for_each_block(std::int64_t blocks, const std::function<void(std::int64_t)>& work) {
  if (t_inside_block || blocks <= 1 || threads() == 1) {
    for (std::int64_t block = 0; block < blocks; ++block) work(block);
    return;
  }
  pool()->run(blocks, work);
}

void for_each_range(std::int64_t size, std::int64_t block_size,
                    const std::function<void(std::int64_t, std::int64_t)>& work) {
  WB_ASSERT(block_size > 0);
  for_each_block((size + block_size - 1) / block_size, [&](std::int64_t block) {
    work(block * block_size, std::min(size, (block + 1) * block_size));
  });
}

}  // namespace wordbridge
