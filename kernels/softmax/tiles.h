#pragma once

#include <cstdint>

namespace wordbridge {

// The inner loops of kernels/softmax/linear_softmax.h, on data that stays in a core's own caches: a
// block of words times a panel of kPanel examples. The instruction set is chosen at run time
// (Highway). In a tile [words, kPanel] the examples are contiguous, so that a vector holds the
// values of one word for neighbouring examples. Maxima and sums over words then need no horizontal
// operations, the weights are read in place (one at a time, broadcast), and no loop has a
// remainder.
// All sums are computed per lane in the order of words, examples or features, so AVX2 and AVX-512
// yield the same bits.

constexpr std::int64_t kPanel = 32;

/// One summand of the logits for a block of words: rows of `weight`, `width` floats each.
struct TileTerm {
  const float* weight;  // [words, width]
  std::int64_t width;
};

/// tile[v][r] = bias[v] + sum over terms and their features e of weight[v][e] x[e][r], where x
/// [E, kPanel] holds the concatenated features of all terms; maxima[r] = max over v.
void tile_logits(const TileTerm* terms, std::int64_t term_count, const float* bias,
                 std::int64_t words, const float* x, float* tile, float* maxima);

/// tile[v][r] = exp(tile[v][r] - maxima[r]); sums[r] = sum over v.
void tile_exponentials(float* tile, std::int64_t words, const float* maxima, float* sums);

/// Merges the maxima and sums of exponentials [kPanel] of a block into the running ones.
void merge_sums(const float* maxima, const float* sums, float* running_maxima, float* running_sums);

/// tile[v][r] *= scale exp(exponents[r]); returns the largest result.
float tile_probabilities(float* tile, std::int64_t words, const float* exponents, float scale);

/// x_gradient[e][r] += sum over v of weight[v][e] tile[v][r], for one term: [width, kPanel].
void tile_x_gradient(const TileTerm& term, std::int64_t words, const float* tile,
                     float* x_gradient);

/// A panel of examples for a block of words.
struct TilePanel {
  const float* tile;  // [words, kPanel]
  const float* x;     // [kPanel, stride]: an example's features and 1, padded with zeros
};

/// weight_gradient[v][e] = sum over the panels and r of tile[v][r] x[r][e], in rows of `stride`
/// floats, a multiple of kStride, aligned to kStride floats. At least one panel.
void tile_weight_gradient(const TilePanel* panels, std::int64_t panel_count, std::int64_t words,
                          std::int64_t stride, float* weight_gradient);
constexpr std::int64_t kStride = 16;

}  // namespace wordbridge
