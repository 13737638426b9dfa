#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "data/text/vocabulary.h"
#include "data/vectors/fasttext/character_ngrams.h"

namespace wordbridge {

/// Training settings stored in a model file of the program fastText.
struct FastTextSettings {
  enum class Architecture : std::int32_t { cbow = 1, skip_gram = 2 };
  enum class Loss : std::int32_t { hierarchical_softmax = 1, negative_sampling = 2 };
  Architecture architecture = Architecture::skip_gram;
  Loss loss = Loss::negative_sampling;
  std::int32_t dim = 100, window = 5, epochs = 5, min_count = 5;
  std::int32_t negatives = 5;  // negative samples per positive pair
  double sample = 1e-4;
  CharacterNgrams ngrams;  // no buckets: a word's row is its vector
};

/// Returns row `index` [dim] of a matrix, valid until the next call; nullptr: a row of zeros.
using MatrixRows = std::function<const float*(std::int64_t index)>;

struct FastTextContents {
  FastTextSettings settings;
  Vocabulary vocabulary;
  /// [V + buckets]: the rows of the words, by id, then those of the buckets (character_ngrams). The
  /// vector of a word is the mean of all its rows, not their sum.
  MatrixRows input;
  /// [V]. Negative sampling: the row of each word as a context, by id. Hierarchical softmax: see
  /// write_fasttext_model.
  MatrixRows output;
};

/// Writes a model as the program fastText does (version 12, float32), for fastText, gensim's
/// load_facebook_model and read_vectors. Each row is requested once, in file order. The file is
/// written atomically. Words are written by descending count, equal counts by id (the order of
/// words_by_count). A count of 0 is written as 1, because gensim drops words without occurrences.
/// Errors: no words, a word with whitespace or a zero byte, more than 2^31 - 1 rows, a number that
/// is NaN or infinite, a short write.
///
/// `</s>` may or may not be a word. If it is, fastText and read_vectors use its own row alone,
/// whereas gensim adds the rows of its n-grams.
///
/// Hierarchical softmax: the file contains no tree; fastText rebuilds it from the counts. The
/// leaves are the words, in file order. Row i belongs to the i-th inner node that is created; the
/// last one, row V - 2, is the root; row V - 1 is unused. Each new node joins the two lowest counts
/// among the last leaf and the first node that have no parent yet; if the counts are equal, the
/// node comes first. The first of the two has code 0, the second code 1. The logistic function of a
/// node's score is the probability of code 1 (in the word2vec program and gensim: of code 0, so
/// their rows have the opposite sign). The number of negative samples is written as 0, so that
/// gensim does not mistake the rows for those of words. gensim can continue the training of models
/// with negative sampling only, because it builds a different tree.
void write_fasttext_model(const FastTextContents& contents, const std::filesystem::path& path);

/// Reads a model that was written by write_fasttext_model() or by the program itself. The rows stay
/// in the file. Error for a file that is not a fastText model or is damaged, a classifier, or
/// pruned n-grams.
FastTextContents read_fasttext_model(const std::filesystem::path& path);
/// Whether the file is a fastText model of any kind.
bool is_fasttext_model(const std::filesystem::path& path);

}  // namespace wordbridge
