#pragma once

#include <filesystem>

#include "data/vectors/fasttext/fasttext_model.h"

namespace wordbridge {

/// Rows of a trained model, used to initialise training instead of random values.
struct Pretrained {
  Vocabulary vocabulary;  // of the trained model
  std::int64_t dim = 0;
  MatrixRows words, contexts, ngrams;  // by word, by word or tree node, by bucket; empty: none
  CharacterNgrams buckets;             // of the n-grams
  bool tree = false;                   // contexts are nodes of word2vec_tree(vocabulary.counts())
};

/// Reads a run folder of this model, a fastText model, or any vector file (words only). Without
/// `with_ngrams`, a word's row is its vector, the mean of all its parts. Error if the path is none
/// of these or the file is damaged.
Pretrained read_pretrained(const std::filesystem::path& path, bool with_ngrams);

/// Its dimension, without reading all of it.
std::int64_t pretrained_dim(const std::filesystem::path& path);

}  // namespace wordbridge
