// word2vec's binary format: a header, then for each word the word, a space and its float32 numbers.
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>

#include "core/error.h"
#include "core/index.h"
#include "core/io/file.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/text_form.h"
#include "data/vectors/text_rows.h"
#include "data/vectors/word2vec_header.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsPerBlock = 1024;

/// Position of a row's word and vector in a binary body.
struct BinaryRow {
  std::size_t word = 0, word_size = 0, vector = 0, end = 0;
};

/// The row that starts at `position`; std::nullopt if the body ends before the row does.
std::optional<BinaryRow> binary_row(std::string_view body, std::size_t position, std::size_t dim) {
  // The original tool writes a newline after each vector; gensim does not.
  while (position < body.size() && body[position] == '\n') ++position;
  const std::size_t space = body.find(' ', position);
  if (space == body.npos || body.size() - space - 1 < dim * sizeof(float)) return std::nullopt;
  return BinaryRow{position, space - position, space + 1, space + 1 + dim * sizeof(float)};
}

bool only_newlines(std::string_view text) { return text.find_first_not_of('\n') == text.npos; }

/// Whether the body consists of exactly the rows that the header announces.
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

/// Iterates over the rows of a body, and reports why one of them is invalid.
class RowScanner {
 public:
  RowScanner(std::string_view body, const VectorHeader& header) : body_(body), header_(header) {}

  /// The next row; std::nullopt if it is invalid, in which case error() returns the reason.
  std::optional<BinaryRow> next() {
    const auto row = binary_row(body_, position_, static_cast<std::size_t>(header_.dim));
    if (!row || word_of(*row).find('\n') != body_.npos) return std::nullopt;
    position_ = row->end;
    ++rows_;
    return row;
  }
  std::string_view word_of(const BinaryRow& row) const {
    return body_.substr(row.word, row.word_size);
  }
  bool is_at_end() const { return only_newlines(body_.substr(position_)); }

  /// Error for the row that next() rejected.
  Error error(const std::string& name) const {
    const auto row = binary_row(body_, position_, static_cast<std::size_t>(header_.dim));
    const std::size_t byte = header_.bytes + (row ? row->word : position_);
    if (!row)
      return Error("the vector file is truncated")
          .at("{}: row {}, byte {}", name, rows_ + 1, byte)
          .expected("{} of {}", counted(header_.rows, "row"), counted(header_.dim, "number"))
          .got("{} in {} bytes", counted(rows_, "complete row"), header_.bytes + body_.size());
    return Error("a word contains a line break")
        .at("{}: row {}, byte {}", name, rows_ + 1, byte)
        .got("'{}'", printable(word_of(*row)))
        .hint("a word ends at the first space in this format: the preceding word may contain one");
  }
  Error longer(const std::string& name) const {
    return Error("the vector file is longer than its header indicates")
        .at("{}: byte {}", name, header_.bytes + position_)
        .expected("the end of the file after {} of {}", counted(header_.rows, "row"),
                  counted(header_.dim, "number"))
        .got("{} more bytes", body_.size() - position_);
  }

 private:
  std::string_view body_;
  VectorHeader header_;
  std::size_t position_ = 0;
  std::int64_t rows_ = 0;
};

