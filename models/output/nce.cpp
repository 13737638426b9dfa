#include "models/output/nce.h"

#include <cmath>

#include "core/threads.h"
#include "models/layers/random_seed.h"
#include "models/output/own_samples.h"
#include "models/output/shared_noise_loss.h"
#include "models/sampling/noise.h"

namespace wordbridge {
namespace {

using torch::Tensor;

/// Number of examples that share their noise words: large enough for efficient matrix products,
/// small enough that a batch occupies several cores and has many distinct noise words.
constexpr std::int64_t kGroup = 64;

}  // namespace

Nce::Nce(const NceOptions& options, const OutputShape& shape, const ModelInputs& inputs)
    : WordRows(shape, inputs),
      options_(options),
      noise_(noise_distribution(options.noise, inputs.counts, options.power)) {}

Tensor Nce::loss(const BodyOutput& body, const Tensor& targets_B) {
  return options_.shared ? shared_loss(body, targets_B) : own_loss(body, targets_B);
}

Tensor Nce::shared_loss(const BodyOutput& body, const Tensor& targets_B) {
  const std::int64_t B = targets_B.size(0), K = options_.samples;
  const std::int64_t G = (B + kGroup - 1) / kGroup;
  const std::uint64_t seed = draw_seed();
  const auto log_kq = [&](std::int64_t word) {
    return static_cast<float>(std::log(static_cast<double>(K) * noise_.probability(word)));
  };
  const Tensor words_GK = torch::empty({G, K}, torch::kInt64);
  const Tensor log_kq_GK = torch::empty({G, K}), target_log_kq_B = torch::empty({B});
  for_each_block(G, [&](std::int64_t g) {
    Rng rng(seed, "shared noise", static_cast<std::uint64_t>(g));
    for (std::int64_t i = g * K; i < (g + 1) * K; ++i) {
      const auto word = noise_.draw(rng);
      words_GK.data_ptr<std::int64_t>()[i] = word;
      log_kq_GK.data_ptr<float>()[i] = log_kq(word);
    }
  });
  const Tensor targets = targets_B.to(torch::kCPU).contiguous();
  for (std::int64_t r = 0; r < B; ++r)
    target_log_kq_B.data_ptr<float>()[r] = log_kq(targets.data_ptr<std::int64_t>()[r]);
  const SharedNoise noise{kGroup, words_GK.to(targets_B.device()), log_kq_GK.to(b.options()),
                          target_log_kq_B.to(b.options())};
  return shared_noise_loss(noise, terms(body), b, targets_B);
}

Tensor Nce::own_loss(const BodyOutput& body, const Tensor& targets_B) {
  const OwnSamples own = draw_own_samples(
      targets_B, options_.samples, draw_seed(),
      {[this](std::int64_t, Rng& rng) { return noise_.draw(rng); },
       [this](std::int64_t, std::int64_t word) { return noise_.probability(word); }});
  const double log_k = std::log(static_cast<double>(options_.samples));
  const auto list = terms(body);
  if (!for_our_kernels(list, b)) {
    Tensor scores_BK = corrected_scores(own, log_k, list, b);
    const std::int64_t K = options_.samples;
    return (torch::softplus(-scores_BK.narrow(1, 0, 1)).sum() +
            torch::softplus(scores_BK.narrow(1, 1, K)).sum()) /
           targets_B.size(0);
  }
  const auto loss = [&](std::int64_t r, float* scores, std::int64_t count) {
    double sum = 0;
    for (std::int64_t j = 0; j < count; ++j) {
      const float log_q = own.log_q[static_cast<std::size_t>(r * count + j)];
      const float z = scores[j] - log_q - static_cast<float>(log_k);
      const auto [value, sigma] = softplus(j == 0 ? -z : z);  // the target, then the noise
      sum += value;
      scores[j] = j == 0 ? -sigma : sigma;
    }
    return sum;
  };
  return row_list_loss(own.lists, loss, list, b);
}

Tensor Nce::unnormalised_log_prob(const BodyOutput& body, const Tensor& targets_B) {
  const torch::NoGradGuard no_grad;
  Tensor score_B = b.index_select(0, targets_B);
  for (const auto& [x, weight] : terms(body))
    score_B += (x * weight.index_select(0, targets_B)).sum(1);
  return score_B;
}

double Nce::flops_per_word() const {
  // One multiplication and one addition per weight, in the forward pass and for both gradients.
  return 6.0 * static_cast<double>(row_width() * (1 + options_.samples));
}

std::shared_ptr<OutputLayer> make_output_layer(const NceOptions& options, const OutputShape& shape,
                                               const ModelInputs& inputs) {
  return std::make_shared<Nce>(options, shape, inputs);
}

}  // namespace wordbridge
