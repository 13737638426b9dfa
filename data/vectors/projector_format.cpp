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
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/vector_format.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsPerBlock = 256;
constexpr std::string_view kWordsEnding = ".metadata.tsv";

/// The field as a float; NaN if it is not a number.
float number_of(std::string_view field) {
  const auto value = parse_double(trimmed(field));
  return value ? static_cast<float>(*value) : std::nanf("");
}

std::int64_t field_count(std::string_view line) {
  return std::count(line.begin(), line.end(), '\t') + 1;
}

/// Whether the line consists of exactly `dim` finite numbers, which are written to `row`.
bool parse_numbers(std::string_view line, std::int64_t dim, float* row) {
  for (std::int64_t i = 0; i < dim; ++i) {
    const std::size_t end = line.find('\t');
    if ((end == line.npos) != (i + 1 == dim)) return false;
    row[i] = number_of(line.substr(0, end));
    if (!std::isfinite(row[i])) return false;
    line.remove_prefix(std::min(end, line.size() - 1) + 1);
  }
  return true;
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

/// The first column of the metadata, without the header line, which exists if there are several
/// columns.
std::vector<std::string_view> words_of(std::string_view metadata) {
  auto words = lines_of(metadata);
  if (!words.empty() && words[0].find('\t') != words[0].npos) words.erase(words.begin());
  for (auto& word : words) word = word.substr(0, word.find('\t'));
  return words;
}

/// Whether the first line consists of tab-separated numbers.
bool is_numbers(std::string_view content) {
  const std::string_view line = content.substr(0, content.find('\n'));
  if (line.find(' ') != line.npos) return false;
  const auto fields = split(line, '\t');
  return std::all_of(fields.begin(), fields.end(), [](std::string_view field) {
    return parse_double(trimmed(field)).has_value();
  });
}

std::optional<std::string_view> metadata_of(const VectorFile& file) {
  const auto own = file.neighbour(file.renamed(std::string(kWordsEnding)));
  return own ? own : file.neighbour("metadata.tsv");
}

/// Lines of numbers are in the projector's format only if their metadata exists.
bool recognise(const VectorFile& file) {
  return is_numbers(file.content) && metadata_of(file).has_value();
}

EmbeddingTable read(const VectorFile& file) {
  const std::string name = file.name();
  auto words = words_of(*metadata_of(file));
  const auto lines = lines_of(file.content);
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

void write(const EmbeddingTable& table, const fs::path& path) {
  AtomicFile file(path), words(fs::path(path).replace_extension(kWordsEnding));
  for (std::int64_t i = 0; i < table.size(); ++i) {
    for (std::int64_t j = 0; j < table.dim(); ++j)
      file.write(fmt::format("{}{:.9g}", j == 0 ? "" : "\t", table.row(i)[j]));
    file.write("\n");
    words.write(table.word(i));
    words.write("\n");
  }
  words.commit();
  file.commit();
}

}  // namespace

VectorFormatInfo describe_projector_format() {
  return {"TensorBoard's embedding projector; the words in a second file, .metadata.tsv",
          {".tsv"},
          std::string(kWordsEnding),
          "\t\r\n",
          recognise,
          read,
          write};
}

}  // namespace wordbridge
