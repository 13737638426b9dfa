#pragma once

#include <cstdint>

#include "kernels/simd/padded_width.h"

namespace wordbridge {

// AdaGrad steps of GloVe (Pennington, Socher and Manning 2014), one count at a time.

/// A matrix of parameters: one row for each word. A row has the vector and the bias, padded with
/// zeros, then the accumulators of their squared steps, padded with ones.
struct GloveRow {
  std::int64_t dim = 0;
  std::int64_t width() const { return padded_width(dim + 1); }  // of each half
  std::int64_t bias() const { return dim; }                     // position of the bias
  std::int64_t sums() const { return width(); }                 // position of the accumulators
  std::int64_t size() const { return 2 * width(); }             // floats of a row
};

/// A count x > 0 of a word in a context, by their rows among those of a tile.
struct GloveCount {
  std::uint16_t word, context;
  float log_count;  // log x
};

struct GloveSettings {
  GloveRow row;
  float learning_rate;
  float x_max, alpha;  // f(x) = min(1, (x / x_max)^alpha)
};

/// The largest gradient of an element of a vector; larger ones are clipped.
constexpr float kGloveClip = 100;

/// For each count, in their order, one AdaGrad step on the loss
///     L = f(x) d^2 / 2,   d = w . c + b + b' - log x.
/// With g = f(x) d, the steps of the vectors are t = learning_rate * g c (clipped) and
/// learning_rate * g w, those of the biases t = g, without the learning rate. Each parameter is
/// changed by -t / sqrt(accumulator), then t^2 is added to the accumulator: the update of the
/// authors' program. Rows are aligned to cache lines. Returns the sum of the losses before each
/// step; it is not finite if one of the products is not.
double glove_steps(const GloveCount* counts, std::int64_t size, float* words, float* contexts,
                   const GloveSettings& settings);

/// The sum of the losses if all parameters are zero.
double glove_loss_at_zero(const GloveCount* counts, std::int64_t size,
                          const GloveSettings& settings);

}  // namespace wordbridge
