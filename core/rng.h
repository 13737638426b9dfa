#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace wordbridge {

/// A random stream that depends only on a seed, the name of the stream and an index. Each consumer
/// (initialisation, shuffling of epoch 3, ...) has its own stream, so that consumers never affect
/// each other. xoshiro256++ of Blackman and Vigna (2019), seeded by SplitMix64.
class Rng {
 public:
  Rng(std::uint64_t seed, std::string_view stream, std::uint64_t index = 0);

  std::uint64_t next();
  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform in [0, bound), without bias; bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Standard normal (Box and Muller).
  double normal();

  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

  using State = std::array<std::uint64_t, 4>;
  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  State state_;
};

}  // namespace wordbridge
