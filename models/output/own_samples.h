#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/rng.h"
#include "models/output/row_list_loss.h"

// Shapes: B batch, K = 1 + samples.

namespace wordbridge {

/// Each example's target and its own samples, with the logarithms of their probabilities.
struct OwnSamples {
  RowLists lists;            // the target first: K entries each
  std::vector<float> log_q;  // [B K]
  std::int64_t each = 0;     // K
};

/// The distribution that example b's samples come from.
struct SampleSource {
  std::function<std::int64_t(std::int64_t b, Rng& rng)> draw;
  std::function<double(std::int64_t b, std::int64_t word)> probability;
};

/// Draws with replacement, from a stream of its own for each example, in parallel.
OwnSamples draw_own_samples(const torch::Tensor& targets_B, std::int64_t samples,
                            std::uint64_t seed, const SampleSource& source);

/// The scores [B,K] of the entries by differentiable plain operations, minus log_q + `shift`.
torch::Tensor corrected_scores(const OwnSamples& samples, double shift,
                               const std::vector<LinearTerm>& terms, const torch::Tensor& b_V);

}  // namespace wordbridge
