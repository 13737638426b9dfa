#include "data/counts/matrix_market.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/text/archive_reader.h"
#include "data/text/text_writer.h"

namespace wordbridge {
namespace {

constexpr std::string_view kBanner = "%%MatrixMarket";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (!(line = trimmed(line)).empty()) {
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    fields.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return fields;
}

/// Takes the lines of the file one after the other.
class MarketParser {
 public:
  /// `on_header` is called with the header.
  MarketParser(const std::filesystem::path& path,
               const std::function<void(const MarketHeader&)>& on_header)
      : path_(path), on_header_(on_header) {}

  /// Takes a piece of the file.
  void take(std::string_view piece) {
    for (std::size_t end; (end = piece.find('\n')) != piece.npos; piece.remove_prefix(end + 1)) {
      if (rest_.empty()) {
        line(piece.substr(0, end));
      } else {
        line(rest_.append(piece.substr(0, end)));
        rest_.clear();
      }
    }
    rest_.append(piece);
  }

  MarketMatrix finish() {
    const bool ends_with_newline = rest_.empty();
    if (!rest_.empty()) line(rest_);
    if (line_ == 0 || state_ != State::entries)
      throw error("the Matrix Market file ends before its size line");
    if (read_ != header_.entries)
      throw error("the Matrix Market file has fewer entries than its size line says")
          .expected("{}", counted(header_.entries, "entry", "entries"))
          .got("{}", read_);
    SparseMatrix matrix = build();
    return {std::move(matrix), std::move(header_), line_, ends_with_newline};
  }

 private:
  struct Entry {
    std::int32_t row, column;
    double value;
    std::int64_t line;
  };
  enum class State { header, size, entries };
  enum class Values { integer, real, pattern };

  static void stop_if_interrupted() {
    if (interrupted()) throw Interrupted("stopped while reading counts");
  }

  Error error(const std::string& what) const {
    return Error(what).at("{}:{}", path_.string(), std::max<std::int64_t>(line_, 1));
  }

  void line(std::string_view text) {
    ++line_;
    if ((line_ & 0xffff) == 0) stop_if_interrupted();
    if (state_ == State::header) {
      read_header(text);
    } else if (!text.empty() && text[0] == '%') {
      if (state_ == State::size) header_.comments.emplace_back(trimmed(text.substr(1)));
    } else if (!trimmed(text).empty()) {
      state_ == State::size ? read_size(text) : read_entry(text);
    }
  }

  void read_header(std::string_view text) {
    const auto fields = fields_of(text);
    constexpr const char* kExpected =
        "%%MatrixMarket matrix coordinate real|integer|pattern general|symmetric";
    const auto wrong = [&] {
      return error("not a Matrix Market file of counts")
          .expected("{}", kExpected)
          .got("{}", printable(text));
    };
    if (fields.size() != 5 || fields[0] != kBanner || lower(fields[1]) != "matrix") throw wrong();
    if (lower(fields[2]) != "coordinate")
      throw wrong().hint(
          "write a sparse matrix: scipy.io.mmwrite(FILE, scipy.sparse.csr_matrix(X))");
    const std::string values = lower(fields[3]), symmetry = lower(fields[4]);
    if (values == "integer") {
      values_ = Values::integer;
    } else if (values == "real" || values == "double") {
      values_ = Values::real;
    } else if (values == "pattern") {
      values_ = Values::pattern;
    } else {
      throw wrong();
    }
    header_.symmetric = symmetry == "symmetric";
    if (!header_.symmetric && symmetry != "general") throw wrong();
    state_ = State::size;
  }

