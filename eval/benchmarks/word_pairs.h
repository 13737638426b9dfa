#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wordbridge {

/// Two words and their human score of similarity.
struct WordPair {
  std::string first, second;
  double score = 0;
};

/// Reads a benchmark of word pairs, a table as in data/text/word_table.h. A header names the
/// columns: word1, word2 and one of score, mean, average, rating, similarity, SimLex999 and the
/// like (case, blanks and punctuation are ignored); a file without such a name has its score in the
/// only other column of numbers. Without a header, the columns must have exactly one reading:
/// - three columns: two words and the score;
/// - more columns: the words are the first two columns of words, or those after a row number; of
///   three columns of words before the score, one must hold parts of speech, or texts with blanks
///   in all rows; the score is the only column of numbers after the words, or the only one that is
///   the mean of the others. The columns that were chosen are logged.
/// Throws Error with file:line for an invalid line and for columns with several readings.
std::vector<WordPair> read_word_pairs(const std::filesystem::path& path);

}  // namespace wordbridge
