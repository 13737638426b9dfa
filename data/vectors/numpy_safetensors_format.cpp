// Vectors as one array, the words apart from it: NumPy's .npy and safetensors.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>

#include "core/error.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/text/unicode.h"
#include "data/vectors/formats.h"
#include "data/vectors/vector_files.h"

namespace wordbridge {
namespace {

using nlohmann::json;

constexpr std::string_view kNumpyMagic = "\x93NUMPY";
constexpr std::int64_t kNumbersPerBlock = 1 << 16;

template <class T>
T little_endian(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

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

enum class NumberType { f16, bf16, f32, f64 };

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

/// An array of a file: what the header says of it.
struct StoredArray {
  std::int64_t rows = 0, dim = 0;
  NumberType type = NumberType::f32;
  std::string_view data;
};

/// The first `limit` rows (0: all) and their words.
ParsedVectors parsed(const StoredArray& array, const std::vector<std::string_view>& words,
                     std::int64_t limit, const std::string& name) {
  // As of a word2vec header: no address reaches more.
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 8;
  if (array.rows < 1 || array.dim < 1 || array.rows > kMost / array.dim) {
    throw Error("the array can't hold word vectors")
        .at("{}", name)
        .expected("at least one row and one column")
        .got("{} x {}", array.rows, array.dim);
  }
  const auto bytes = static_cast<std::size_t>(array.rows * array.dim) * size_of(array.type);
  if (array.data.size() != bytes) {
    throw Error("the vector file is cut short, or longer than its header says")
        .at("{}", name)
        .expected("{} bytes of {} x {} numbers", bytes, array.rows, array.dim)
        .got("{} bytes", array.data.size());
  }
  if (static_cast<std::int64_t>(words.size()) != array.rows) {
    throw Error("words and vectors do not agree")
        .at("{}", name)
        .expected("{} words, as many as vectors", array.rows)
        .got("{}", words.size());
  }
  const std::int64_t size = limit > 0 ? std::min(limit, array.rows) : array.rows;
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
  return vectors;
}

/// A value of the dictionary in an .npy's header, what follows 'key': a text or a tuple with its
/// marks, or a name; empty if there is none.
std::string_view header_value(std::string_view header, const std::string& key) {
  const std::string quoted = "'" + key + "'";
  std::size_t at = header.find(quoted);
  if (at == header.npos) return {};
  header.remove_prefix(at + quoted.size());
  at = header.find_first_not_of(" \t");
  if (at == header.npos || header[at] != ':') return {};
  at = header.find_first_not_of(" \t", at + 1);
  if (at == header.npos) return {};
  header.remove_prefix(at);
  if (header[0] == '\'' || header[0] == '(') {
    const std::size_t end = header.find(header[0] == '(' ? ')' : '\'', 1);
    return end == header.npos ? std::string_view() : header.substr(0, end + 1);
  }
  return header.substr(0, header.find_first_of(" \t,}"));
}

/// Both numbers of "(rows, columns)".
std::optional<std::pair<std::int64_t, std::int64_t>> matrix_shape(std::string_view shape) {
  if (shape.size() < 2 || shape[0] != '(') return std::nullopt;
  auto fields = split(shape.substr(1, shape.size() - 2), ',');
  if (fields.size() == 3 && trimmed(fields[2]).empty()) fields.pop_back();
  if (fields.size() != 2) return std::nullopt;
  const auto rows = parse_integer(trimmed(fields[0])), dim = parse_integer(trimmed(fields[1]));
  if (!rows || !dim) return std::nullopt;
  return std::pair{*rows, *dim};
}

StoredArray numpy_array(std::string_view content, const std::string& name) {
  const auto damaged = [&](const std::string& got) {
    return Error("the NumPy file's header can't be read").at("{}", name).got("{}", got);
  };
  if (content.size() < 12) throw damaged("only " + std::to_string(content.size()) + " bytes");
  const bool first_version = content[6] == 1;
  const std::size_t start = first_version ? 10 : 12;
  const std::size_t size = first_version ? little_endian<std::uint16_t>(content.substr(8, 2))
                                         : little_endian<std::uint32_t>(content.substr(8, 4));
  if (size > content.size() - start) throw damaged("a header that ends behind the file");
  const std::string_view header = content.substr(start, size);
  StoredArray array;
  array.data = content.substr(start + size);
  const std::string_view type = header_value(header, "descr");
  if (type == "'<f2'")
    array.type = NumberType::f16;
  else if (type == "'<f4'")
    array.type = NumberType::f32;
  else if (type == "'<f8'")
    array.type = NumberType::f64;
  else {
    throw Error("the array is not of floating-point numbers")
        .at("{}", name)
        .expected("'<f4', '<f8' or '<f2'")
        .got("{}", printable(type));
  }
  if (header_value(header, "fortran_order") != "False") {
    throw Error("the array's columns, not its rows, are together")
        .at("{}", name)
        .hint("save numpy.ascontiguousarray of it");
  }
  const std::string_view shape = header_value(header, "shape");
  const auto sizes = matrix_shape(shape);
  if (!sizes) {
    throw Error("the array is no matrix of word vectors")
        .at("{}", name)
        .expected("two dimensions, words x features")
        .got("{}", printable(shape));
  }
  std::tie(array.rows, array.dim) = *sizes;
  return array;
}

/// The header of a safetensors file as text; empty if it is none.
std::string_view safetensors_header(std::string_view content) {
  if (content.size() < 10 || content[8] != '{') return {};
  const auto size = little_endian<std::uint64_t>(content.substr(0, 8));
  if (size < 2 || size > content.size() - 8) return {};
  return content.substr(8, size);
}

/// The only matrix of floating-point numbers.
std::pair<std::string, json> only_matrix(const json& header, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [key, tensor] : header.items()) {
    if (key == "__metadata__" || !tensor.is_object()) continue;
    const json shape = tensor.value("shape", json());
    if (shape.is_array() && shape.size() == 2) names.push_back(key);
  }
  if (names.size() != 1) {
    throw Error("the file must hold one matrix of word vectors")
        .at("{}", name)
        .got("{}", names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
  }
  return {names[0], header.at(names[0])};
}

}  // namespace

bool is_numpy(std::string_view content) {
  return content.substr(0, kNumpyMagic.size()) == kNumpyMagic;
}

ParsedVectors parse_numpy_vectors(std::string_view content, const WordsBeside& words,
                                  std::int64_t limit, const std::string& name) {
  return parsed(numpy_array(content, name), lines_of(words()), limit, name);
}

bool is_safetensors(std::string_view content) { return !safetensors_header(content).empty(); }

ParsedVectors parse_safetensors_vectors(std::string_view content, const WordsBeside& words,
                                        std::int64_t limit, const std::string& name) {
  const std::string_view text = safetensors_header(content);
  const json header = json::parse(text, nullptr, false);
  if (!header.is_object()) {
    throw Error("the safetensors file's header is no JSON object").at("{}", name);
  }
  const auto [key, tensor] = only_matrix(header, name);
  static const std::array<std::pair<const char*, NumberType>, 4> kTypes = {
      {{"F16", NumberType::f16},
       {"BF16", NumberType::bf16},
       {"F32", NumberType::f32},
       {"F64", NumberType::f64}}};
  const json dtype = tensor.value("dtype", json());
  const auto* const type =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& t) { return dtype == t.first; });
  const json offsets = tensor.value("data_offsets", json());
  const std::string_view data = content.substr(8 + text.size());
  const bool placed = offsets.is_array() && offsets.size() == 2 &&
                      offsets[0].is_number_unsigned() && offsets[1].is_number_unsigned() &&
                      tensor["shape"][0].is_number_unsigned() &&
                      tensor["shape"][1].is_number_unsigned();
  if (type == kTypes.end() || !placed ||
      offsets[0].get<std::uint64_t>() > offsets[1].get<std::uint64_t>()) {
    throw Error("the tensor can't hold word vectors")
        .at("{}: {}", name, printable(key))
        .expected("F32, F64, F16 or BF16 with its place in the file")
        .got("{}", printable(tensor.dump()));
  }
  if (offsets[1].get<std::uint64_t>() > data.size()) {
    throw Error("the vector file is cut short")
        .at("{}: {}", name, printable(key))
        .expected("{} bytes behind the header", offsets[1].get<std::uint64_t>())
        .got("{}", data.size());
  }
  const auto begin = offsets[0].get<std::size_t>();
  const StoredArray array{tensor["shape"][0].get<std::int64_t>(),
                          tensor["shape"][1].get<std::int64_t>(), type->second,
                          data.substr(begin, offsets[1].get<std::size_t>() - begin)};
  const json metadata = header.value("__metadata__", json::object());
  const json own =
      metadata.contains("words") && metadata["words"].is_string()
          ? json::parse(metadata["words"].get_ref<const std::string&>(), nullptr, false)
          : json();
  const bool has_own = own.is_array() && std::all_of(own.begin(), own.end(), [](const json& word) {
                         return word.is_string();
                       });
  if (!has_own) return parsed(array, lines_of(words()), limit, name);
  std::vector<std::string_view> views;
  views.reserve(own.size());
  for (const auto& word : own) views.emplace_back(word.get_ref<const std::string&>());
  return parsed(array, views, limit, name);
}

