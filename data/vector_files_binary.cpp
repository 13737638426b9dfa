#include <algorithm>
#include <cstring>
#include <optional>

#include "core/error.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/vector_files_formats.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsPerBlock = 1024;

/// Where a row's word and vector stand in a binary body.
struct BinaryRow {
  std::size_t word = 0, word_size = 0, vector = 0, end = 0;
};

/// The row that starts at `position`; nothing if the body ends before the row does.
std::optional<BinaryRow> binary_row(std::string_view body, std::size_t position, std::size_t dim) {
  // The original tool writes a newline after each vector, gensim does not.
  while (position < body.size() && body[position] == '\n') ++position;
  const std::size_t space = body.find(' ', position);
  if (space == body.npos || body.size() - space - 1 < dim * sizeof(float)) return std::nullopt;
  return BinaryRow{position, space - position, space + 1, space + 1 + dim * sizeof(float)};
}

bool only_newlines(std::string_view text) { return text.find_first_not_of('\n') == text.npos; }

/// Whether the body is exactly the header's rows, and nothing more.
bool fits_exactly(std::string_view body, const VectorHeader& header) {
  std::size_t position = 0;
  for (std::int64_t i = 0; i < header.rows; ++i) {
    const auto row = binary_row(body, position, static_cast<std::size_t>(header.dim));
    if (!row) return false;
    position = row->end;
  }
  return only_newlines(body.substr(position));
}

bool is_text_byte(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return code >= 0x20 || byte == '\n' || byte == '\t' || byte == '\r';
}

/// The rows' words and vectors, which must be finite.
ParsedVectors copied(std::string_view body, const std::vector<BinaryRow>& found,
                     const VectorHeader& header, const std::string& name) {
  const std::int64_t dim = header.dim;
  const auto size = static_cast<std::int64_t>(found.size());
  std::vector<std::string_view> words(found.size());
  ParsedVectors parsed{{}, new_floats(size * dim), dim};
  std::atomic<std::int64_t> first_bad{size};
  for_each_range(size, kRowsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const BinaryRow& row = found[static_cast<std::size_t>(i)];
      float* const to = parsed.rows.get() + i * dim;
      std::memcpy(to, body.data() + row.vector, static_cast<std::size_t>(dim) * sizeof(float));
      words[static_cast<std::size_t>(i)] = body.substr(row.word, row.word_size);
      if (first_not_finite(to, dim) >= 0) keep_least(first_bad, i);
    }
  });
  if (first_bad < size) {
    const float* const values = parsed.rows.get() + first_bad * dim;
    const auto column = static_cast<std::size_t>(first_not_finite(values, dim));
    const BinaryRow& row = found[static_cast<std::size_t>(first_bad)];
    throw Error("a vector is not finite")
        .at("{}: row {}, byte {}", name, first_bad + 1,
            header.bytes + row.vector + sizeof(float) * column)
        .got("{} in the vector of '{}'", values[column],
             printable(words[static_cast<std::size_t>(first_bad)]));
  }
  parsed.words = WordList(words);
  return parsed;
}

}  // namespace

bool is_binary_body(std::string_view body, const VectorHeader& header) {
  // Numbers are a proof of text. Else bytes that no text has: a vector of some length has them.
  // Only a short one can do without, but then its file has just the size that its header says.
  const std::size_t end = std::min(body.find('\n'), body.size());
  if (is_text_row(body.substr(0, end), header.dim)) return false;
  const std::size_t space = std::min(body.find_first_of(" \t"), body.size());
  const std::string_view vector =
      body.substr(space, 1 + static_cast<std::size_t>(header.dim) * sizeof(float));
  return !std::all_of(vector.begin(), vector.end(), is_text_byte) || fits_exactly(body, header);
}

ParsedVectors parse_binary_vectors(std::string_view content, const VectorHeader& header,
                                   std::int64_t limit, const std::string& name) {
  const std::string_view body = content.substr(header.bytes);
  const auto dim = static_cast<std::size_t>(header.dim);
  const std::int64_t size = limit > 0 ? std::min(limit, header.rows) : header.rows;
  std::vector<BinaryRow> found;
  std::size_t position = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    const auto row = binary_row(body, position, dim);
    if (!row)
      throw Error("the vector file is cut short")
          .at("{}: row {}, byte {}", name, i + 1, header.bytes + position)
          .expected("{} rows of {} numbers", header.rows, header.dim)
          .got("{} whole rows in {} bytes", i, content.size());
    if (row->word_size == 0)
      throw Error("a vector has no word")
          .at("{}: row {}, byte {}", name, i + 1, header.bytes + row->word);
    found.push_back(*row);
    position = row->end;
  }
  if (size == header.rows && !only_newlines(body.substr(position)))
    throw Error("the vector file is longer than its header says")
        .at("{}: byte {}", name, header.bytes + position)
        .expected("the end after {} rows of {} numbers", header.rows, header.dim)
        .got("{} more bytes", body.size() - position);

  return copied(body, found, header, name);
}

void write_binary_vectors(const EmbeddingTable& table, AtomicFile& file) {
  for (std::int64_t i = 0; i < table.size(); ++i) {
    file.write(table.word(i));
    file.write(" ");
    file.write(table.row(i), static_cast<std::size_t>(table.dim()) * sizeof(float));
    file.write("\n");
  }
}

}  // namespace wordbridge
