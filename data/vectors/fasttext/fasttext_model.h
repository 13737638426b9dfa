#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "data/text/vocabulary.h"
#include "data/vectors/fasttext/character_ngrams.h"

namespace wordbridge {

/// How a model was trained, as far as a file of the program fastText says it.
struct FastTextSettings {
  enum class Architecture : std::int32_t { cbow = 1, skip_gram = 2 };
  enum class Loss : std::int32_t { hierarchical_softmax = 1, negative_sampling = 2 };
  Architecture architecture = Architecture::skip_gram;
  Loss loss = Loss::negative_sampling;
  std::int32_t dim = 100, window = 5, epochs = 5, min_count = 5;
  std::int32_t negatives = 5;  // of negative sampling
  double sample = 1e-4;
  CharacterNgrams ngrams;  // no buckets: the words' rows are their vectors
};

/// Row `index` [dim] of a matrix, valid until the next call; nullptr: zeros.
using MatrixRows = std::function<const float*(std::int64_t index)>;

struct FastTextContents {
  FastTextSettings settings;
  Vocabulary vocabulary;
  /// [V + buckets]: the word's own row by its id; then those of the buckets (character_ngrams). The
  /// vector of a word is the mean of all its rows, not their sum.
  MatrixRows input;
  /// [V]. Negative sampling: the word's row as a context, by its id. Hierarchical softmax: see
  /// write_fasttext_model.
  MatrixRows output;
};

/// Writes a model as the program fastText does (version 12, float32), for fastText, gensim's
/// load_facebook_model and read_vectors. Each row is asked for once, in the order of the file; the
/// file appears whole or not at all. Words stand by descending count, equal ones by id (the order
/// of words_by_count); a count of 0 is written as 1, since gensim drops a word without
/// occurrences. Errors: no word, a word with white space or a zero byte, more rows than 2^31 - 1, a
/// number that is NaN or infinite, a short write.
///
/// `</s>` may be a word or not. If it is, fastText and read_vectors take its own row alone, gensim
/// adds the rows of its n-grams.
///
/// Hierarchical softmax: the file has no tree, fastText builds it again from the counts. Leaves are
/// the words, in their order in the file; the inner node that is made i-th is row i, the last of
/// them, row V - 2, is the root; row V - 1 is not used. The next node joins the two of least count
/// among the last leaf and the first node that have no parent yet; of equals the node comes first.
/// The first of the two has code 0, the second code 1, and the logistic function of a node's score
/// is the probability of code 1 (word2vec's program and gensim: of code 0, there the rows have the
/// other sign). No negative samples are written, so that gensim does not take the rows for those
/// of words. gensim can go on with the training of models with negative sampling only: it builds
/// another tree.
void write_fasttext_model(const FastTextContents& contents, const std::filesystem::path& path);

/// Reads one back, or one of the program's own; the rows stay in the file. Error: a file of another
/// kind or a damaged one, a classifier, pruned n-grams.
FastTextContents read_fasttext_model(const std::filesystem::path& path);
/// Whether the file is a model of fastText's, of any kind.
bool is_fasttext_model(const std::filesystem::path& path);

}  // namespace wordbridge
