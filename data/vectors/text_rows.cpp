#include "data/vectors/text_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/io/text_file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/text/word_table.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/text_form.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsPerBlock = 256;
constexpr std::string_view kBlanks = " \t";

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

/// Whether the field is a number with a decimal comma, and not one with a separator of thousands
/// ("1,000"), which may be the end of a word.
bool is_decimal_with_comma(std::string_view field) {
  if (!has_decimal_comma(field)) return false;
  const auto digits = field.substr(field.find_first_not_of("+-"));
  const auto comma = digits.find(',');
  const bool is_thousands = comma <= 3 && digits[0] != '0' && digits.size() == comma + 4;
  return comma > 0 && !is_thousands;
}

struct TextRow {
  std::string_view word;        // empty: the line is not a row
  bool ends_in_number = false;  // its last part is a number
};

/// Returns the line's word and writes its numbers to `numbers`.
TextRow parse_row(std::string_view line, RowForm form, float* numbers) {
  line = without_line_end(line);
  const std::size_t blank = form.ends_at_tab ? line.find('\t') : line.find_first_of(kBlanks);
  if (blank == line.npos || line[0] == ' ' || line[0] == '\t') return {};
  if (parse_numbers(line.substr(blank), form.dim, numbers))
    return {without_line_end(line.substr(0, blank))};
  if (form.ends_at_tab) return {};
  // Words in some published files (GloVe 840B) contain spaces, such as ". . .".
  const auto fields = blank_separated(line);
  const auto size = static_cast<std::int64_t>(fields.size());
  if (size < form.dim + 2) return {};
  const std::string_view last = fields[at(size - form.dim - 1)];
  const auto word_size = static_cast<std::size_t>(last.data() + last.size() - line.data());
  if (!parse_numbers(line.substr(word_size), form.dim, numbers)) return {};
  if (is_decimal_with_comma(last)) return {};
  const bool ends_in_number = is_number(last);
  // Without a header, the line may have too many columns.
  if (ends_in_number && !form.is_stated && !ends_in_plain_number(fields, form.dim)) return {};
  return {line.substr(0, word_size), ends_in_number};
}

/// Throws the error that explains why the line is not a word with `dim` finite numbers.
[[noreturn]] void refuse_row(std::string_view line, RowForm form, const std::string& where) {
  line = without_line_end(line);
  if (line.find_first_not_of(kBlanks) != 0)
    throw Error("a line of the vector file has no word")
        .at("{}", where)
        .got("'{}'", printable(line));
  const std::size_t tab = form.ends_at_tab ? std::min(line.find('\t'), line.size()) : 0;
  auto fields = blank_separated(line.substr(tab));
  if (form.ends_at_tab) fields.insert(fields.begin(), line.substr(0, tab));
  const auto size = static_cast<std::int64_t>(fields.size());
  for (std::int64_t i = 1; i < size; ++i) {
    if (!is_decimal_with_comma(fields[at(i)])) continue;
    throw Error("a vector contains a number with a decimal comma")
        .at("{}, column {}", where, i + 1)
        .expected("numbers with a decimal point")
        .got("'{}'", printable(fields[at(i)]))
        .hint("replace the commas: sed 's/,/./g'");
  }
  // The columns that should be numbers.
  const std::int64_t first = form.ends_at_tab ? 1 : std::max<std::int64_t>(size - form.dim, 1);
  for (std::int64_t i = first; size > form.dim && i < size; ++i) {
    const std::string_view field = fields[at(i)];
    if (!is_number(field))
      throw Error("a vector contains a value that is not a number")
          .at("{}, column {}", where, i + 1)
          .got("'{}'", printable(field));
    float value = 0;
    parse_float(field.data(), field.data() + field.size(), value);
    if (!std::isfinite(value))
      throw Error("a vector is not finite").at("{}, column {}", where, i + 1).got("{}", field);
  }
  throw Error("a line of the vector file has the wrong number of columns")
      .at("{}", where)
      .expected("a word and {} numbers", form.dim)
      .got("{} after '{}'", counted(size - 1, "column"), printable(fields[0]));
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

/// Nine significant digits preserve every float32.
void append_row(const EmbeddingTable& table, std::int64_t row, std::string& text) {
  text += table.word(row);
  for (std::int64_t d = 0; d < table.dim(); ++d) {
    char number[32];
    const auto [end, status] = std::to_chars(number, number + sizeof number, table.row(row)[d],
                                             std::chars_format::general, 9);
    WB_ASSERT(status == std::errc());
    text += ' ';
    text.append(number, end);
  }
  text += '\n';
}

/// The form of the rows in `body`, the text after the header. Error if its first lines are not
/// rows.
RowForm form_of(std::string_view body, const std::optional<VectorHeader>& header,
                const std::string& name) {
  const auto lines = deciding_lines(body);
  if (const auto form = row_form(lines, header ? header->dim : 0)) return *form;
  const std::string_view first = lines.empty() ? std::string_view() : lines[0];
  const auto fields = blank_separated(first);
  if (std::any_of(fields.begin(), fields.end(), is_decimal_with_comma))
    refuse_row(first, {1, false, false}, fmt::format("{}:{}", name, header ? 2 : 1));
  if (!header)
    throw Error("the file contains no word vectors")
        .at("{}:1", name)
        .expected("a word and its numbers, or a header with the numbers of words and dimensions")
        .got("'{}'", printable(first));
  const RowForm form{header->dim, false, true};
  if (!lines.empty()) refuse_row(first, form, name + ":2");
  return form;  // the number of rows will be refused
}

}  // namespace

