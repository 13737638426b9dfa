#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// The candidate nearest to `name` by edit distance (insert, delete, replace, swap neighbours; case
/// and '-' against '_' cost nothing), if one is near enough to be meant: at most a third of the
/// longer name, or one edit. Among equals the first.
std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& candidates);

std::vector<std::string_view> split(std::string_view text, char separator);
/// Without white space (space, tab, CR, LF) at both ends.
std::string_view trimmed(std::string_view text);
/// "what\n  where: x" -> "what; where: x", for a message within another.
std::string in_one_line(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Characters (code points) of UTF-8, for columns.
std::size_t character_count(std::string_view text);
/// `text` in a cell of a Markdown table: '|' and '\\' are escaped.
std::string markdown_cell(std::string_view text);

/// The byte at which `text` stops being UTF-8, or nothing.
std::optional<std::size_t> invalid_utf8(std::string_view text);
/// `text` as it can be shown: control characters and invalid bytes as \xNN, and of long text the
/// first `limit` characters, then "...".
std::string printable(std::string_view text, std::size_t limit = 60);

/// The whole of `text` as a finite or non-finite number ("1e999" is infinity, "1e-999" zero);
/// nothing if it is none. No locale.
std::optional<double> parse_double(std::string_view text);
std::optional<long long> parse_integer(std::string_view text);
/// The shortest text that parse_double reads back to the same number; whole numbers below 1e15
/// without exponent ("1000000", not "1e+06").
std::string number_text(double value);
/// A line of CSV (RFC 4180) without its end: fields with a comma, a quote or a line break in
/// quotes.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace wordbridge
