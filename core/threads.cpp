#include "core/threads.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <system_error>
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
  Pool(int count, const std::function<void()>& on_start) {
    for (int i = 1; i < count; ++i) {
      try {
        workers_.emplace_back([this, on_start] {
          if (on_start) on_start();
          {
            const std::lock_guard<std::mutex> lock(mutex_);
            ++started_;
          }
          done_.notify_all();
          serve();
        });
      } catch (const std::system_error& error) {
        stop();
        throw Error("can't start the threads")
            .expected("as many as the system allows")
            .got("{} of {} ({})", i, count, error.what());
      }
    }
    // A process that ends while a worker still calls on_start() could wait for it forever, because
    // the libraries' own resources are released first.
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return started_ == workers_.size(); });
  }

  ~Pool() { stop(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

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
  void stop() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (auto& worker : workers_) worker.join();
  }

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

/// The pool and how it is made. Those who use the pool share `mutex`; it is replaced by one alone,
/// for whom the others wait at `gate`.
struct Workers {
  std::mutex gate;
  std::shared_mutex mutex;
  std::unique_ptr<Pool> pool;  // empty until it is needed
  int count = 0;
  std::function<void()> on_start;
};

std::unique_ptr<Workers>& workers() {
  static auto instance = std::make_unique<Workers>();
  return instance;
}

int wanted(int count) { return count == 0 ? available_cores() : count; }

/// The workers, with a pool that stays as long as the lock.
std::pair<Workers&, std::shared_lock<std::shared_mutex>> use_workers() {
  Workers& all = *workers();
  while (true) {
    std::unique_lock<std::mutex> gate(all.gate);
    std::shared_lock<std::shared_mutex> shared(all.mutex);
    if (all.pool) return {all, std::move(shared)};
    shared.unlock();
    const std::lock_guard<std::shared_mutex> alone(all.mutex);
    all.pool = std::make_unique<Pool>(wanted(all.count), all.on_start);
  }
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
  auto pool = std::make_unique<Pool>(wanted(count), on_start);
  Workers& all = *workers();
  const std::lock_guard<std::mutex> gate(all.gate);
  const std::lock_guard<std::shared_mutex> alone(all.mutex);
  all.pool = std::move(pool);
  all.count = count;
  all.on_start = std::move(on_start);
}

int threads() { return use_workers().first.pool->size(); }

void forget_threads() {
  // Their threads can't be joined here, and their locks may be held by threads that do not exist.
  static auto* const forgotten = new std::vector<std::unique_ptr<Workers>>;
  auto fresh = std::make_unique<Workers>();
  fresh->count = workers()->count;
  fresh->on_start = workers()->on_start;
  forgotten->push_back(std::exchange(workers(), std::move(fresh)));
}

void for_each_block(std::int64_t blocks, const std::function<void(std::int64_t)>& work) {
  if (!t_inside_block && blocks > 1) {
    const auto [all, shared] = use_workers();
    if (all.pool->size() > 1) return all.pool->run(blocks, work);
  }
  for (std::int64_t block = 0; block < blocks; ++block) work(block);
}

void for_each_range(std::int64_t size, std::int64_t block_size,
                    const std::function<void(std::int64_t, std::int64_t)>& work) {
  WB_ASSERT(block_size > 0);
  for_each_block((size + block_size - 1) / block_size, [&](std::int64_t block) {
    work(block * block_size, std::min(size, (block + 1) * block_size));
  });
}

}  // namespace wordbridge
