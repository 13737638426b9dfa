#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/shared_array.h"
#include "models/language_model/mixture_weights.h"
#include "models/language_model/stored_language_model.h"
#include "models/ngram/ngram_counts.h"

namespace wordbridge {

/// Bins of contexts by the frequency of their last words in the training split.
class ContextBins {
 public:
  ContextBins() = default;  // one bin for all
  /// Bins by the frequency of the last `words` words.
  ContextBins(const NgramStream& training, std::int64_t words);
  std::int64_t bins() const { return tokens_ == 0 ? 1 : frequency_bin(0, tokens_) + 1; }
  std::int32_t bin(const std::int32_t* ids, std::int64_t t) const;

  nlohmann::json facts() const;
  void add_to(ContainerWriter& writer) const;
  static ContextBins load(const ContainerReader& reader);

 private:
  std::vector<SharedArray<std::int32_t>> word_, begin_;  // one per level
  SharedArray<std::int32_t> count_;                      // of the last level
  std::int64_t tokens_ = 0;
};

/// Mixture of language models: P(w | h) = sum_j w_j(q) P_j(w | h), where q is the bin of the
/// context.
class MixtureLanguageModel : public StoredLanguageModel {
 public:
  static constexpr const char* kType = "mixture";
  /// Without `components` the model can only be saved.
  MixtureLanguageModel(Vocabulary vocabulary, std::vector<std::string> paths,
                       MixtureWeights weights, ContextBins bins,
                       std::vector<std::shared_ptr<const LanguageModel>> components);
  static std::shared_ptr<MixtureLanguageModel> load(const ContainerReader& reader,
                                                    const LanguageModelLoader& load_component);

  const MixtureWeights& weights() const { return weights_; }
  void log_probs(const std::int32_t* ids, Span span, double* log_probs) const override;
  void distribution(const std::int32_t* history, std::int64_t size,
                    double* probabilities) const override;

 protected:
  std::string type() const override { return kType; }
  nlohmann::json facts() const override;
  void add_to(ContainerWriter& writer) const override { bins_.add_to(writer); }

 private:
  std::vector<std::string> paths_;
  MixtureWeights weights_;
  ContextBins bins_;
  std::vector<std::shared_ptr<const LanguageModel>> components_;
};

}  // namespace wordbridge
