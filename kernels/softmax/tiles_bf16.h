#pragma once

#include <cstdint>

#include "kernels/softmax/tiles.h"

namespace wordbridge {

// The products of kernels/softmax/tiles.h with factors in bfloat16 and sums in float32, using the
// instruction VDPBF16PS. It adds two products to each lane of a sum, so factors are stored as pairs
// of neighbours along the summed dimension, 32 bits per pair (the first in the low half).
using Pair = std::uint32_t;

// Only compiled for x86-64. Call these functions only if has_bf16_products().

/// Whether this CPU supports the instruction (AVX512_BF16).
bool has_bf16_products();

/// pairs[i] = (first[i], second[i]) rounded to the nearest bfloat16, ties to even. `second` null:
/// zeros.
void bf16_zip(const float* first, const float* second, std::int64_t size, Pair* pairs);
/// pairs[i] = (values[2 i], values[2 i + 1]), (size + 1) / 2 pairs, padded with zero.
void bf16_pairs(const float* values, std::int64_t size, Pair* pairs);

/// Like tile_logits(), for one term of `pairs` pairs of features: weight [words, pairs], x [pairs,
/// kPanel].
void bf16_logits(const Pair* weight, std::int64_t pairs, const float* bias, std::int64_t words,
                 const Pair* x, float* tile, float* maxima);

/// Like tile_exponentials(), but writes to `kept` in pairs of words [(words + 1) / 2, kPanel].
void bf16_exponentials(const float* tile, std::int64_t words, const float* maxima, float* sums,
                       Pair* kept);
/// Like tile_probabilities(), from the kept exponentials. Writes pairs of words [(words + 1) / 2,
/// kPanel] and pairs of examples [words, kPanel / 2].
float bf16_probabilities(const Pair* kept, std::int64_t words, const float* exponents, float scale,
                         Pair* word_pairs, Pair* example_pairs);
/// Sets one value in both arrays.
void bf16_set(float value, std::int64_t word, std::int64_t example, Pair* word_pairs,
              Pair* example_pairs);

/// Like tile_x_gradient(), with weight [(words + 1) / 2, width] and tile [(words + 1) / 2, kPanel]
/// in pairs of words.
void bf16_x_gradient(const Pair* weight, std::int64_t width, std::int64_t words, const Pair* tile,
                     float* x_gradient);

/// Panel for bf16_weight_gradient(), which is like tile_weight_gradient() with all factors in pairs
/// of examples.
struct Bf16Panel {
  const Pair* tile;  // [words, kPanel / 2]
  const Pair* x;     // [kPanel / 2, stride]
};
void bf16_weight_gradient(const Bf16Panel* panels, std::int64_t panel_count, std::int64_t words,
                          std::int64_t stride, float* weight_gradient);

}  // namespace wordbridge
