#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace wordbridge {

/// The processes that train one model together, as seen by one of them. All processes must call
/// the same functions in the same order. Every function throws an Error if another process has
/// ended or does not answer within the time limit, and names it.
class Processes {
 public:
  Processes(int rank, int size) : rank_(rank), size_(size) {}
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;
  virtual ~Processes() = default;

  /// This process, counted from 0, and the number of processes.
  int rank() const { return rank_; }
  int size() const { return size_; }
  bool first() const { return rank_ == 0; }

  /// The bytes of process 0, in all processes.
  virtual std::string broadcast(const std::string& bytes) = 0;
  /// The bytes of all processes, in their order. Their sizes may differ.
  virtual std::vector<std::string> gather(const std::string& bytes) = 0;
  /// The same with known sizes: parts[i] are the bytes of process i. Those of this process are
  /// sent, the others are received.
  struct Bytes {
    void* data;
    std::int64_t size;
  };
  virtual void gather(const std::vector<Bytes>& parts) = 0;
  /// `values` consists of parts of all processes, in their order, with these `counts`. Replaces the
  /// numbers of this process's part by their sums over all processes, in the order of
  /// sum_in_pairs(). The other parts are undefined afterwards.
  virtual void sum_parts(float* values, const std::vector<std::int64_t>& counts) = 0;
  /// A sum that is computed while this process does something else.
  class PendingSum {
   public:
    PendingSum() = default;
    PendingSum(const PendingSum&) = delete;
    PendingSum& operator=(const PendingSum&) = delete;
    virtual ~PendingSum() = default;
    virtual void finish() = 0;
  };
  /// Replaces values [count] by their sums over all processes, until finish() returns; nothing else
  /// may use them before. The order of each sum is fixed: that of sum_in_pairs(). Several sums can
  /// be pending; they are finished in the order in which they began.
  virtual std::unique_ptr<PendingSum> begin_sum(float* values, std::int64_t count) = 0;
  void sum(float* values, std::int64_t count) { begin_sum(values, count)->finish(); }
  /// Tells the other processes why this one ends.
  virtual void fail(const std::string& message) noexcept = 0;

 private:
  const int rank_, size_;
};

/// Sums `parts` arrays of `count` numbers into the first one: neighbours in pairs, then the pairs'
/// sums in pairs, and so on. If the parts are sums of shards, in order, and their number is a power
/// of two, the result has the same bits for any number of parts.
void sum_in_pairs(const std::vector<float*>& parts, std::int64_t count);

}  // namespace wordbridge