void write_numpy_vectors(const EmbeddingTable& table, const fs::path& path) {
  std::string header = fmt::format(
      "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", table.size(), table.dim());
  constexpr std::size_t kBefore = 10, kAlignment = 64;
  header.resize(
      (kBefore + header.size() + 1 + kAlignment - 1) / kAlignment * kAlignment - kBefore - 1, ' ');
  header += '\n';
  AtomicFile file(path);
  const auto size = static_cast<std::uint16_t>(header.size());
  file.write(kNumpyMagic);
  file.write(std::string_view("\x01\x00", 2));
  file.write(&size, sizeof(size));
  file.write(header);
  file.write(table.data(), static_cast<std::size_t>(table.size() * table.dim()) * sizeof(float));
  AtomicFile words(*words_file(path, VectorFormat::numpy));
  for (std::int64_t i = 0; i < table.size(); ++i) {
    words.write(table.word(i));
    words.write("\n");
  }
  words.commit();
  file.commit();
}

void write_safetensors_vectors(const EmbeddingTable& table, AtomicFile& file) {
  json words = json::array();
  for (std::int64_t i = 0; i < table.size(); ++i) {
    if (with_replacements(table.word(i)) != table.word(i)) {
      throw Error("the word can't be written to this kind of vector file")
          .at("row {}", i + 1)
          .expected("valid UTF-8")
          .got("'{}'", printable(table.word(i)));
    }
    words.push_back(std::string(table.word(i)));
  }
  const auto bytes = static_cast<std::uint64_t>(table.size() * table.dim()) * sizeof(float);
  const json header = {
      {"__metadata__", {{"words", words.dump()}}},
      {"vectors",
       {{"dtype", "F32"}, {"shape", {table.size(), table.dim()}}, {"data_offsets", {0, bytes}}}}};
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t size = text.size();
  file.write(&size, sizeof(size));
  file.write(text);
  file.write(table.data(), bytes);
}

}  // namespace wordbridge
