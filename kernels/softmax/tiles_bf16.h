#pragma once

#include <cstdint>

#include "kernels/softmax/tiles.h"

namespace wordbridge {

// The products of kernels/softmax/tiles.h with factors in bfloat16 and sums in float32, by the
// instruction VDPBF16PS: each lane of a sum takes two products at a time, so factors come in pairs
// of neighbours along the summed dimension, 32 bits each (the first in the low half).
using Pair = std::uint32_t;

// Only compiled for x86-64, and only to be called where has_bf16_products().

/// Whether this CPU has the instruction (AVX512_BF16).
bool has_bf16_products();

/// pairs[i] = (first[i], second[i]) rounded to the nearest bfloat16, ties to even; `second` null:
/// zeros.
void bf16_zip(const float* first, const float* second, std::int64_t size, Pair* pairs);
/// pairs[i] = (values[2 i], values[2 i + 1]), zeros after the end: (size + 1) / 2 pairs.
void bf16_pairs(const float* values, std::int64_t size, Pair* pairs);

/// As tile_logits(), for one term of `pairs` pairs of features: weight [words, pairs], x [pairs,
/// kPanel].
void bf16_logits(const Pair* weight, std::int64_t pairs, const float* bias, std::int64_t words,
                 const Pair* x, float* tile, float* maxima);

/// As tile_exponentials(), but they go to `kept` in pairs of words [(words + 1) / 2, kPanel].
void bf16_exponentials(const float* tile, std::int64_t words, const float* maxima, float* sums,
                       Pair* kept);
/// As tile_probabilities(), from what was kept, in pairs of words [(words + 1) / 2, kPanel] and in
/// pairs of examples [words, kPanel / 2].
float bf16_probabilities(const Pair* kept, std::int64_t words, const float* exponents, float scale,
                         Pair* word_pairs, Pair* example_pairs);
/// Puts one value into both.
void bf16_set(float value, std::int64_t word, std::int64_t example, Pair* word_pairs,
              Pair* example_pairs);

/// As tile_x_gradient(): weight [(words + 1) / 2, width] and tile [(words + 1) / 2, kPanel] in
/// pairs of words.
void bf16_x_gradient(const Pair* weight, std::int64_t width, std::int64_t words, const Pair* tile,
                     float* x_gradient);

/// As tile_weight_gradient(), all in pairs of examples.
struct Bf16Panel {
  const Pair* tile;  // [words, kPanel / 2]
  const Pair* x;     // [kPanel / 2, stride]
};
void bf16_weight_gradient(const Bf16Panel* panels, std::int64_t panel_count, std::int64_t words,
                          std::int64_t stride, float* weight_gradient);

}  // namespace wordbridge