  void read_size(std::string_view text) {
    const auto fields = fields_of(text);
    std::int64_t numbers[3] = {};
    bool valid = fields.size() == 3;
    for (std::size_t i = 0; valid && i < 3; ++i) {
      const auto number = parse_integer(fields[i]);
      valid = number && *number >= 0;
      if (valid) numbers[i] = *number;
    }
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (!valid || numbers[0] > kMost || numbers[1] > kMost) {
      throw error("the size line of the Matrix Market file is invalid")
          .expected("rows, columns and entries")
          .got("{}", printable(text));
    }
    header_.rows = numbers[0];
    header_.cols = numbers[1];
    header_.entries = numbers[2];
    if (header_.symmetric && header_.rows != header_.cols)
      throw error("a symmetric matrix must be square").got("{} x {}", header_.rows, header_.cols);
    state_ = State::entries;
    if (on_header_) on_header_(header_);
  }

  std::int32_t index(std::string_view field, const char* what, std::int64_t size) const {
    const auto number = parse_integer(field);
    if (number && *number >= 1 && *number <= size) return static_cast<std::int32_t>(*number - 1);
    throw error(fmt::format("the {} is out of range", what))
        .expected("a number from 1 to {}", size)
        .got("{}", printable(field));
  }

  void read_entry(std::string_view text) {
    if (read_ == header_.entries)
      throw error("the Matrix Market file has more entries than its size line says")
          .expected("{}", counted(header_.entries, "entry", "entries"));
    const auto fields = fields_of(text);
    const std::size_t expected = values_ == Values::pattern ? 2 : 3;
    if (fields.size() != expected)
      throw error("the entry is not valid")
          .expected("{}", expected == 2 ? "row and column" : "row, column and value")
          .got("{}", printable(text));
    Entry entry{index(fields[0], "row", header_.rows), index(fields[1], "column", header_.cols), 1,
                line_};
    if (values_ != Values::pattern) {
      const auto value = parse_double(fields[2]);
      if (!value || !std::isfinite(*value) || *value < 0 ||
          (values_ == Values::integer && *value != std::floor(*value)))
        throw error("the value is not a count")
            .expected("{} of at least 0", values_ == Values::integer ? "an integer" : "a number")
            .got("{}", printable(fields[2]));
      entry.value = *value;
    }
    if (header_.symmetric && entry.column > entry.row)
      throw error("a symmetric matrix has an entry above the diagonal").got("{}", printable(text));
    ++read_;
    entries_.push_back(entry);
    if (header_.symmetric && entry.column != entry.row) {
      std::swap(entry.row, entry.column);
      entries_.push_back(entry);
    }
  }

  SparseMatrix build() {
    std::uint64_t compared = 0;
    const auto precedes = [&](const Entry& a, const Entry& b) {
      if ((++compared & 0xfffff) == 0) stop_if_interrupted();
      if (a.row != b.row) return a.row < b.row;
      return a.column != b.column ? a.column < b.column : a.line < b.line;
    };
    if (!std::is_sorted(entries_.begin(), entries_.end(), precedes))
      std::sort(entries_.begin(), entries_.end(), precedes);
    SparseMatrix matrix;
    matrix.rows = header_.rows;
    matrix.cols = header_.cols;
    matrix.begin.assign(at(header_.rows) + 1, 0);
    matrix.column.reserve(entries_.size());
    matrix.value.reserve(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if ((i & 0xfffff) == 0) stop_if_interrupted();
      const Entry& entry = entries_[i];
      if (i > 0 && entries_[i - 1].row == entry.row && entries_[i - 1].column == entry.column) {
        throw Error("an entry is given twice")
            .at("{}:{}", path_.string(), entry.line)
            .got("row {}, column {}, as in line {}", entry.row + 1, entry.column + 1,
                 entries_[i - 1].line);
      }
      if (entry.value == 0) continue;
      ++matrix.begin[at(entry.row) + 1];
      matrix.column.push_back(entry.column);
      matrix.value.push_back(entry.value);
    }
    for (std::size_t row = 0; row < at(header_.rows); ++row)
      matrix.begin[row + 1] += matrix.begin[row];
    return matrix;
  }

