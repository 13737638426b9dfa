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

/// A model computed from the corpus at once. Deterministic in (corpus, options, seed).
class FittedModel {
 public:
  virtual ~FittedModel() = default;
  /// Computes the model; checks interrupted() between its stages and throws Interrupted.
  virtual void fit(const Corpus& corpus, std::uint64_t seed) = 0;
  /// Scalars worth a line in metrics.jsonl (explained variance, ...), in a fixed order.
  virtual std::vector<std::pair<std::string, double>> metrics() const = 0;
  /// Rough need before fit(), bytes of memory.
  virtual double estimated_bytes(const Corpus& corpus) const = 0;

  // What there is after fit(); not every model has all of it.

  /// Words of the vocabulary and their vectors [V, dim].
  virtual std::optional<EmbeddingTable> vectors() const { return std::nullopt; }
  /// The model as one that predicts words.
  virtual std::shared_ptr<const LanguageModel> language_model() const { return nullptr; }
  /// What it says of the validation and test splits; by default what its language_model() says.
  virtual std::optional<TokenScores> token_scores(const Corpus& corpus) const {
    const auto model = language_model();
    if (model == nullptr) return std::nullopt;
    return score_tokens(*model, corpus);
  }
  /// Writes what is kept of it beside vectors (a run's model.wb, ...).
  virtual void save(const std::filesystem::path&) const {}
};

}  // namespace wordbridge
