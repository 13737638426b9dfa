#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/file.h"

/// The rules that all text files are read by: vectors, words, benchmarks, vocabularies,
/// dictionaries, ARPA files. A byte order mark at the start, the CR of a line end, and spaces and
/// tabs at line ends are not part of the text.
namespace wordbridge {

/// `content` without a UTF-8 byte order mark at its start.
std::string_view without_byte_order_mark(std::string_view content);

/// Reads the whole file, without a byte order mark. Error if it can't be read, or if its byte order
/// mark is that of UTF-16 or UTF-32.
std::string read_text_file(const fs::path& path);

/// Error if the content starts with a byte order mark of UTF-16 or UTF-32.
void check_is_utf8(std::string_view content, const std::string& name);

/// `line` without CR, spaces and tabs at its end.
std::string_view without_line_end(std::string_view line);

/// A line of a text file.
struct TextLine {
  std::size_t number = 0;  // from 1
  std::string_view text;   // without_line_end(); blanks at its start are kept
};

/// All lines of `content`, which must outlive them. A line end at the very end starts no line.
std::vector<TextLine> text_lines(std::string_view content);

/// Fields of a CSV line (RFC 4180): separated by `separator`; a field in double quotes may contain
/// it, and doubled quotes. Spaces and tabs around a field are dropped, those within quotes are
/// kept. nullopt if a quote isn't closed, or if other text follows the closing quote.
std::optional<std::vector<std::string>> csv_fields(std::string_view line, char separator = ',');

}  // namespace wordbridge
