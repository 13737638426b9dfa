#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/rng.h"
#include "models/output/row_list_loss.h"

// Shapes: B batch size, K = 1 + samples.

namespace wordbridge {

/// The target and the samples of each example, with the logarithms of their probabilities.
struct OwnSamples {
  RowLists lists;            // K entries per example, the target first
  std::vector<float> log_q;  // [B K]
  std::int64_t each = 0;     // K
};

/// The distribution from which the samples of example b are drawn.
struct SampleSource {
  std::function<std::int64_t(std::int64_t b, Rng& rng)> draw;
  std::function<double(std::int64_t b, std::int64_t word)> probability;
};

/// Draws samples with replacement, in parallel. Each example has its own random stream.
OwnSamples draw_own_samples(const torch::Tensor& targets_B, std::int64_t samples,
                            std::uint64_t seed, const SampleSource& source);

/// The scores [B,K] of the entries minus (log_q + `shift`), by differentiable LibTorch operations.
torch::Tensor corrected_scores(const OwnSamples& samples, double shift,
                               const std::vector<LinearTerm>& terms, const torch::Tensor& b_V);

}  // namespace wordbridge
