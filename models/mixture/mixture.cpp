#include "models/mixture/mixture.h"

#include <cmath>

#include "core/error.h"
#include "core/log.h"

namespace wordbridge {
namespace {

constexpr double kTolerance = 1e-9;  // nats per token

using Split = TokenScores::Split;

std::vector<std::int32_t> bins_of(const ContextBins& bins, const Corpus& corpus, Span span) {
  std::vector<std::int32_t> found;
  found.reserve(static_cast<std::size_t>(span.size()));
  for (auto t = span.begin; t < span.end; ++t) found.push_back(bins.bin(corpus.ids(), t));
  return found;
}

/// [tokens, components]
std::vector<double> probabilities(const std::vector<TokenScores>& components,
                                  Split TokenScores::*split) {
  const std::size_t k = components.size(), tokens = (components[0].*split).log_prob.size();
  std::vector<double> p(tokens * k);
  for (std::size_t j = 0; j < k; ++j) {
    const auto& log_prob = (components[j].*split).log_prob;
    for (std::size_t t = 0; t < tokens; ++t)
      p[t * k + j] = std::exp(static_cast<double>(log_prob[t]));
  }
  return p;
}

std::vector<float> mixed(const std::vector<double>& p, const std::vector<std::int32_t>& bin,
                         const MixtureWeights& weights) {
  const auto k = static_cast<std::size_t>(weights.components);
  std::vector<float> log_prob;
  log_prob.reserve(bin.size());
  for (std::size_t t = 0; t < bin.size(); ++t) {
    const double* weight = weights.row(bin[t]);
    double sum = 0;
    for (std::size_t j = 0; j < k; ++j) sum += weight[j] * p[t * k + j];
    log_prob.push_back(static_cast<float>(std::log(sum)));
  }
  return log_prob;
}

MixtureWeights fixed_weights(const MixtureOptions& options) {
  MixtureWeights weights;
  weights.components = static_cast<std::int64_t>(options.components.size());
  weights.bins = 1;
  weights.weights = options.fixed;
  if (options.fixed.empty()) {
    weights.weights.assign(options.components.size(),
                           1 / static_cast<double>(options.components.size()));
  }
  return weights;
}

std::vector<TokenScores> load_components(const std::vector<std::string>& paths,
                                         const TokenScores& wanted) {
  std::vector<TokenScores> components;
  for (const auto& path : paths) {
    components.push_back(TokenScores::load(std::filesystem::path(path) / "token_scores.wb"));
    const auto difference = wanted.differs_from(components.back());
    if (difference.empty()) continue;
    throw Error("a component of the mixture was scored on different data")
        .at("{}", path)
        .expected("the corpus, vocabulary and split of this configuration's data section")
        .got("{}", difference);
  }
  return components;
}

}  // namespace

void MixtureLearner::fit(const Corpus& corpus, std::uint64_t) {
  scores_ = TokenScores::of(corpus);
  const auto components = load_components(options_.components, *scores_);
  ContextBins bins;
  if (options_.weights == MixtureOptions::Weights::bins) {
    const Span train = corpus.train();
    bins = ContextBins({corpus.ids() + train.begin, train.size(), corpus.vocabulary().size(), -1},
                       options_.bin_context);
  }
  const auto valid_bins = bins_of(bins, corpus, corpus.valid());
  const auto valid = probabilities(components, &TokenScores::valid);
  MixtureWeights weights = fixed_weights(options_);
  if (options_.weights != MixtureOptions::Weights::fixed) {
    if (valid_bins.empty()) {
      throw Error("a mixture needs a validation split to estimate its weights")
          .hint("set model.mixture.weights: fixed, or data.split.valid");
    }
    weights = estimate_mixture(valid, valid_bins, weights.components, bins.bins(),
                               options_.em_iterations, kTolerance);
  }
  scores_->valid.log_prob = mixed(valid, valid_bins, weights);
  scores_->test.log_prob = mixed(probabilities(components, &TokenScores::test),
                                 bins_of(bins, corpus, corpus.test()), weights);
  metrics_.clear();
  for (std::size_t j = 0; j < components.size(); ++j) {
    double mean = 0;
    for (const auto q : valid_bins) mean += weights.row(q)[j];
    mean = valid_bins.empty() ? weights.row(0)[j] : mean / static_cast<double>(valid_bins.size());
    metrics_.emplace_back(fmt::format("weight_{}", j + 1), mean);
    log("mixture", "weight {:.4f} of {}", mean, options_.components[j]);
  }
  model_ = std::make_shared<MixtureLanguageModel>(
      corpus.vocabulary(), options_.components, std::move(weights), std::move(bins),
      std::vector<std::shared_ptr<const LanguageModel>>());
}

void MixtureLearner::save(const std::filesystem::path& folder) const {
  WB_ASSERT(model_ != nullptr, "fit() first");
  model_->save(folder / "model.wb");
}

double MixtureLearner::estimated_bytes(const Corpus& corpus) const {
  const auto tokens = static_cast<double>(corpus.valid().size() + corpus.test().size());
  return 12 * tokens * static_cast<double>(options_.components.size());
}

std::unique_ptr<FittedModel> make_mixture(const ModelOptions& options) {
  return std::make_unique<MixtureLearner>(dynamic_cast<const MixtureOptions&>(options));
}

}  // namespace wordbridge
