#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/corpus/corpus.h"
#include "data/corpus/token_scores.h"
#include "data/vectors/embedding_table.h"
#include "models/language_model/language_model.h"
#include "models/language_model/score_tokens.h"
#include "models/model_options.h"

namespace wordbridge {

/// A model that is computed from the whole corpus in one call. Deterministic given the corpus, the
/// options and the seed.
class FittedModel {
 public:
  virtual ~FittedModel() = default;
  /// Computes the model. Checks interrupted() between stages and throws Interrupted.
  virtual void fit(const Corpus& corpus, std::uint64_t seed) = 0;
  /// Scalars for metrics.jsonl (explained variance, ...), in a fixed order.
  virtual std::vector<std::pair<std::string, double>> metrics() const = 0;
  /// Rough estimate of the memory that fit() needs, in bytes.
  virtual double estimated_bytes(const Corpus& corpus) const = 0;

  // Results, available after fit(). Not every model has all of them.

  /// Word vectors of the vocabulary [V, dim].
  virtual std::optional<EmbeddingTable> vectors() const { return std::nullopt; }
  /// The model as a language model; null if it is not one.
  virtual std::shared_ptr<const LanguageModel> language_model() const { return nullptr; }
  /// Token scores of the validation and test splits; by default those of language_model().
  virtual std::optional<TokenScores> token_scores(const Corpus& corpus) const {
    const auto model = language_model();
    if (model == nullptr) return std::nullopt;
    return score_tokens(*model, corpus);
  }
  /// Writes the model's files other than the vectors (a run's model.wb, ...).
  virtual void save(const std::filesystem::path&) const {}
};

}  // namespace wordbridge
