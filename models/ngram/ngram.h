#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/fitted_model.h"
#include "models/ngram/backoff_weights.h"
#include "models/ngram/ngram_models.h"
#include "models/ngram/ngram_options.h"

namespace wordbridge {

/// n-gram language model, estimated on the training split of a corpus; see README.md.
class NgramModel : public FittedModel {
 public:
  explicit NgramModel(NgramOptions options) : options_(std::move(options)) {}

  void fit(const Corpus& corpus, std::uint64_t seed) override;
  std::shared_ptr<const LanguageModel> language_model() const override { return model_; }
  /// Writes model.wb and, for class-based n-grams, classes.tsv.
  void save(const std::filesystem::path& folder) const override;
  /// ngrams_1, ... for each order; classes and class_likelihood; interpolation_likelihood.
  std::vector<std::pair<std::string, double>> metrics() const override { return metrics_; }
  double estimated_bytes(const Corpus& corpus) const override;

 private:
  BackoffTable smoothed(const NgramStream& stream, const NgramResources& resources,
                        const WordNames& names);
  void fit_classes(const Corpus& corpus, const NgramStream& stream, const NgramResources& resources,
                   std::uint64_t seed);
  void learn_classes(const Corpus& corpus, const NgramStream& stream, std::uint64_t seed);
  void fit_interpolated(const Corpus& corpus, const NgramStream& stream,
                        const NgramResources& resources);

  NgramOptions options_;
  std::shared_ptr<StoredLanguageModel> model_;
  std::vector<std::string> class_names_;
  std::vector<std::int32_t> class_of_;
  std::vector<std::pair<std::string, double>> metrics_;
};

}  // namespace wordbridge