  std::filesystem::path path_;
  const std::function<void(const MarketHeader&)>& on_header_;
  std::string rest_;  // of a line whose end has not been read
  std::int64_t line_ = 0;
  State state_ = State::header;
  Values values_ = Values::real;
  MarketHeader header_;
  std::int64_t read_ = 0;
  std::vector<Entry> entries_;
};

void read_into(MarketParser& parser, const std::filesystem::path& path) {
  const auto take = [&](std::string_view piece) { parser.take(piece); };
  if (!is_packed(path)) {
    take(MappedFile::open(path)->view());
    return;
  }
  ArchiveReader archive(path);
  std::string member;
  if (archive.next(member)) archive.read(take);
  if (archive.next(member))
    throw Error("the archive has several files")
        .at("{}", path.string())
        .expected("one Matrix Market file")
        .got("another file, {}", printable(member));
}

/// Appends the lines of the entries [begin, end).
void append_entries(const SparseView& matrix, std::int64_t begin, std::int64_t end,
                    std::string& text) {
  const std::int64_t* const starts = matrix.begin;
  std::int64_t row = std::upper_bound(starts, starts + matrix.rows, begin) - starts - 1;
  for (std::int64_t k = begin; k < end; ++k) {
    while (starts[row + 1] <= k) ++row;
    fmt::format_to(std::back_inserter(text), "{} {} {}\n", row + 1, matrix.column[k] + 1,
                   number_text(matrix.value[k]));
  }
}

}  // namespace

void write_matrix_market(const SparseView& matrix, const std::filesystem::path& path,
                         const std::vector<std::string>& comments) {
  // Text is formatted in waves of entries, however many rows those are: the first rows are those of
  // the most frequent words, and long.
  constexpr std::int64_t kPart = std::int64_t{1} << 13, kWave = 32 * kPart;
  constexpr double kLargestWhole = 9007199254740992.0;  // 2^53
  const bool whole = std::all_of(matrix.value, matrix.value + matrix.nonzeros(),
                                 [](double x) { return x == std::floor(x) && x <= kLargestWhole; });
  TextWriter file(path);
  std::string head =
      fmt::format("{} matrix coordinate {} general\n", kBanner, whole ? "integer" : "real");
  for (const auto& comment : comments) head += "% " + comment + "\n";
  head += fmt::format("{} {} {}\n", matrix.rows, matrix.cols, matrix.nonzeros());
  file.write(head);
  Progress progress("writing counts", static_cast<std::uint64_t>(matrix.nonzeros()), "non-zeros");
  std::vector<std::string> texts(at(kWave / kPart));
  for (std::int64_t wave = 0; wave < matrix.nonzeros(); wave += kWave) {
    if (interrupted()) throw Interrupted("stopped while writing counts");
    const std::int64_t size = std::min(matrix.nonzeros() - wave, kWave);
    for_each_range(size, kPart, [&](std::int64_t begin, std::int64_t end) {
      texts[at(begin / kPart)].clear();
      append_entries(matrix, wave + begin, wave + end, texts[at(begin / kPart)]);
    });
    for (std::int64_t i = 0; i * kPart < size; ++i) file.write(texts[at(i)]);
    progress.update(static_cast<std::uint64_t>(wave + size));
  }
  progress.finish();
  file.commit();
}

MarketHeader read_market_header(const std::filesystem::path& path) {
  struct Read {};  // thrown to end reading
  MarketHeader header;
  const std::function<void(const MarketHeader&)> end = [&](const MarketHeader& read) {
    header = read;
    throw Read();
  };
  MarketParser parser(path, end);
  try {
    read_into(parser, path);
    parser.finish();
  } catch (const Read&) {
  }
  return header;
}

MarketMatrix read_matrix_market(const std::filesystem::path& path,
                                const std::function<void(const MarketHeader&)>& check) {
  MarketParser parser(path, check);
  read_into(parser, path);
  return parser.finish();
}

}  // namespace wordbridge
