#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/error.h"

namespace wordbridge {

/// Sums of one row of a matrix, in a dense array with one entry per column. Two levels of bits mark
/// the columns that are not zero, so that they are found in ascending order without sorting.
class RowSums {
 public:
  explicit RowSums(std::int64_t columns)
      : sums_(static_cast<std::size_t>(columns), 0),
        used_((sums_.size() + 63) / 64, 0),
        used_groups_((used_.size() + 63) / 64, 0) {}
  /// Memory of an object.
  static double bytes(std::int64_t columns) { return 8.13 * static_cast<double>(columns); }

  /// `weight` > 0; the sum must stay below 2^64.
  void add(std::size_t column, std::uint64_t weight) {
    std::uint64_t& sum = sums_[column];
    if (sum == 0) {
      used_[column >> 6] |= bit(column);
      used_groups_[column >> 12] |= bit(column >> 6);
    }
    sum += weight;
  }
  /// The same. Error if the sum does not fit into 64 bits.
  void add_checked(std::size_t column, std::uint64_t weight) {
    if (weight > ~sums_[column]) throw Error("a count is too large (2^64)");
    add(column, weight);
  }

  /// Calls `use(column, sum)` for all non-zero sums by ascending column, and sets them to zero.
  template <class F>
  void drain(const F& use) {
    for (std::size_t group = 0; group < used_groups_.size(); ++group) {
      for_each_bit(used_groups_[group], [&](std::size_t word) {
        word += group << 6;
        for_each_bit(used_[word], [&](std::size_t column) {
          column += word << 6;
          use(static_cast<std::int32_t>(column), std::exchange(sums_[column], 0));
        });
        used_[word] = 0;
      });
      used_groups_[group] = 0;
    }
  }

 private:
  static std::uint64_t bit(std::size_t index) { return std::uint64_t{1} << (index & 63); }
  template <class F>
  static void for_each_bit(std::uint64_t bits, const F& use) {
    for (; bits != 0; bits &= bits - 1) use(static_cast<std::size_t>(__builtin_ctzll(bits)));
  }

  std::vector<std::uint64_t> sums_;
  std::vector<std::uint64_t> used_, used_groups_;
};

/// The same for columns that are added in ascending order. Memory: the non-zero sums.
class AscendingSums {
 public:
  void add_checked(std::size_t column, std::uint64_t weight) {
    const auto index = static_cast<std::int32_t>(column);
    if (!sums_.empty() && sums_.back().first == index) {
      sums_.back().second += weight;
    } else {
      sums_.emplace_back(index, weight);
    }
  }
  template <class F>
  void drain(const F& use) {
    for (const auto& [column, sum] : sums_) use(column, sum);
    sums_.clear();
  }

 private:
  std::vector<std::pair<std::int32_t, std::uint64_t>> sums_;
};

}  // namespace wordbridge
