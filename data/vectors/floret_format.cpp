// Tables of the program floret (fastText with hashed words, used by spaCy): a header "buckets dim
// minn maxn hashes seed BOW EOW", then lines of a row's number and its vector. There are no words
// in it: the vector of any word is the mean of the rows to which it and its character n-grams are
// hashed.
#include <array>
#include <cstring>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/vectors/fasttext/character_ngrams.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/text_form.h"
#include "data/vectors/text_rows.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kWordsPerBlock = 64;

struct FloretHeader {
  std::int64_t buckets = 0, dim = 0, min_length = 0, max_length = 0, hashes = 0, seed = 0;
  std::string_view word_begin, word_end;  // put before and after each word
  std::size_t bytes = 0;                  // length of the line with its end
};

/// Returns std::nullopt if the first line is not six integers and two texts that are not numbers.
std::optional<FloretHeader> parse_floret_header(std::string_view content) {
  constexpr std::size_t kLongest = 200;
  const std::size_t end = content.substr(0, kLongest).find('\n');
  if (end == content.npos) return std::nullopt;
  const auto fields = blank_separated(content.substr(0, end));
  if (fields.size() != 8) return std::nullopt;
  FloretHeader header;
  header.bytes = end + 1;
  std::size_t field = 0;
  for (auto* const value : {&header.buckets, &header.dim, &header.min_length, &header.max_length,
                            &header.hashes, &header.seed}) {
    const auto number = parse_integer(fields[field++]);
    if (!number) return std::nullopt;
    *value = *number;
  }
  header.word_begin = fields[6];
  header.word_end = without_line_end(fields[7]);
  if (is_number(header.word_begin) || is_number(header.word_end)) return std::nullopt;
  return header;
}

void check_floret_header(const FloretHeader& header, const std::string& name) {
  const auto check = [&](const char* what, std::int64_t value, std::int64_t low,
                         std::int64_t high) {
    if (value < low || value > high)
      throw Error("the header of floret's table is damaged")
          .at("{}:1", name)
          .expected("{} from {} to {}", what, low, high)
          .got("{}", value);
  };
  constexpr std::int64_t kInt = std::numeric_limits<std::int32_t>::max();
  check("rows", header.buckets, 1, kInt);
  check("dimensions", header.dim, 1, kInt);
  check("shortest n-gram", header.min_length, 0, kInt);
  check("longest n-gram", header.max_length, 0, kInt);
  check("hashes", header.hashes, 1, 4);
  check("seed", header.seed, 0, std::numeric_limits<std::uint32_t>::max());
}

std::uint64_t rotated(std::uint64_t value, int bits) {
  return value << bits | value >> (64 - bits);
}

std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ value >> 33) * 0xff51afd7ed558ccdULL;
  value = (value ^ value >> 33) * 0xc4ceb9fe1a85ec53ULL;
  return value ^ value >> 33;
}

/// MurmurHash3 (x64, 128 bits) of Austin Appleby, as four numbers of 32 bits.
std::array<std::uint32_t, 4> murmur_hash(std::string_view text, std::uint32_t seed) {
  constexpr std::uint64_t kFirst = 0x87c37b91114253d5ULL, kSecond = 0x4cf5ad432745937fULL;
  constexpr std::size_t kBlock = 16;
  std::uint64_t a = seed, b = seed;
  // Both halves of a block; the last one is filled with zeros.
  const auto add = [&](std::string_view block, bool is_whole) {
    std::uint64_t halves[2] = {0, 0};
    std::memcpy(halves, block.data(), block.size());
    a ^= rotated(halves[0] * kFirst, 31) * kSecond;
    if (is_whole) a = (rotated(a, 27) + b) * 5 + 0x52dce729;
    b ^= rotated(halves[1] * kSecond, 33) * kFirst;
    if (is_whole) b = (rotated(b, 31) + a) * 5 + 0x38495ab5;
  };
  std::size_t begin = 0;
  for (; begin + kBlock <= text.size(); begin += kBlock) add(text.substr(begin, kBlock), true);
  if (begin < text.size()) add(text.substr(begin), false);
  a ^= text.size();
  b ^= text.size();
  a += b;
  b += a;
  a = mixed(a);
  b = mixed(b);
  a += b;
  b += a;
  return {static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(a >> 32),
          static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(b >> 32)};
}

class FloretVectors : public SubwordVectors {
 public:
  FloretVectors(const FloretHeader& header, EmbeddingTable rows)
      : header_(header),
        word_begin_(header.word_begin),
        word_end_(header.word_end),
        rows_(std::move(rows)) {}

