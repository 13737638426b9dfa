#include "data/counts/read_counts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/index.h"
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

}  // namespace

std::string vocabulary_comment(const Vocabulary& vocabulary) {
  return "rows: the words of the vocabulary with SHA-256 " + vocabulary.sha256();
}

SparseCounts read_counts(const CountOptions& options, const Vocabulary& vocabulary) {
  MarketMatrix read = read_matrix_market(options.file);
  const SparseMatrix& matrix = read.matrix;
  log("counts", "{}: {} x {}, {}", options.file, matrix.rows, matrix.cols,
      counted(matrix.nonzeros(), "non-zero"));
  if (options.vocabulary.empty()) {
    const auto& comments = read.comments;
    const std::string expected = vocabulary_comment(vocabulary);
    if (std::find(comments.begin(), comments.end(), expected) != comments.end() &&
        matrix.rows == vocabulary.size())
      return SparseCounts(std::move(read.matrix));
    throw Error("it is not known which words the rows of the counts belong to")
        .at("{}", options.file)
        .expected("the comment \"% {}\"", expected)
        .got("another vocabulary, or none")
        .hint("counts.vocabulary names a file with the words of the rows");
  }
  const Vocabulary words = read_vocabulary(options.vocabulary);
  if (words.size() != matrix.rows) {
    throw Error("the counts have another number of rows than their vocabulary has words")
        .at("{}", options.file)
        .expected("{}, as in {}", counted(words.size(), "row"), options.vocabulary)
        .got("{}", matrix.rows);
  }
  return SparseCounts(
      select(matrix, rows_of(vocabulary, words, options), matrix.cols == matrix.rows));
}

}  // namespace wordbridge