/// Lets several threads, which claim blocks in order, do one part of their work in block order.
class Turns {
 public:
  template <class Work>
  void take(std::int64_t block, const Work& work) {
    std::unique_lock<std::mutex> lock(mutex_);
    next_.wait(lock, [&] { return turn_ == block; });
    work();
    ++turn_;
    next_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable next_;
  std::int64_t turn_ = 0;
};

/// Whether the data after the header is binary; `body` starts after the header.
bool is_binary_body(std::string_view body, const VectorHeader& header) {
  // Rows of numbers prove that it is text. Otherwise, a vector of some length contains bytes that
  // never occur in text. Only a short vector may contain none, but then the file has exactly the
  // size given by its header.
  const auto lines = deciding_lines(body);
  const auto is_row = [&](std::string_view line) { return is_text_row(line, header.dim); };
  if (std::all_of(lines.begin(), lines.end(), is_row)) return false;
  if (is_row(lines[0])) return fits_exactly(body, header);
  const std::size_t space = std::min(body.find_first_of(" \t"), body.size());
  const std::string_view vector =
      body.substr(space, 1 + static_cast<std::size_t>(header.dim) * sizeof(float));
  return !std::all_of(vector.begin(), vector.end(), is_text_byte) || fits_exactly(body, header);
}

bool recognise(const VectorFile& file) {
  const std::string_view text = text_of(file);
  const auto header = parse_header(text, file.name());
  return header && is_binary_body(text.substr(header->bytes), *header);
}

EmbeddingTable read(const VectorFile& file) {
  const std::string name = file.name();
  const std::string_view content = text_of(file);
  const VectorHeader header = parse_header(content, name).value();
  const std::string_view body = content.substr(header.bytes);
  const std::int64_t dim = header.dim;
  const std::size_t row_bytes = static_cast<std::size_t>(dim) * sizeof(float);
  const std::int64_t size = file.limit > 0 ? std::min(file.limit, header.rows) : header.rows;
  RowScanner scanner(body, header);
  // Before memory is allocated: a row has at least a space.
  if (static_cast<std::size_t>(size) > body.size() / (row_bytes + 1)) {
    while (scanner.next()) {
    }
    throw scanner.error(name);
  }
  std::vector<std::string_view> words(static_cast<std::size_t>(size));
  ParsedVectors parsed{{}, new_floats(size * dim), dim, nullptr, true};
  std::atomic<bool> is_whole{true};
  std::atomic<std::int64_t> first_bad{size};
  // The start of a row is known only after the end of the preceding row has been found, so the rows
  // of a block are found after those of the preceding block. While one thread copies its rows,
  // others find theirs.
  Turns turns;
  for_each_range(size, kRowsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    turns.take(begin / kRowsPerBlock, [&] {
      for (std::int64_t i = begin; i < end && is_whole; ++i) {
        if (const auto row = scanner.next())
          words[at(i)] = scanner.word_of(*row);
        else
          is_whole = false;
      }
    });
    for (std::int64_t i = begin; i < end && is_whole; ++i) {
      const std::string_view word = words[at(i)];
      float* const to = parsed.rows.get() + i * dim;
      std::memcpy(to, word.data() + word.size() + 1, row_bytes);
      if (first_not_finite(to, dim) >= 0) keep_least(first_bad, i);
    }
  });
  if (!is_whole) throw scanner.error(name);
  if (size == header.rows && !scanner.is_at_end()) throw scanner.longer(name);
  if (first_bad < size) {
    const float* const values = parsed.rows.get() + first_bad * dim;
    const std::int64_t column = first_not_finite(values, dim);
    const std::string_view word = words[at(first_bad)];
    throw Error("a vector is not finite")
        .at("{}: row {}, byte {}", name, first_bad + 1,
            word.data() + word.size() + 1 - content.data() +
                static_cast<std::int64_t>(sizeof(float)) * column)
        .got("{} in the vector of '{}'", values[column], printable(word));
  }
  parsed.words = WordList(words);
  return as_table(std::move(parsed), name);
}

std::string_view bytes_of_row(const EmbeddingTable& table, std::int64_t row) {
  return {reinterpret_cast<const char*>(table.row(row)),
          static_cast<std::size_t>(table.dim()) * sizeof(float)};
}

/// Passes the pieces of the file to `write`: a newline after each vector, as the original tool
/// does.
template <class Write>
void write_pieces(const EmbeddingTable& table, const Write& write) {
  write(fmt::format("{} {}\n", table.size(), table.dim()));
  for (std::int64_t i = 0; i < table.size(); ++i) {
    write(table.word(i));
    write(" ");
    write(bytes_of_row(table, i));
    write("\n");
  }
}

void write(const EmbeddingTable& table, const fs::path& path) {
  AtomicFile file(path);
  write_pieces(table, [&](std::string_view piece) { file.write(piece); });
  file.commit();
}

std::string content_of(const EmbeddingTable& table) {
  std::string content;
  write_pieces(table, [&](std::string_view piece) { content += piece; });
  return content;
}

}  // namespace

VectorFormatInfo describe_binary_format() {
  return {"word2vec's binary format",
          {".bin"},
          "",
          " \t\r\n",
          recognise,
          read,
          write,
          nullptr,
          content_of};
}

}  // namespace wordbridge
