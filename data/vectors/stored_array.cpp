#include "data/vectors/stored_array.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
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
  return type == NumberType::f64 ? 8 : type == NumberType::f32 ? 4 : 2;
}

float number_at(const char* data, NumberType type, std::int64_t i) {
  const std::string_view bytes(data + i * static_cast<std::int64_t>(size_of(type)), size_of(type));
  switch (type) {
    case NumberType::f16:
      return from_half(little_endian<std::uint16_t>(bytes));
    case NumberType::bf16:
      return from_bfloat16(little_endian<std::uint16_t>(bytes));
    case NumberType::f64:
      return static_cast<float>(little_endian<double>(bytes));
    case NumberType::f32:
      break;
  }
  return little_endian<float>(bytes);
}

}  // namespace

EmbeddingTable read_array(const StoredArray& array, const std::vector<std::string_view>& words,
                          const VectorFile& file) {
  const std::string name = file.name();
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
  if (static_cast<std::int64_t>(words.size()) != array.rows) {
    throw Error("the numbers of words and vectors do not match")
        .at("{}", name)
        .expected("{} words, one for each vector", array.rows)
        .got("{}", words.size());
  }
  const std::int64_t size = file.limit > 0 ? std::min(file.limit, array.rows) : array.rows;
  ParsedVectors vectors{
      WordList(std::vector<std::string_view>(words.begin(), words.begin() + size)),
      new_floats(size * array.dim), array.dim};
  std::atomic<std::int64_t> first_bad{size * array.dim};
  for_each_range(size * array.dim, kNumbersPerBlock, [&](std::int64_t begin, std::int64_t end) {
    float* const to = vectors.rows.get();
    if (array.type == NumberType::f32)
      std::memcpy(to + begin, array.data.data() + begin * 4,
                  static_cast<std::size_t>(end - begin) * 4);
    else
      for (auto i = begin; i < end; ++i) to[i] = number_at(array.data.data(), array.type, i);
    if (const auto bad = first_not_finite(to + begin, end - begin); bad >= 0)
      keep_least(first_bad, begin + bad);
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
    if (const auto words = file.neighbour(file.renamed(ending))) return lines_of(*words);
  }
  throw Error("no list of words found next to the vectors")
      .at("{}", file.name())
      .expected("{0}.words, {0}.vocab or {0}.txt: one word per line, in the order of the rows",
                file.path.stem().string());
}

}  // namespace wordbridge
