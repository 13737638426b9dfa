#pragma once

#include <string>
#include <vector>

#include "core/rng.h"
#include "data/corpus/open_corpus.h"

namespace wordbridge {

/// Tokens of random sentences of a small grammar, "DET NOUN VERB DET NOUN .". The previous word
/// largely determines the next word's part of speech, so a model with context has much to learn.
inline std::vector<std::string> toy_tokens(std::size_t sentences) {
  const std::vector<std::string> determiners = {"the", "a"};
  const std::vector<std::string> nouns = {"man", "woman", "apple", "orange", "dog", "cat"};
  const std::vector<std::string> verbs = {"eats", "sees", "likes"};
  Rng rng(1, "toy corpus");
  const auto any = [&](const std::vector<std::string>& words) {
    return words[rng.below(words.size())];
  };
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < sentences; ++i) {
    for (const auto& word :
         {any(determiners), any(nouns), any(verbs), any(determiners), any(nouns)})
      tokens.push_back(word);
    tokens.push_back(".");
  }
  return tokens;
}

inline Corpus toy_corpus(std::size_t sentences) {
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  SplitOptions split;
  split.train = 0.8, split.valid = 0.1, split.test = 0.1;
  return corpus_from_tokens(toy_tokens(sentences), vocabulary, split);
}

}  // namespace wordbridge
