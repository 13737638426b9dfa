#pragma once

#include <string>

#include "data/lexicon/definitions.h"
#include "data/lexicon/word_pairs.h"
#include "models/word2vec/positive_sampling.h"
#include "models/word2vec/word2vec_options.h"

namespace wordbridge {

/// Where the pairs of related words come from.
struct PairOptions {
  DefinitionOptions definitions;
  std::string file, weak_file;  // pairs from files instead of dictionaries
  std::string promote_by;       // vectors; empty: no promotion
  std::int64_t neighbors = 5;
  Promotion promotion = Promotion::partners;
  FieldGroup describe();
};

/// dict2vec (Tissier, Gravier and Habrard 2017): word2vec that also learns from pairs of words that
/// dictionaries define by each other.
struct Dict2vecOptions : Word2vecOptions {
  Dict2vecOptions();
  PairOptions pairs;
  enum class Input { context, center };
  Input input = Input::context;
  PositiveSampling sampling;  // without the related words and the input

  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;

 private:
  FieldGroup describe_sampling();
};

}  // namespace wordbridge
