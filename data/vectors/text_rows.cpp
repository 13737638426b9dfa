#include "data/vectors/text_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/vectors/parsed_vectors.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsPerBlock = 256;
constexpr std::string_view kBlanks = " \t";

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t begin = line.find_first_not_of(kBlanks); begin != line.npos;) {
    const std::size_t end = std::min(line.find_first_of(kBlanks, begin), line.size());
    fields.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(kBlanks, end);
  }
  return fields;
}

/// Parses a number at the start of [begin, end). Returns the position after it, nullptr if there is
/// no number.
const char* parse_float(const char* begin, const char* end, float& value) {
  if (begin != end && *begin == '+') ++begin;
  const auto [stop, status] = std::from_chars(begin, end, value);
  if (status == std::errc()) return stop;
  if (status != std::errc::result_out_of_range) return nullptr;
  // A number below the smallest float, such as 1e-60 from a program that computes in double, is
  // zero.
  const auto wide = parse_double({begin, static_cast<std::size_t>(stop - begin)});
  if (!wide) return nullptr;
  value = static_cast<float>(*wide);
  return stop;
}

bool is_number(std::string_view field) {
  float ignored = 0;
  return parse_float(field.data(), field.data() + field.size(), ignored) ==
         field.data() + field.size();
}

/// Parses exactly `dim` numbers, each preceded by a blank.
bool parse_numbers(std::string_view text, std::int64_t dim, float* numbers) {
  const char* position = text.data();
  const char* const end = position + text.size();
  const auto is_blank = [](char byte) { return byte == ' ' || byte == '\t'; };
  for (std::int64_t i = 0; i < dim; ++i) {
    const char* const before = position;
    while (position != end && is_blank(*position)) ++position;
    if (position == before || position == end) return false;
    position = parse_float(position, end, numbers[i]);
    if (position == nullptr) return false;
  }
  return position == end;
}

/// Returns the line's word and writes its `dim` numbers to `numbers`. Returns an empty word if the
/// line is not such a row.
std::string_view parse_row(std::string_view line, std::int64_t dim, float* numbers) {
  line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  const std::size_t blank = line.find_first_of(kBlanks);
  if (blank == line.npos || blank == 0) return {};
  if (parse_numbers(line.substr(blank), dim, numbers)) return line.substr(0, blank);
  // Words in some published files (GloVe 840B) contain spaces, such as ". . .". The word is then
  // everything before the last `dim` fields, unless the line is a word followed by too many
  // numbers.
  const auto fields = fields_of(line);
  const auto size = static_cast<std::int64_t>(fields.size());
  if (size < dim + 2 || is_number(fields[1])) return {};
  const std::string_view last = fields[at(size - dim - 1)];
  const auto word_size = static_cast<std::size_t>(last.data() + last.size() - line.data());
  if (!parse_numbers(line.substr(word_size), dim, numbers)) return {};
  return line.substr(0, word_size);
}

/// Throws the error that explains why the line is not a word with `dim` finite numbers.
[[noreturn]] void refuse_row(std::string_view line, std::int64_t dim, const std::string& where) {
  const auto fields = fields_of(line.substr(0, line.find_last_not_of(" \t\r") + 1));
  if (line.empty() || fields.empty() || line.find_first_of(kBlanks) == 0)
    throw Error("a line of the vector file has no word")
        .at("{}", where)
        .got("'{}'", printable(line));
  if (static_cast<std::int64_t>(fields.size()) != dim + 1)
    throw Error("a line of the vector file has the wrong number of columns")
        .at("{}", where)
        .expected("a word and {} numbers", dim)
        .got("{} columns after '{}'", fields.size() - 1, printable(fields[0]));
  for (std::size_t i = 1; i < fields.size(); ++i) {
    if (!is_number(fields[i]))
      throw Error("a vector contains a value that is not a number")
          .at("{}, column {}", where, i + 1)
          .got("'{}'", printable(fields[i]));
    float value = 0;
    parse_float(fields[i].data(), fields[i].data() + fields[i].size(), value);
    if (!std::isfinite(value))
      throw Error("a vector is not finite").at("{}, column {}", where, i + 1).got("{}", fields[i]);
  }
  WB_ASSERT(false, "a row was rejected without a reason");
}

/// Whether the line is long enough for `dim` numbers of two bytes each. Limits the memory allocated
/// for them.
bool could_be_row(std::string_view line, std::int64_t dim) {
  return static_cast<std::int64_t>(line.size()) / 2 >= dim;
}

