#pragma once

#include <filesystem>

#include "data/vectors/fasttext/fasttext_model.h"

namespace wordbridge {

/// What training begins with instead of chance: the rows of a model that was trained before.
struct Pretrained {
  Vocabulary vocabulary;  // its own
  std::int64_t dim = 0;
  MatrixRows words, contexts, ngrams;  // by word, by word or node, by bucket; empty: it has none
  CharacterNgrams buckets;             // of the n-grams
  bool tree = false;                   // contexts are nodes of word2vec_tree(vocabulary's counts)
};

/// Of a run of this model (a folder), of a model of fastText's, or of any file of vectors, which
/// has words only. Without `with_ngrams` a word's row is its vector, the mean of all its parts.
/// Error if there is none of them, or it is damaged.
Pretrained read_pretrained(const std::filesystem::path& path, bool with_ngrams);

}  // namespace wordbridge
