#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// The candidate nearest to `name` by edit distance (insertion, deletion, replacement, swap of
/// neighbours; differences of case and of '-' and '_' are free), if it is a plausible typo: the
/// distance is at most a third of the length of the longer name, or one edit. Ties: the first.
std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& candidates);

std::vector<std::string_view> split(std::string_view text, char separator);
/// `text` without whitespace (space, tab, CR, LF) at both ends.
std::string_view trimmed(std::string_view text);
/// "what\n  where: x" -> "what; where: x", for a message inside another message.
std::string in_one_line(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Number of characters (code points) of UTF-8 text, for aligning columns.
std::size_t character_count(std::string_view text);
/// `text` in a cell of a Markdown table: '|' and '\\' are escaped.
std::string markdown_cell(std::string_view text);

/// Offset of the first byte that is not valid UTF-8, or nothing.
std::optional<std::size_t> invalid_utf8(std::string_view text);
/// `text` with each byte that is not valid UTF-8 written as \xNN. Unlike U+FFFD, this keeps
/// different names different.
std::string with_escaped_bytes(std::string_view text);
/// `text` in printable form: control characters and invalid bytes are written as \xNN, and long
/// text is truncated to `limit` characters followed by "...".
std::string printable(std::string_view text, std::size_t limit = 60);

/// Parses all of `text` as a number, finite or not ("1e999" is infinity, "1e-999" is zero); nothing
/// if it is not a number. Independent of the locale.
std::optional<double> parse_double(std::string_view text);
std::optional<long long> parse_integer(std::string_view text);
/// Seconds of a time such as "90s", "10m", "1h30m" or "2d"; nothing if it is not one (each unit at
/// most once, from the largest to the smallest) or is below a millisecond.
std::optional<double> parse_duration(std::string_view text);
/// Bytes of a size such as "512MB", "2GB", "1.5 GiB" or "1000000": kB, MB, GB and TB are powers of
/// 1000, KiB, MiB, GiB and TiB of 1024; nothing if it is not one or is below one byte.
std::optional<double> parse_bytes(std::string_view text);
/// The shortest text from which parse_double() restores the same number. Whole numbers below 1e15
/// are written without an exponent ("1000000", not "1e+06").
std::string number_text(double value);
/// A line of CSV (RFC 4180) without the line end. Fields that contain a comma, a quote or a line
/// break are quoted; bytes that are not UTF-8 are written as \xNN.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace wordbridge
