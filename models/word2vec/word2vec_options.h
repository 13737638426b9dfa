#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "data/vectors/fasttext/character_ngrams.h"
#include "models/model_options.h"

namespace wordbridge {

/// Character n-grams as in fastText (data/vectors/fasttext/character_ngrams.h).
struct CharacterNgramOptions {
  std::int64_t min = 3, max = 6;
  std::int64_t buckets = 0;  // 0: no n-grams
  CharacterNgrams settings() const;
  FieldGroup describe();
};

/// word2vec (Mikolov et al. 2013a, 2013b).
struct Word2vecOptions : ModelOptions {
  enum class Architecture { skip_gram, cbow };
  enum class WindowType { dynamic, fixed };
  enum class Output { sampling, hierarchical };
  enum class Subsampling { dirty, clean };
  enum class CbowUpdate { corrected, original };
  enum class Parallel { deterministic, fast };
  enum class Vectors { words, contexts, sum };
  static const EnumNames<Architecture>& architectures();
  static const EnumNames<Vectors>& vector_kinds();

  std::string name = "word2vec";  // of the model and its section

  Architecture architecture = Architecture::skip_gram;
  std::optional<std::int64_t> dim;
  std::int64_t window = 5;
  WindowType window_type = WindowType::dynamic;
  Output output = Output::sampling;
  std::int64_t negatives = 5;
  double negative_power = 0.75;
  double sample = 1e-4;
  Subsampling subsampling = Subsampling::dirty;
  CbowUpdate cbow_update = CbowUpdate::corrected;
  CharacterNgramOptions ngrams;
  double lr_min = 1e-4;
  Parallel parallel = Parallel::deterministic;
  Vectors export_vectors = Vectors::words;
  bool keep_contexts = false, keep_model = false;
  std::string start;
  std::int64_t log_steps = 0;

  FieldGroup describe() override;
  bool predicts_tokens() const override { return false; }
  void choose(const TextSize& text, int effort, ChosenSettings& chosen) override;
  Efforts efforts() const override { return {0, 1}; }
  void validate(Problems& problems, const std::string& prefix) const override;

 private:
  void describe_model(FieldGroup& group);
  void describe_training(FieldGroup& group);
};

}  // namespace wordbridge