bool is_text_row(std::string_view line, std::int64_t dim) {
  if (!could_be_row(line, dim)) return false;
  std::vector<float> numbers(static_cast<std::size_t>(dim));
  return !parse_row(line, {dim, false, true}, numbers.data()).word.empty();
}

EmbeddingTable read_text_rows(const VectorFile& file, const std::optional<VectorHeader>& header) {
  const std::string name = file.name();
  const std::int64_t limit = file.limit;
  const std::string_view body = text_of(file).substr(header ? header->bytes : 0);
  const auto lines = row_lines(body, limit);
  const std::int64_t first_line = header ? 2 : 1;
  const auto size = static_cast<std::int64_t>(lines.size());
  const auto where = [&](std::int64_t row) { return fmt::format("{}:{}", name, row + first_line); };
  const RowForm form = form_of(body, header, name);
  const std::int64_t dim = form.dim;
  // Before memory is allocated: the header may be wrong, or one line very long.
  for (std::int64_t i = 0; i < size; ++i)
    if (!could_be_row(lines[at(i)], dim)) refuse_row(lines[at(i)], form, where(i));

  std::vector<std::string_view> words(lines.size());
  ParsedVectors parsed{{}, new_floats(size * dim), dim};
  std::atomic<std::int64_t> first_bad{size}, numbered{0}, first_numbered{size};
  for_each_range(size, kRowsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end && i < first_bad; ++i) {
      float* const row = parsed.rows.get() + i * dim;
      const auto [word, ends_in_number] = parse_row(lines[at(i)], form, row);
      if (word.empty() || first_not_finite(row, dim) >= 0) {
        keep_least(first_bad, i);
        continue;
      }
      words[at(i)] = word;
      if (!ends_in_number) continue;
      ++numbered;
      keep_least(first_numbered, i);
    }
  });
  if (first_bad < size) refuse_row(lines[at(first_bad)], form, where(first_bad));
  const std::int64_t promised = !header     ? size
                                : limit > 0 ? std::min(limit, header->rows)
                                            : header->rows;
  if (size != promised)
    throw Error("the header does not match the contents, or the file is truncated")
        .at("{}:{}", name, first_line + size)
        .expected("{} of {}", counted(header->rows, "row"), counted(dim, "number"))
        .got("{}", counted(size, "row"));
  if (numbered > 0)
    warn(
        "{}: {} in a space and a number (the first is '{}', line {}): the last {} columns of a "
        "line are the vector",
        name, counted(numbered.load(), "word ends", "words end"),
        printable(words[at(first_numbered)]), first_numbered + first_line, dim);
  parsed.words = WordList(words);
  return as_table(std::move(parsed), name);
}

std::string text_rows(const EmbeddingTable& table) {
  std::string text;
  for (std::int64_t i = 0; i < table.size(); ++i) append_row(table, i, text);
  return text;
}

void write_text_rows(const EmbeddingTable& table, AtomicFile& file) {
  // Formatting is the slow part: all threads format several blocks at a time, which are then
  // written in order.
  constexpr std::int64_t kBlocks = 64;
  std::vector<std::string> texts(kBlocks);
  const std::int64_t batch = kBlocks * kRowsPerBlock;
  for (std::int64_t start = 0; start < table.size(); start += batch) {
    const std::int64_t rows = std::min(batch, table.size() - start);
    for_each_range(rows, kRowsPerBlock, [&](std::int64_t begin, std::int64_t end) {
      std::string& text = texts[at(begin / kRowsPerBlock)];
      text.clear();
      for (std::int64_t i = start + begin; i < start + end; ++i) append_row(table, i, text);
    });
    for (std::int64_t block = 0; block * kRowsPerBlock < rows; ++block)
      file.write(texts[at(block)]);
  }
}

}  // namespace wordbridge
