#include "models/output/sampled_softmax.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/index.h"
#include "models/layers/random_seed.h"
#include "models/layers/sparse_rows.h"
#include "models/output/own_samples.h"
#include "models/sampling/noise.h"

namespace wordbridge {
namespace {

using torch::Tensor;

using Proposal = SampledSoftmaxOptions::Proposal;

/// The word distribution of the proposal; a bigram proposal is interpolated with it.
Noise words_of(Proposal proposal) {
  switch (proposal) {
    case Proposal::log_uniform:
      return Noise::log_uniform;
    case Proposal::uniform:
      return Noise::uniform;
    case Proposal::unigram:
    case Proposal::bigram:
      break;
  }
  return Noise::unigram;
}

}  // namespace

SampledSoftmax::SampledSoftmax(const SampledSoftmaxOptions& options, const OutputShape& shape,
                               const ModelInputs& inputs)
    : WordRows(shape, inputs),
      options_(options),
      proposal_(noise_distribution(words_of(options.proposal), inputs.counts, options.power)) {
  if (options.proposal == Proposal::bigram)
    bigrams_ = std::make_unique<BigramProposal>(inputs.train_ids, inputs.train_size, proposal_,
                                                options.adaptation);
  const auto sum = static_cast<double>(
      std::accumulate(inputs.counts.begin(), inputs.counts.end(), std::int64_t{0}));
  for (std::int64_t w = 0; w < proposal_.size(); ++w) {
    no_draw_.push_back(std::log1p(-proposal_.probability(w)));
    const double share = sum > 0 ? static_cast<double>(inputs.counts[at(w)]) / sum : 0;
    no_target_.push_back(std::log1p(-share));
  }
}

SampledSoftmax::Candidates SampledSoftmax::draw_candidates(const Tensor& targets_B,
                                                           std::uint64_t seed) const {
  const Tensor targets = targets_B.to(torch::kCPU).contiguous();
  const auto* target = targets.data_ptr<std::int64_t>();
  const std::int64_t B = targets.numel();
  std::vector<std::int64_t> words(target, target + B);
  Rng rng(seed, "candidates");
  for (std::int64_t i = 0; i < options_.samples; ++i) words.push_back(proposal_.draw(rng));
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());

  const auto K = static_cast<std::int64_t>(words.size());
  Candidates candidates{torch::tensor(words), torch::empty({K}), torch::empty({B}, torch::kInt64)};
  for (std::int64_t k = 0; k < K; ++k) {
    const auto w = at(words[at(k)]);
    // Neither sampled nor the target of another example of the batch. The batch is treated as a
    // random sample of the training split.
    const double absent = static_cast<double>(options_.samples) * no_draw_[w] +
                          (B > 1 ? static_cast<double>(B - 1) * no_target_[w] : 0.0);
    candidates.log_pi_K.data_ptr<float>()[k] = static_cast<float>(std::log(-std::expm1(absent)));
  }
  for (std::int64_t r = 0; r < B; ++r) {
    candidates.targets_B.data_ptr<std::int64_t>()[r] =
        std::lower_bound(words.begin(), words.end(), target[r]) - words.begin();
  }
  return candidates;
}

Tensor SampledSoftmax::loss(const BodyOutput& body, const Tensor& targets_B) {
  return bigrams_ != nullptr ? bigram_loss(body, targets_B) : shared_loss(body, targets_B);
}

Tensor SampledSoftmax::shared_loss(const BodyOutput& body, const Tensor& targets_B) {
  const Candidates candidates = draw_candidates(targets_B, draw_seed());
  const Tensor words_K = candidates.words_K.to(targets_B.device());
  std::vector<LinearTerm> rows;
  for (const auto& [x, weight] : terms(body)) rows.push_back({x, embed_rows(weight, words_K)});
  return linear_cross_entropy(rows, embed_rows(b, words_K) - candidates.log_pi_K.to(b.options()),
                              candidates.targets_B.to(targets_B.device()));
}

Tensor SampledSoftmax::bigram_loss(const BodyOutput& body, const Tensor& targets_B) {
  const Tensor before_B = body.previous_B.to(torch::kCPU).contiguous();
  const auto* before = before_B.data_ptr<std::int64_t>();
  OwnSamples own = draw_own_samples(
      targets_B, options_.samples, draw_seed(),
      {[&](std::int64_t r, Rng& rng) { return bigrams_->draw(before[r], rng); },
       [&](std::int64_t r, std::int64_t word) { return bigrams_->probability(word, before[r]); }});
  const auto list = terms(body);
  std::vector<float> importance(bigrams_->adapts() ? own.lists.row.size() : 0);
  Tensor mean;
  if (for_our_kernels(list, b)) {
    const auto loss = [&](std::int64_t r, float* scores, std::int64_t count) {
      for (std::int64_t j = 0; j < count; ++j) scores[j] -= own.log_q[at(r * count + j)];
      const double value = softmax_cross_entropy(scores, count, 0);
      // The derivative with respect to a sample's score is its softmax probability.
      if (!importance.empty())
        std::copy_n(scores, count, importance.begin() + static_cast<std::ptrdiff_t>(r * count));
      return value;
    };
    mean = row_list_loss(own.lists, loss, list, b);
  } else {
    const Tensor log_p_BK = corrected_scores(own, 0, list, b).log_softmax(1);
    mean = -log_p_BK.select(1, 0).mean();
    if (!importance.empty()) {
      const Tensor p_BK = log_p_BK.detach().exp().to(torch::kCPU, torch::kFloat32).contiguous();
      std::copy_n(p_BK.data_ptr<float>(), p_BK.numel(), importance.begin());
    }
  }
  if (!importance.empty()) {
    bigrams_->observe({before, before + before_B.numel()}, std::move(own.lists),
                      std::move(importance));
  }
  return mean;
}

TrainingState* SampledSoftmax::training_state() {
  return bigrams_ != nullptr && bigrams_->adapts() ? bigrams_.get() : nullptr;
}

double SampledSoftmax::flops_per_word() const {
  // One multiplication and one addition per weight, in the forward pass and for both gradients.
  return 6.0 * static_cast<double>(row_width() * (1 + options_.samples));
}

std::shared_ptr<OutputLayer> make_output_layer(const SampledSoftmaxOptions& options,
                                               const OutputShape& shape,
                                               const ModelInputs& inputs) {
  return std::make_shared<SampledSoftmax>(options, shape, inputs);
}

}  // namespace wordbridge
