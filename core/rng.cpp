#include "core/rng.h"

#include <cmath>

#include "core/error.h"
#include "core/io/hash.h"

namespace wordbridge {
namespace {

std::uint64_t rotate_left(std::uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

}  // namespace

Rng::Rng(std::uint64_t seed, std::string_view stream, std::uint64_t index) {
  std::uint64_t name = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : stream) name = (name ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  std::uint64_t key = mix(mix(seed, name), index);
  for (auto& word : state_) word = key = mix(key, 0);
}

std::uint64_t Rng::next() {
  auto& s = state_;
  const std::uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left(s[3], 45);
  return result;
}

std::uint64_t Rng::below(std::uint64_t bound) {
  WB_ASSERT(bound > 0);
  // Lemire 2019: the high half of a 128-bit product; the few biased low halves are rejected.
  __extension__ using u128 = unsigned __int128;
  u128 product = static_cast<u128>(next()) * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (low < threshold) {
      product = static_cast<u128>(next()) * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double Rng::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(6.283185307179586 * uniform());
}

}  // namespace wordbridge
