#pragma once

#include <cstdint>
#include <string>

#include "data/vectors/fasttext/character_ngrams.h"
#include "models/model_options.h"

namespace wordbridge {

/// Character n-grams (data/vectors/fasttext/character_ngrams.h), as fastText has them.
struct CharacterNgramOptions {
  std::int64_t min = 3, max = 6;
  std::int64_t buckets = 0;  // 0: no n-grams
  CharacterNgrams settings() const;
  FieldGroup describe();
};

/// word2vec (Mikolov et al. 2013a, 2013b).
struct Word2vecOptions : ModelOptions {
  std::string architecture = "skip-gram";  // skip-gram, cbow
  std::int64_t dim = 100;
  std::int64_t window = 5;
  std::string window_type = "dynamic";  // dynamic, fixed
  std::string output = "sampling";      // sampling, hierarchical
  std::int64_t negatives = 5;
  double negative_power = 0.75;
  double sample = 1e-4;
  std::string subsampling = "dirty";      // dirty, clean
  std::string cbow_update = "corrected";  // corrected, original
  CharacterNgramOptions ngrams;
  std::int64_t epochs = 5;
  double lr = 0.025, lr_min = 1e-4;
  std::string parallel = "deterministic";  // deterministic, fast
  std::string export_vectors = "words";    // words, contexts, sum
  bool keep_contexts = false, keep_model = false;
  std::string start;
  std::int64_t log_steps = 0;

  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