  /// The vector of the end of a line is not in the table.
  bool vector_of(std::string_view word, float* row) const override {
    if (word.empty() || word == kFastTextEndOfSentence) return false;
    const std::string marked = word_begin_ + std::string(word) + word_end_;
    std::vector<double> sums(static_cast<std::size_t>(header_.dim));
    std::int64_t count = 0;
    const auto add = [&](std::string_view text) {
      const auto hashes = murmur_hash(text, static_cast<std::uint32_t>(header_.seed));
      for (std::int64_t i = 0; i < header_.hashes; ++i, ++count) {
        const float* const vector =
            rows_.row(hashes[static_cast<std::size_t>(i)] % header_.buckets);
        for (std::size_t d = 0; d < sums.size(); ++d) sums[d] += vector[d];
      }
    };
    add(marked);
    const auto continues = [&](std::size_t i) { return (marked[i] & 0xC0) == 0x80; };
    for (std::size_t begin = 0; begin < marked.size(); ++begin) {
      if (continues(begin)) continue;
      std::size_t end = begin;
      for (std::int64_t n = 1; n <= header_.max_length && end < marked.size(); ++n) {
        while (++end < marked.size() && continues(end)) {
        }
        const bool only_a_mark = n == 1 && (begin == 0 || end == marked.size());
        if (n >= header_.min_length && !only_a_mark)
          add(std::string_view(marked).substr(begin, end - begin));
      }
    }
    for (std::size_t d = 0; d < sums.size(); ++d)
      row[d] = static_cast<float>(sums[d] / static_cast<double>(count));
    return true;
  }

 private:
  FloretHeader header_;
  std::string word_begin_, word_end_;
  EmbeddingTable rows_;
};

bool recognise(const VectorFile& file) { return parse_floret_header(text_of(file)).has_value(); }

/// The words of the list next to the file, or of the vectors that floret writes next to it.
std::vector<std::string> floret_words(const VectorFile& file) {
  const std::string list = file.renamed(".words"), vectors = file.renamed(".vec");
  std::vector<std::string> words;
  if (const auto content = file.neighbour ? file.neighbour(list) : std::nullopt) {
    for (const auto line : lines_of(*content, list))
      if (!line.empty()) words.emplace_back(line);
  } else if (const auto text = file.neighbour ? file.neighbour(vectors) : std::nullopt) {
    VectorFile words_file;
    words_file.path = file.path.parent_path() / vectors;
    words_file.content = *text;
    words_file.limit = file.limit;
    const EmbeddingTable table =
        read_text_rows(words_file, parse_header(text_of(words_file), words_file.name()));
    for (std::int64_t i = 0; i < table.size(); ++i) words.emplace_back(table.word(i));
  } else {
    warn(
        "{}: neither {} nor {} names words, so only words that are asked for have vectors (eval: "
        "--unknown subword)",
        file.name(), list, vectors);
  }
  return words;
}

EmbeddingTable read(const VectorFile& file) {
  const FloretHeader header = parse_floret_header(text_of(file)).value();
  check_floret_header(header, file.name());
  VectorFile all = file;
  all.limit = 0;
  EmbeddingTable rows = read_text_rows(all, VectorHeader{header.buckets, header.dim, header.bytes});
  for (std::int64_t i = 0; i < header.buckets; ++i)
    if (i >= rows.size() || rows.word(i) != std::to_string(i))
      throw Error("a row of floret's table has the wrong number")
          .at("{}:{}", file.name(), i + 2)
          .expected("{}", i)
          .got("{}", i < rows.size() ? printable(rows.word(i)) : "a number that occurred before");
  const auto vectors = std::make_shared<const FloretVectors>(header, std::move(rows));
  ParsedVectors parsed;
  parsed.dim = header.dim;
  parsed.unseen = vectors;
  for (const auto& word : floret_words(file)) {
    if (file.limit > 0 && parsed.words.size() == file.limit) break;
    if (word != kFastTextEndOfSentence) parsed.words.add(word);
  }
  const std::int64_t size = parsed.words.size();
  parsed.rows = new_floats(size * header.dim);
  for_each_range(size, kWordsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      vectors->vector_of(parsed.words[i], parsed.rows.get() + i * header.dim);
  });
  return as_table(std::move(parsed), file.name());
}

}  // namespace

VectorFormatInfo describe_floret_format() {
  return {"floret's tables, as spaCy reads them; words from a second file, .words or .vec",
          {},
          "",
          "",
          recognise,
          read,
          nullptr};
}

}  // namespace wordbridge
