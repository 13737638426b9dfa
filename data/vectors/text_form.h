#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// The form of a text file of vectors, decided from its first lines.
namespace wordbridge {

/// Fields of the line, separated by spaces and tabs.
std::vector<std::string_view> blank_separated(std::string_view line);

/// Parses a number at the start of [begin, end). Returns the position after it, nullptr if there is
/// no number. A number below the smallest float is zero.
const char* parse_float(const char* begin, const char* end, float& value);
/// Whether all of the field is a number.
bool is_number(std::string_view field);

/// The lines that decide the form: the first 64 without their ends, or fewer if they are very long.
/// Empty lines at the end of the file are left out.
std::vector<std::string_view> deciding_lines(std::string_view text);

/// Form of lines of a word and its numbers.
struct RowForm {
  std::int64_t dim = 0;
  /// The word ends at the first tab, so it may contain spaces and numbers. Otherwise, the last
  /// `dim` fields are the numbers, and everything before them is the word.
  bool ends_at_tab = false;
  bool is_stated = false;  // `dim` is stated by a header
};

/// The form of the rows that start with `lines`. `dim`: as stated by a header; 0: unknown, the
/// number of dimensions that fits most of the lines. std::nullopt if these lines are no such rows,
/// or all of them have more numbers than the header states.
std::optional<RowForm> row_form(const std::vector<std::string_view>& lines, std::int64_t dim);

/// Whether the number before the last `dim` fields looks like a part of the word: the 6 of "iPhone
/// 6 0.1 0.2", not the 0.1 of "a 0.1 0.2 0.3" or the 1 of "a 1 2 3". There are more than `dim`
/// fields.
bool ends_in_plain_number(const std::vector<std::string_view>& fields, std::int64_t dim);

/// Whether there are several lines and each is a word of one field with one number.
bool are_rows_of_one_number(const std::vector<std::string_view>& lines);

}  // namespace wordbridge