/// Lines of the rows: at most `limit` (0: all), without empty lines at the end.
std::vector<std::string_view> row_lines(std::string_view body, std::int64_t limit) {
  std::vector<std::string_view> lines;
  while (!body.empty() && (limit == 0 || static_cast<std::int64_t>(lines.size()) < limit)) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    lines.push_back(body.substr(0, end));
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  while (!lines.empty() && trimmed(lines.back()).empty()) lines.pop_back();
  return lines;
}

}  // namespace

bool is_text_row(std::string_view line, std::int64_t dim) {
  if (!could_be_row(line, dim)) return false;
  std::vector<float> numbers(static_cast<std::size_t>(dim));
  return !parse_row(line, dim, numbers.data()).empty();
}

EmbeddingTable read_text_rows(const VectorFile& file, const std::optional<VectorHeader>& header) {
  const std::string name = file.name();
  const std::int64_t limit = file.limit;
  const auto lines = row_lines(text_of(file).substr(header ? header->bytes : 0), limit);
  const std::int64_t first_line = header ? 2 : 1;
  const auto size = static_cast<std::int64_t>(lines.size());
  std::int64_t dim = header ? header->dim : 0;
  const std::string_view first = lines.empty() ? std::string_view() : lines.front();
  if (!header) {
    dim = static_cast<std::int64_t>(fields_of(trimmed(first)).size()) - 1;
    if (dim < 1 || !is_text_row(first, dim))
      throw Error("the file contains no word vectors")
          .at("{}:1", name)
          .expected("a word and its numbers, or a header with the numbers of words and dimensions")
          .got("'{}'", printable(first));
  }
  // Before memory is allocated: the header may be wrong, or one line very long.
  for (std::int64_t i = 0; i < size; ++i) {
    const std::string_view line = lines[at(i)];
    const bool is_row = i == 0 ? is_text_row(line, dim) : could_be_row(line, dim);
    if (!is_row) refuse_row(line, dim, fmt::format("{}:{}", name, i + first_line));
  }

  std::vector<std::string_view> words(lines.size());
  ParsedVectors parsed{{}, new_floats(size * dim), dim};
  std::atomic<std::int64_t> first_bad{size};
  for_each_range(size, kRowsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end && i < first_bad; ++i) {
      float* const row = parsed.rows.get() + i * dim;
      const auto word = parse_row(lines[at(i)], dim, row);
      if (!word.empty() && first_not_finite(row, dim) < 0) {
        words[at(i)] = word;
        continue;
      }
      keep_least(first_bad, i);
    }
  });
  if (first_bad < size)
    refuse_row(lines[at(first_bad)], dim, fmt::format("{}:{}", name, first_bad + first_line));
  const std::int64_t promised = !header     ? size
                                : limit > 0 ? std::min(limit, header->rows)
                                            : header->rows;
  if (size != promised)
    throw Error("the header does not match the contents, or the file is truncated")
        .at("{}:{}", name, first_line + size)
        .expected("{} rows of {} numbers", header->rows, dim)
        .got("{} rows", size);
  parsed.words = WordList(words);
  return as_table(std::move(parsed), name);
}

void write_text_rows(const EmbeddingTable& table, AtomicFile& file) {
  // Nine significant digits preserve every float32. Formatting is the slow part: all threads format
  // several blocks at a time, which are then written in order.
  constexpr std::int64_t kBlocks = 64;
  std::vector<std::string> texts(kBlocks);
  const std::int64_t batch = kBlocks * kRowsPerBlock;
  for (std::int64_t start = 0; start < table.size(); start += batch) {
    const std::int64_t rows = std::min(batch, table.size() - start);
    for_each_range(rows, kRowsPerBlock, [&](std::int64_t begin, std::int64_t end) {
      std::string& text = texts[at(begin / kRowsPerBlock)];
      text.clear();
      for (std::int64_t i = start + begin; i < start + end; ++i) {
        text += table.word(i);
        for (std::int64_t d = 0; d < table.dim(); ++d) {
          char number[32];
          const auto [end_of_number, status] = std::to_chars(
              number, number + sizeof number, table.row(i)[d], std::chars_format::general, 9);
          WB_ASSERT(status == std::errc());
          text += ' ';
          text.append(number, end_of_number);
        }
        text += '\n';
      }
    });
    for (std::int64_t block = 0; block * kRowsPerBlock < rows; ++block)
      file.write(texts[at(block)]);
  }
}

}  // namespace wordbridge
