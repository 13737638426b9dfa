#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The rules that all tables of words are read by: pairs, groups, outliers, associations.

namespace wordbridge {

struct WordRow {
  std::size_t line = 0;   // from 1
  std::string_view text;  // without its line end
  std::vector<std::string_view> fields;
};

/// The rows of a text file with columns. Columns are separated by tabs, commas, semicolons or runs
/// of blanks, as decided by the first row; fields may be in double quotes (RFC 4180). Empty fields
/// at the end of a row are dropped.
struct WordTable {
  std::string path;       // for messages
  char separator = '\t';  // ' ': runs of blanks
  std::vector<WordRow> rows;
  std::deque<std::string> unquoted;  // fields that were in quotes; the others are in the content

  std::size_t columns = 0;  // of the header, or else of the first row

  /// Columns with these names (each a list of alternatives, as written by column_name()). If the
  /// first row names all of them, it is a header and is removed; otherwise nothing. Error if it
  /// names one of them twice.
  std::optional<std::vector<std::size_t>> take_header(
      const std::vector<std::vector<std::string>>& names);
  /// The same, but without a header the table has just these columns, in this order.
  std::vector<std::size_t> places_of(const std::vector<std::vector<std::string>>& names);
  /// Whether the row has a field, not empty, at each of the places, and no more than `columns`.
  bool is_filled(const WordRow& row, const std::vector<std::size_t>& places) const;
  /// "path:line"
  std::string where(const WordRow& row) const;
};

/// Reads `content`, which must outlive the table. A comma or semicolon separates columns only if
/// the first row then has at least `least_columns` columns that are not empty. Comments and empty
/// lines are not rows: see is_comment(); a line before the first row that starts with '#' and has
/// another number of columns than the first row is also a comment. Logs the number of comments.
/// Throws Error with file:line for a quote that isn't closed, if the separator is a comma or
/// semicolon.
WordTable word_table(std::string_view content, const std::string& path, std::size_t least_columns);

/// `text` without blanks, no-break spaces (U+00A0) and byte order marks (U+FEFF) at its ends:
/// editors show no difference, and no word has them there. A file that was joined from others may
/// have a mark at the start of any line.
std::string_view trimmed_word(std::string_view text);

/// Whether the field is a number with a decimal comma: "0,25".
bool has_decimal_comma(std::string_view field);

/// "Word_1" -> "word1": the letters and digits of a column's name, in lower case.
std::string column_name(std::string_view field);

/// Whether a line of a word file is a comment: '#' alone, or '#' followed by a space. "#love" is a
/// word.
bool is_comment(std::string_view line);

/// Logs how many comment lines of a file were skipped, if any.
void log_comments(const std::string& path, std::size_t comments);

}  // namespace wordbridge
