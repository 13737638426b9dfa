#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/fitted_model.h"
#include "models/mixture/mixture_language_model.h"
#include "models/mixture/mixture_options.h"

namespace wordbridge {

/// A mixture of trained language models. The components are not evaluated again: their
/// probabilities of each token are read from their runs (token_scores.wb).
class MixtureLearner : public FittedModel {
 public:
  explicit MixtureLearner(MixtureOptions options) : options_(std::move(options)) {}

  /// Error if a component was scored on a different corpus, vocabulary or split.
  void fit(const Corpus& corpus, std::uint64_t seed) override;
  std::optional<TokenScores> token_scores(const Corpus&) const override { return scores_; }
  void save(const std::filesystem::path& folder) const override;
  /// weight_1, ... (with bins, the mean over the validation split).
  std::vector<std::pair<std::string, double>> metrics() const override { return metrics_; }
  double estimated_bytes(const Corpus& corpus) const override;

 private:
  MixtureOptions options_;
  std::shared_ptr<MixtureLanguageModel> model_;
  std::optional<TokenScores> scores_;
  std::vector<std::pair<std::string, double>> metrics_;
};

}  // namespace wordbridge
