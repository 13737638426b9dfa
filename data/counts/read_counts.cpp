#include "data/counts/read_counts.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/index.h"
#include "core/io/hash.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/corpus/vocabulary_files.h"
#include "data/counts/matrix_market.h"

namespace wordbridge {
namespace {

/// The row of each word of `vocabulary` in a file whose rows are the words of `file_words`.
std::vector<std::int64_t> rows_of(const Vocabulary& vocabulary, const Vocabulary& file_words,
                                  const CountOptions& options) {
  std::vector<std::int64_t> rows;
  std::int64_t missing = 0;
  std::string example;
  for (const auto& word : vocabulary.words()) {
    rows.push_back(file_words.find(word));
    if (rows.back() >= 0) continue;
    if (missing++ == 0) example = word;
  }
  if (missing == 0) return rows;
  throw Error("words of the text's vocabulary have no counts")
      .at("{}", options.vocabulary)
      .got("{} of {}, such as {}", missing, counted(vocabulary.size(), "word"), printable(example))
      .hint("data.vocabulary.file={} trains vectors of exactly these words", options.vocabulary);
}

/// The rows `rows` of the matrix, and if `columns_too` the same columns.
SparseMatrix select(const SparseMatrix& matrix, const std::vector<std::int64_t>& rows,
                    bool columns_too) {
  SparseMatrix selected;
  selected.rows = static_cast<std::int64_t>(rows.size());
  selected.cols = columns_too ? selected.rows : matrix.cols;
  selected.begin = {0};
  std::vector<std::int32_t> new_column(columns_too ? at(matrix.cols) : 0, -1);
  for (std::size_t i = 0; columns_too && i < rows.size(); ++i)
    new_column[at(rows[i])] = static_cast<std::int32_t>(i);
  std::vector<std::pair<std::int32_t, double>> entries;
  for (const std::int64_t row : rows) {
    entries.clear();
    for (std::int64_t k = matrix.begin[at(row)]; k < matrix.begin[at(row) + 1]; ++k) {
      const std::int32_t old = matrix.column[at(k)];
      const std::int32_t column = columns_too ? new_column[at(old)] : old;
      if (column >= 0) entries.emplace_back(column, matrix.value[at(k)]);
    }
    std::sort(entries.begin(), entries.end());
    for (const auto& [column, value] : entries) {
      selected.column.push_back(column);
      selected.value.push_back(value);
    }
    selected.begin.push_back(selected.nonzeros());
  }
  return selected;
}

/// The matrix without the columns that have no entry.
SparseMatrix drop_unused_columns(SparseMatrix matrix) {
  std::vector<std::int32_t> used = matrix.column;
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  for (std::int32_t& column : matrix.column)
    column = static_cast<std::int32_t>(std::lower_bound(used.begin(), used.end(), column) -
                                       used.begin());
  matrix.cols = static_cast<std::int64_t>(used.size());
  return matrix;
}

void check_any(const SparseMatrix& matrix, const std::string& file) {
  if (matrix.nonzeros() > 0) return;
  throw Error("the counts of all words of the text's vocabulary are 0")
      .at("{}", file)
      .got("{}, 0 counts", counted(matrix.rows, "word"));
}

/// Error if float32 can't represent the sum of a row.
void check_sums(const SparseView& matrix, const Vocabulary& vocabulary, const std::string& file) {
  for (std::int64_t row = 0; row < matrix.rows; ++row) {
    const double sum = std::accumulate(matrix.value + matrix.begin[row],
                                       matrix.value + matrix.begin[row + 1], 0.0);
    if (sum <= static_cast<double>(std::numeric_limits<float>::max())) continue;
    throw Error("the counts of a word are too large")
        .at("{}", file)
        .expected("a sum of at most {:.2g}, the largest float32", std::numeric_limits<float>::max())
        .got("{:.4g} for the word {}", sum, printable(vocabulary.word(row)))
        .hint("divide all counts by the same number");
  }
}

constexpr std::string_view kVocabularyComment = "rows: the words of the vocabulary with SHA-256 ";
constexpr std::string_view kWordsComment = "words, one a line: SHA-256 ";
constexpr std::string_view kSettingsComment = "counts: ";

bool starts_with(const std::string& text, std::string_view start) {
  return text.compare(0, start.size(), start) == 0;
}

std::string sum_of_words(const Vocabulary& vocabulary) {
  Sha256 sum;
  for (const auto& word : vocabulary.words()) sum.update(word).update("\n");
  return sum.hex();
}

/// The rest of the first comment that starts with `start`; empty: none does.
std::string comment_after(const MarketHeader& header, std::string_view start) {
  for (const auto& comment : header.comments)
    if (starts_with(comment, start)) return comment.substr(start.size());
  return {};
}

/// Error if the file names other words than `words`. The sum of the words alone is compared,
/// because a vocabulary of another text has other counts, and word vectors have none. Without it,
/// as in files of earlier versions, that of the words and counts is compared.
void check_words(const MarketHeader& header, const CountOptions& options, const Vocabulary& words) {
  std::string named = comment_after(header, kWordsComment), own = sum_of_words(words);
  if (named.empty()) {
    const auto& counts = words.counts();
    if (std::all_of(counts.begin(), counts.end(), [](auto count) { return count == 0; })) return;
    named = comment_after(header, kVocabularyComment);
    own = words.sha256();
  }
  if (named.empty() || named == own) return;
  throw Error("the rows of the counts are other words than those of counts.vocabulary")
      .at("{}", options.file)
      .expected("words with SHA-256 {}, as a comment of the file says", named)
      .got("{}: SHA-256 {}", options.vocabulary, own)
      .hint("name the vocabulary that `wordbridge counts --vocabulary` wrote with this file");
}

/// Error if the file can't have the counts of these words. `words`: those of its rows; null: the
/// file must name the vocabulary.
void check_header(const MarketHeader& header, const CountOptions& options,
                  const Vocabulary& vocabulary, const Vocabulary* words) {
  if (words != nullptr) {
    if (words->size() == header.rows) return check_words(header, options, *words);
    throw Error("the counts have another number of rows than their vocabulary has words")
        .at("{}", options.file)
        .expected("{}, as in {}", counted(words->size(), "row"), options.vocabulary)
        .got("{}", header.rows);
  }
  const auto& comments = header.comments;
  const std::string expected = vocabulary_comment(vocabulary);
  if (std::find(comments.begin(), comments.end(), expected) != comments.end() &&
      header.rows == vocabulary.size())
    return;
  throw Error("it is not known which words the rows of the counts belong to")
      .at("{}", options.file)
      .expected("the comment \"% {}\"", expected)
      .got("another vocabulary, or none")
      .hint("counts.vocabulary names a file with the words of the rows");
}

/// A file that wordbridge wrote ends with a line break; a number before it may have been cut off.
void check_end(const MarketMatrix& read, const std::string& file) {
  const auto& comments = read.header.comments;
  const bool is_own = std::any_of(comments.begin(), comments.end(), [](const std::string& comment) {
    return starts_with(comment, kVocabularyComment);
  });
  if (!is_own || read.ends_with_newline) return;
  throw Error("the last line of the counts is cut off")
      .at("{}:{}", file, read.lines)
      .expected("a line break at the end of the file")
      .hint("write it again with `wordbridge counts`");
}

void log_read(const MarketMatrix& read, const std::string& file) {
  const SparseMatrix& matrix = read.matrix;
  log("counts", "{}: {} x {}, {}", file, matrix.rows, matrix.cols,
      counted(matrix.nonzeros(), "non-zero"));
  for (const auto& comment : read.header.comments)
    if (starts_with(comment, kSettingsComment)) log("counts", "{}", printable(comment));
}

}  // namespace

std::string vocabulary_comment(const Vocabulary& vocabulary) {
  return std::string(kVocabularyComment) + vocabulary.sha256();
}

std::string words_comment(const Vocabulary& vocabulary) {
  return std::string(kWordsComment) + sum_of_words(vocabulary);
}

std::string settings_comment(const CountOptions& options, std::uint64_t seed) {
  std::string text(kSettingsComment);
  const auto settings = options.settings();
  for (const auto& [name, value] : settings.items())
    text +=
        fmt::format("{}: {}, ", name, value.is_string() ? value.get<std::string>() : value.dump());
  if (options.sample > 0) return text + fmt::format("seed: {}", seed);
  text.resize(text.size() - 2);
  return text;
}

std::string counts_inputs(const CountOptions& options) {
  if (options.file.empty()) return {};
  std::string text =
      fmt::format("counts.file {} (SHA-256 {})", options.file, sha256_of_file(options.file));
  if (options.vocabulary.empty()) return text;
  return text + fmt::format(", counts.vocabulary {} (words with SHA-256 {})", options.vocabulary,
                            sum_of_words(read_vocabulary(options.vocabulary)));
}

SparseCounts read_counts(const CountOptions& options, const Vocabulary& vocabulary) {
  std::optional<Vocabulary> words;
  if (!options.vocabulary.empty()) words = read_vocabulary(options.vocabulary);
  MarketMatrix read = read_matrix_market(options.file, [&](const MarketHeader& header) {
    check_header(header, options, vocabulary, words ? &*words : nullptr);
  });
  check_end(read, options.file);
  log_read(read, options.file);
  SparseMatrix matrix = std::move(read.matrix);
  const bool contexts_are_words = matrix.cols == matrix.rows;
  if (words) matrix = select(matrix, rows_of(vocabulary, *words, options), contexts_are_words);
  check_any(matrix, options.file);
  check_sums(matrix.view(), vocabulary, options.file);
  if (!contexts_are_words && matrix.cols > matrix.nonzeros()) {
    const std::int64_t columns = matrix.cols;
    matrix = drop_unused_columns(std::move(matrix));
    log("counts", "{} of {} are used", matrix.cols, counted(columns, "column"));
  }
  return SparseCounts(std::move(matrix));
}

}  // namespace wordbridge
