#include "data/vectors/stored_array.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/vectors/parsed_vectors.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kNumbersPerBlock = 1 << 16;

float from_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 31)
    return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                         : sign * std::numeric_limits<float>::infinity();
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
}

float from_bfloat16(std::uint16_t bits) {
  const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
  float value = 0;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

std::size_t size_of(NumberType type) {
  switch (type) {
    case NumberType::i8:
      return 1;
    case NumberType::f16:
    case NumberType::bf16:
      return 2;
    case NumberType::f32:
    case NumberType::i32:
      return 4;
    case NumberType::f64:
    case NumberType::i64:
      break;
  }
  return 8;
}

/// A number of the array, whose bytes may be in the other order.
template <class T>
T stored_number(const char* bytes, bool is_big_endian) {
  std::array<char, sizeof(T)> ordered{};
  std::memcpy(ordered.data(), bytes, sizeof(T));
  if (is_big_endian) std::reverse(ordered.begin(), ordered.end());
  return little_endian<T>({ordered.data(), sizeof(T)});
}

float number_at(const StoredArray& array, std::int64_t row, std::int64_t column) {
  const std::int64_t i = array.is_by_columns ? column * array.rows + row : row * array.dim + column;
  const char* const bytes = array.data.data() + i * static_cast<std::int64_t>(size_of(array.type));
  switch (array.type) {
    case NumberType::f16:
      return from_half(stored_number<std::uint16_t>(bytes, array.is_big_endian));
    case NumberType::bf16:
      return from_bfloat16(stored_number<std::uint16_t>(bytes, array.is_big_endian));
    case NumberType::f64:
      return static_cast<float>(stored_number<double>(bytes, array.is_big_endian));
    case NumberType::i8:
    case NumberType::i32:
    case NumberType::i64:
      return static_cast<float>(integer_at(array, i));
    case NumberType::f32:
      break;
  }
  return stored_number<float>(bytes, array.is_big_endian);
}

}  // namespace

std::int64_t integer_at(const StoredArray& array, std::int64_t i) {
  const char* const bytes = array.data.data() + i * static_cast<std::int64_t>(size_of(array.type));
  if (array.type == NumberType::i8) return static_cast<signed char>(*bytes);
  if (array.type == NumberType::i32) return stored_number<std::int32_t>(bytes, array.is_big_endian);
  WB_ASSERT(array.type == NumberType::i64, "not an array of integers");
  return stored_number<std::int64_t>(bytes, array.is_big_endian);
}

void copy_rows(const StoredArray& array, std::int64_t begin, std::int64_t end, float* to) {
  const std::int64_t dim = array.dim;
  if (array.type == NumberType::f32 && !array.is_big_endian && !array.is_by_columns) {
    std::memcpy(to, array.data.data() + begin * dim * 4,
                static_cast<std::size_t>((end - begin) * dim) * 4);
  } else if (array.is_by_columns) {
    for (std::int64_t column = 0; column < dim; ++column)
      for (std::int64_t row = begin; row < end; ++row)
        to[(row - begin) * dim + column] = number_at(array, row, column);
  } else {
    for (std::int64_t row = begin; row < end; ++row)
      for (std::int64_t column = 0; column < dim; ++column) *to++ = number_at(array, row, column);
  }
}

void check_size(const StoredArray& array, const std::string& name) {
  // As in a word2vec header: larger arrays are not addressable.
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 8;
  if (array.rows < 1 || array.dim < 1 || array.rows > kMost / array.dim) {
    throw Error("invalid shape for an array of word vectors")
        .at("{}", name)
        .expected("at least one row and one column, and a size that fits into memory")
        .got("{} x {}", array.rows, array.dim);
  }
  const auto bytes = static_cast<std::size_t>(array.rows * array.dim) * size_of(array.type);
  if (array.data.size() != bytes) {
    throw Error("the size of the vector file does not match its header")
        .at("{}", name)
        .expected("{} bytes for {} x {} numbers", bytes, array.rows, array.dim)
        .got("{} bytes", array.data.size());
  }
}

EmbeddingTable read_array(const StoredArray& array, const std::vector<std::string_view>& words,
                          const VectorFile& file, bool words_end) {
  const std::string name = file.name();
  check_size(array, name);
  if (static_cast<std::int64_t>(words.size()) != array.rows) {
    throw Error("the numbers of words and vectors do not match")
        .at("{}", name)
        .expected("{}, one for each vector", counted(array.rows, "word"))
        .got("{}", words.size());
  }
  const std::int64_t size = file.limit > 0 ? std::min(file.limit, array.rows) : array.rows;
  ParsedVectors vectors{
      WordList(std::vector<std::string_view>(words.begin(), words.begin() + size)),
      new_floats(size * array.dim), array.dim, nullptr, words_end};
  const std::int64_t dim = array.dim;
  std::atomic<std::int64_t> first_bad{size * dim};
  for_each_range(size, std::max<std::int64_t>(kNumbersPerBlock / dim, 1),
                 [&](std::int64_t begin, std::int64_t end) {
                   float* const to = vectors.rows.get() + begin * dim;
                   copy_rows(array, begin, end, to);
                   if (const auto bad = first_not_finite(to, (end - begin) * dim); bad >= 0)
                     keep_least(first_bad, begin * dim + bad);
                 });
  if (const std::int64_t bad = first_bad; bad < size * array.dim) {
    throw Error("a vector is not finite")
        .at("{}: row {}, column {}", name, bad / array.dim + 1, bad % array.dim + 1)
        .got("{} in the vector of '{}'", vectors.rows.get()[bad],
             printable(vectors.words[bad / array.dim]));
  }
  return as_table(std::move(vectors), name);
}

std::vector<std::string_view> neighbouring_words(const VectorFile& file) {
  for (const char* const ending : {".words", ".vocab", ".txt"}) {
    const std::string name = file.renamed(ending);
    const auto content = file.neighbour(name);
    if (!content) continue;
    auto words = lines_of(*content, name);
    // A table, such as the .vocab of a sentencepiece model.
    const auto has_tab = [](std::string_view word) { return word.find('\t') != word.npos; };
    if (!words.empty() && std::all_of(words.begin(), words.end(), has_tab)) {
      warn("{}: the words are its first column", name);
      for (auto& word : words) word = word.substr(0, word.find('\t'));
    }
    return words;
  }
  throw Error("no list of words found next to the vectors")
      .at("{}", file.name())
      .expected("{0}.words, {0}.vocab or {0}.txt: one word per line, in the order of the rows",
                file.path.stem().string());
}

}  // namespace wordbridge
