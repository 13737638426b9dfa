#pragma once

#include <string>

#include "data/counts/count_options.h"
#include "data/counts/sparse_view.h"
#include "data/text/vocabulary.h"

namespace wordbridge {

/// The comment of a Matrix Market file by which read_counts() recognises the words of its rows.
std::string vocabulary_comment(const Vocabulary& vocabulary);

/// The comment by which it recognises them in a vocabulary with other counts, or in word vectors.
std::string words_comment(const Vocabulary& vocabulary);

/// The comment that says how the counts of a file were counted.
std::string settings_comment(const CountOptions& options, std::uint64_t seed);

/// The files that read_counts() reads, with their SHA-256, such as "counts.file a.mtx (SHA-256
/// ...)"; empty if the counts are counted.
std::string counts_inputs(const CountOptions& options);

/// Reads the counts of `options.file` and puts the rows into the order of `vocabulary`. Without
/// `options.vocabulary`, the file must name this vocabulary (vocabulary_comment()). With it, rows
/// are found by their words; if there are as many columns as rows, columns are the same words, and
/// are put into the same order. Rows and such columns of other words are dropped. Of
/// a matrix with more columns than counts, those without a count are dropped too. Logs how the file
/// was counted (settings_comment()). Error if the file names other words than those of
/// `options.vocabulary`, if a word of the vocabulary has no row, if there is no count above 0, if
/// the sum of a row is above float32's range, and if a file of `wordbridge counts` is cut off.
SparseCounts read_counts(const CountOptions& options, const Vocabulary& vocabulary);

}  // namespace wordbridge
