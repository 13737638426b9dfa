#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "train/processes/processes.h"

namespace wordbridge {

/// What the threads of a test have in common.
class Meeting {
 public:
  explicit Meeting(int size) : texts_(static_cast<std::size_t>(size)) {}

  /// The texts of all threads, once all have come.
  std::vector<std::string> exchange(int rank, const std::string& text) {
    std::unique_lock lock(mutex_);
    const auto round = rounds_;
    texts_[static_cast<std::size_t>(rank)] = text;
    if (++arrived_ == texts_.size()) {
      all_ = texts_;
      arrived_ = 0;
      ++rounds_;
      changed_.notify_all();
    } else {
      changed_.wait(lock, [&] { return rounds_ != round; });
    }
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_, all_;
  std::size_t arrived_ = 0, rounds_ = 0;
};

/// A thread in place of a process.
class ThreadProcesses : public Processes {
 public:
  ThreadProcesses(int rank, int size, Meeting& meeting)
      : Processes(rank, size), meeting_(meeting) {}

  std::string broadcast(const std::string& bytes) override { return gather(bytes)[0]; }
  std::vector<std::string> gather(const std::string& bytes) override {
    return meeting_.exchange(rank(), bytes);
  }
  void gather(const std::vector<Bytes>& parts) override {
    const Bytes& own = parts[static_cast<std::size_t>(rank())];
    const auto texts =
        gather({static_cast<const char*>(own.data), static_cast<std::size_t>(own.size)});
    for (std::size_t i = 0; i < texts.size(); ++i)
      std::copy_n(texts[i].data(), texts[i].size(), static_cast<char*>(parts[i].data));
  }
  void sum_parts(float* values, const std::vector<std::int64_t>& counts) override {
    sum(values, std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  }
  std::unique_ptr<PendingSum> begin_sum(float* values, std::int64_t count) override {
    ++begun_;
    return std::make_unique<Sum>(*this, values, count);
  }
  void fail(const std::string&) noexcept override {}
  /// The sums that have begun.
  int begun() const { return begun_; }

 private:
  /// Sends the values when it begins. They are not there any more until it is finished.
  class Sum : public PendingSum {
   public:
    Sum(ThreadProcesses& processes, float* values, std::int64_t count)
        : values_(values),
          count_(count),
          texts_(processes.gather({reinterpret_cast<const char*>(values),
                                   static_cast<std::size_t>(count) * sizeof(float)})) {
      std::fill_n(values, count, std::numeric_limits<float>::quiet_NaN());
    }
    void finish() override {
      std::vector<float*> parts;
      for (auto& text : texts_) parts.push_back(reinterpret_cast<float*>(text.data()));
      sum_in_pairs(parts, count_);
      std::copy_n(parts[0], count_, values_);
    }

   private:
    float* const values_;
    const std::int64_t count_;
    std::vector<std::string> texts_;
  };

  int begun_ = 0;
  Meeting& meeting_;
};

}  // namespace wordbridge
