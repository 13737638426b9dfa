#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/index.h"
#include "core/io/file.h"
#include "core/text.h"
#include "data/vectors/fasttext/fasttext_model.h"
#include "data/vectors/fasttext/read_matrix.h"
#include "data/vectors/parsed_vectors.h"

namespace wordbridge {
namespace {

/// Bytes at which fastText ends a word when it reads text.
constexpr std::string_view kWordEnds("\0 \t\n\v\f\r", 7);

template <class T>
void write_value(AtomicFile& file, T value) {
  file.write(&value, sizeof value);
}

void check_words(const Vocabulary& vocabulary, const std::filesystem::path& path) {
  if (vocabulary.size() == 0) throw Error("there are no vectors to write").at("{}", path.string());
  for (std::int64_t id = 0; id < vocabulary.size(); ++id) {
    if (vocabulary.word(id).find_first_of(kWordEnds) != std::string::npos)
      throw Error("the word can't be written to a fastText model")
          .at("{}: word {}", path.string(), id + 1)
          .expected("a word without whitespace")
          .got("'{}'", printable(vocabulary.word(id)));
  }
}

FastTextOptions options_of(const FastTextSettings& s) {
  constexpr std::int32_t kWordNgrams = 1, kLrUpdateRate = 100;  // fastText's defaults
  const bool is_sampled = s.loss == FastTextSettings::Loss::negative_sampling;
  const bool has_ngrams = s.ngrams.buckets > 0;
  return {{s.dim, s.window, s.epochs, s.min_count, is_sampled ? s.negatives : 0, kWordNgrams,
           static_cast<std::int32_t>(s.loss), static_cast<std::int32_t>(s.architecture),
           s.ngrams.buckets, has_ngrams ? s.ngrams.min_length : 0,
           has_ngrams ? s.ngrams.max_length : 0, kLrUpdateRate},
          s.sample};
}

void write_dictionary(AtomicFile& file, const Vocabulary& vocabulary,
                      const std::vector<std::int64_t>& order) {
  const auto words = static_cast<std::int32_t>(order.size());
  const auto count_of = [&](std::int64_t id) {
    return std::max<std::int64_t>(vocabulary.count(id), 1);
  };
  std::int64_t tokens = 0;
  for (const std::int64_t id : order) tokens += count_of(id);
  write_value(file, words);
  write_value(file, words);
  write_value<std::int32_t>(file, 0);  // labels
  write_value(file, tokens);
  write_value(file, kFastTextNotPruned);
  for (const std::int64_t id : order) {
    file.write(vocabulary.word(id));
    file.write("\0", 1);
    write_value(file, count_of(id));
    write_value<std::int8_t>(file, 0);  // a word, not a label
  }
}

/// Writes a matrix whose row i is row_of(i) of `rows`.
template <class RowOf>
void write_matrix(AtomicFile& file, const MatrixRows& rows, std::int64_t size, std::int32_t dim,
                  const RowOf& row_of, const std::string& where) {
  const std::vector<float> zeros(static_cast<std::size_t>(dim), 0.0F);
  write_value<std::int8_t>(file, 0);  // not quantised
  write_value(file, size);
  write_value<std::int64_t>(file, dim);
  for (std::int64_t i = 0; i < size; ++i) {
    const float* const row = rows(row_of(i));
    if (row != nullptr && first_not_finite(row, dim) >= 0)
      throw Error("a row of the fastText model is not finite")
          .at("{}, row {}", where, row_of(i) + 1)
          .got("NaN or infinity");
    file.write(row != nullptr ? row : zeros.data(), zeros.size() * sizeof(float));
  }
}

}  // namespace

void write_fasttext_model(const FastTextContents& contents, const std::filesystem::path& path) {
  const FastTextSettings& settings = contents.settings;
  const CharacterNgrams& ngrams = settings.ngrams;
  const Vocabulary& vocabulary = contents.vocabulary;
  WB_ASSERT(settings.dim > 0 && ngrams.buckets >= 0);
  WB_ASSERT(
      ngrams.buckets == 0 || (ngrams.min_length >= 1 && ngrams.min_length <= ngrams.max_length),
      "buckets without n-grams");
  check_words(vocabulary, path);
  const std::int64_t words = vocabulary.size(), rows = words + ngrams.buckets;
  constexpr std::int64_t kMostRows = std::numeric_limits<std::int32_t>::max();
  if (rows > kMostRows)
    throw Error("the model is too large for a fastText file")
        .at("{}", path.string())
        .expected("at most {} words and buckets", kMostRows)
        .got("{}", rows);
  const std::vector<std::int64_t> order = words_by_count(vocabulary.counts());
  const auto by_word = [&](std::int64_t i) { return i < words ? order[at(i)] : i; };
  AtomicFile file(path);
  file.write(kFastTextMagic);
  write_value(file, kFastTextVersion);
  write_value(file, options_of(settings));
  write_dictionary(file, vocabulary, order);
  write_matrix(file, contents.input, rows, settings.dim, by_word, path.string() + ": input");
  const std::string output = path.string() + ": output";
  if (settings.loss == FastTextSettings::Loss::negative_sampling) {
    write_matrix(file, contents.output, words, settings.dim, by_word, output);
  } else {
    const auto by_node = [](std::int64_t i) { return i; };
    write_matrix(file, contents.output, words, settings.dim, by_node, output);
  }
  file.commit();
}

}  // namespace wordbridge
