#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/shared_array.h"
#include "models/cache/cache_options.h"
#include "models/fitted_model.h"
#include "models/language_model/stored_language_model.h"

namespace wordbridge {

/// A decaying cache language model of order n over the last W words:
///
///     P_k(w | h) = (sum_i d^(i-1) [w_t-i = w] + a P_k-1(w | h)) / (sum_i d^(i-1) + a)
///
/// The sums run over those i = 1 .. W for which w_t-i is preceded by the same k - 1 words as w_t.
/// P_0 is the unigram distribution of the training split, with one added to each count. Kuhn and De
/// Mori 1990, "A cache-based natural language model for speech recognition"; the recursion over
/// orders is from MacKay and Peto 1995.
class CacheModel : public StoredLanguageModel {
 public:
  static constexpr const char* kType = "cache";
  /// `unigrams` [V]: P_0.
  CacheModel(Vocabulary vocabulary, SharedArray<double> unigrams, std::int64_t order,
             std::int64_t window, double decay, double prior);
  static std::shared_ptr<CacheModel> load(const ContainerReader& reader);

  void log_probs(const std::int32_t* ids, Span span, double* log_probs) const override;
  void distribution(const std::int32_t* history, std::int64_t size,
                    double* probabilities) const override;

 protected:
  std::string type() const override { return kType; }
  nlohmann::json facts() const override;
  void add_to(ContainerWriter& writer) const override;

 private:
  /// Number of words before positions t and t - i that agree, at most order - 1.
  std::int64_t alike(const std::int32_t* ids, std::int64_t t, std::int64_t i) const;

  SharedArray<double> unigrams_;
  std::int64_t order_, window_;
  double decay_, prior_;
  std::vector<double> weight_;  // [i]: decay^(i-1)
};

/// Estimates the unigrams of a cache model from the training split of a corpus.
class CacheLearner : public FittedModel {
 public:
  explicit CacheLearner(CacheOptions options) : options_(std::move(options)) {}
  void fit(const Corpus& corpus, std::uint64_t seed) override;
  std::shared_ptr<const LanguageModel> language_model() const override { return model_; }
  void save(const std::filesystem::path& folder) const override {
    model_->save(folder / "model.wb");
  }
  std::vector<std::pair<std::string, double>> metrics() const override { return {}; }
  double estimated_bytes(const Corpus& corpus) const override;

 private:
  CacheOptions options_;
  std::shared_ptr<CacheModel> model_;
};

}  // namespace wordbridge
