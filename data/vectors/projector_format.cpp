// TensorBoard's embedding projector: lines of tab-separated numbers; the words are in a metadata
// table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/index.h"
#include "core/io/file.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/text/unicode.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/text_form.h"
#include "data/vectors/vector_format.h"
#include "data/vectors/word2vec_header.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsPerBlock = 256;
constexpr std::string_view kWordsEnding = ".metadata.tsv";

/// The field as a float; NaN if it is not a number.
float number_of(std::string_view field) {
  field = trimmed(field);
  float value = 0;
  const char* const end = field.data() + field.size();
  return !field.empty() && parse_float(field.data(), end, value) == end ? value : std::nanf("");
}

std::int64_t field_count(std::string_view line) {
  return std::count(line.begin(), line.end(), '\t') + 1;
}

/// Whether the line consists of exactly `dim` finite numbers, which are written to `row`.
bool parse_numbers(std::string_view line, std::int64_t dim, float* row) {
  const char* position = line.data();
  const char* const end = position + line.size();
  const auto skip_blanks = [&] {
    while (position != end && (*position == ' ' || *position == '\r')) ++position;
  };
  for (std::int64_t i = 0; i < dim; ++i) {
    if (i > 0 && (position == end || *position++ != '\t')) return false;
    skip_blanks();
    position = parse_float(position, end, row[i]);
    if (position == nullptr) return false;
    skip_blanks();
  }
  return position == end && first_not_finite(row, dim) < 0;
}

/// Throws the error that explains why the line is not `dim` finite numbers.
[[noreturn]] void refuse_row(std::string_view line, std::int64_t dim, const std::string& where) {
  const auto fields = split(line, '\t');
  if (static_cast<std::int64_t>(fields.size()) != dim)
    throw Error("a vector has the wrong number of columns")
        .at("{}", where)
        .expected("{}", dim)
        .got("{}", fields.size());
  for (const auto field : fields) {
    if (!std::isfinite(number_of(field)))
      throw Error("a vector contains a value that is not a finite number")
          .at("{}", where)
          .got("'{}'", printable(field));
  }
  WB_ASSERT(false, "a row was rejected without a reason");
}

/// Field `column` of a line; empty if it has fewer.
std::string_view field_at(std::string_view line, std::int64_t column) {
  for (; column > 0; --column) line.remove_prefix(std::min(line.find('\t'), line.size() - 1) + 1);
  return line.substr(0, line.find('\t'));
}

/// The words of the metadata. If there are several columns, the first line is a header, and the
/// words are the first column that does not consist of numbers, as in TensorBoard.
std::vector<std::string_view> words_of(std::vector<std::string_view> lines) {
  if (lines.empty() || field_count(lines[0]) == 1) return lines;
  const std::int64_t columns = field_count(lines[0]);
  lines.erase(lines.begin());
  std::int64_t column = 0;
  while (column < columns && std::all_of(lines.begin(), lines.end(), [&](std::string_view line) {
           return parse_double(trimmed(field_at(line, column))).has_value();
         }))
    ++column;
  if (column == columns) column = 0;
  for (auto& line : lines) line = field_at(line, column);
  return lines;
}

/// Whether the first line consists of tab-separated numbers, and the others start with a number
/// instead of a word.
bool are_numbers(std::string_view content) {
  const auto lines = deciding_lines(content);
  if (lines.empty() || lines[0].find(' ') != std::string_view::npos) return false;
  const auto fields = split(lines[0], '\t');
  return std::all_of(fields.begin(), fields.end(), is_number) &&
         std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
           return line.empty() || is_number(line.substr(0, line.find('\t')));
         });
}

std::optional<std::string_view> metadata_of(const VectorFile& file) {
  const auto own = file.neighbour(file.renamed(std::string(kWordsEnding)));
  return own ? own : file.neighbour("metadata.tsv");
}

/// Lines of numbers are in the projector's format only if their metadata exists.
bool recognise(const VectorFile& file) {
  return are_numbers(text_of(file)) && metadata_of(file).has_value();
}

EmbeddingTable read(const VectorFile& file) {
  const std::string name = file.name();
  auto words = words_of(lines_of(*metadata_of(file), "the metadata of " + name));
  const auto lines = lines_of(file.content, name);
  if (lines.size() != words.size() || lines.empty())
    throw Error("the numbers of words and vectors do not match")
        .at("{}", name)
        .expected("{} lines, one for each word of the metadata", words.size())
        .got("{}", lines.size());
  const auto all = static_cast<std::int64_t>(lines.size());
  const std::int64_t size = file.limit > 0 ? std::min(file.limit, all) : all;
  words.resize(static_cast<std::size_t>(size));
  const std::int64_t dim = field_count(lines[0]);
  // Before memory is allocated: a line with that many columns has at least this length.
  for (std::int64_t i = 0; i < size; ++i) {
    const std::string_view line = lines[at(i)];
    if (static_cast<std::int64_t>(line.size()) < 2 * dim - 1)
      refuse_row(line, dim, fmt::format("{}:{}", name, i + 1));
  }
  ParsedVectors vectors{WordList(words), new_floats(size * dim), dim};
  std::atomic<std::int64_t> first_bad{size};
  for_each_range(size, kRowsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end && i < first_bad; ++i) {
      if (!parse_numbers(lines[at(i)], dim, vectors.rows.get() + i * dim)) keep_least(first_bad, i);
    }
  });
  if (first_bad < size)
    refuse_row(lines[at(first_bad)], dim, fmt::format("{}:{}", name, first_bad + 1));
  return as_table(std::move(vectors), name);
}

/// TensorBoard skips lines of white space alone, so that all later labels would be displaced.
bool keeps(std::string_view word, std::int64_t row) {
  return is_kept_by_lines(word, row) && !is_white_space(word);
}

void write(const EmbeddingTable& table, const fs::path& path) {
  AtomicFile file(path), words(fs::path(path).replace_extension(kWordsEnding));
  for (std::int64_t i = 0; i < table.size(); ++i) {
    for (std::int64_t j = 0; j < table.dim(); ++j)
      file.write(fmt::format("{}{:.9g}", j == 0 ? "" : "\t", table.row(i)[j]));
    file.write("\n");
    words.write(table.word(i));
    words.write("\n");
  }
  commit_together({&words, &file});
}

}  // namespace

VectorFormatInfo describe_projector_format() {
  return {"TensorBoard's embedding projector; the words in a second file, .metadata.tsv",
          {".tsv"},
          std::string(kWordsEnding),
          "\t\r\n",
          recognise,
          read,
          write,
          keeps};
}

}  // namespace wordbridge
