// Vectors as one array, the words apart from it: NumPy's .npy, safetensors, TensorBoard's
// projector.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <regex>

#include "core/error.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/unicode.h"
#include "data/vector_files.h"
#include "data/vector_files_formats.h"

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
ParsedVectors parsed(const StoredArray& array, std::vector<std::string> words, std::int64_t limit,
                     const std::string& name) {
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
  words.resize(static_cast<std::size_t>(size));
  ParsedVectors vectors{std::move(words), {}, array.dim};
  vectors.rows.resize(static_cast<std::size_t>(size * array.dim));
  for_each_range(size * array.dim, kNumbersPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = begin; i < end; ++i)
      vectors.rows[static_cast<std::size_t>(i)] = number_at(array.data.data(), array.type, i);
  });
  if (const auto bad = first_not_finite(vectors.rows.data(), size * array.dim); bad >= 0) {
    throw Error("a vector is not finite")
        .at("{}: row {}, column {}", name, bad / array.dim + 1, bad % array.dim + 1)
        .got("{} in the vector of '{}'", vectors.rows[static_cast<std::size_t>(bad)],
             printable(vectors.words[static_cast<std::size_t>(bad / array.dim)]));
  }
  return vectors;
}

/// A value of the dictionary in an .npy's header: what follows 'key': up to its end.
std::string header_value(const std::string& header, const std::string& key) {
  std::smatch match;
  const std::regex pattern("'" + key + R"('\s*:\s*('[^']*'|\([^)]*\)|\w+))");
  return std::regex_search(header, match, pattern) ? match[1].str() : "";
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
  const std::string header(content.substr(start, size));
  StoredArray array;
  array.data = content.substr(start + size);
  const std::string type = header_value(header, "descr");
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
  const std::string shape = header_value(header, "shape");
  std::smatch match;
  if (!std::regex_match(shape, match, std::regex(R"(\((\d{1,18}), *(\d{1,18}),?\))"))) {
    throw Error("the array is no matrix of word vectors")
        .at("{}", name)
        .expected("two dimensions, words x features")
        .got("{}", printable(shape));
  }
  array.rows = std::stoll(match[1].str());
  array.dim = std::stoll(match[2].str());
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

bool is_number_line(std::string_view line) {
  const auto fields = split(line, '\t');
  return std::all_of(fields.begin(), fields.end(), [](std::string_view field) {
    return parse_double(trimmed(field)).has_value();
  });
}

std::vector<std::string> lines_of(std::string_view content) {
  std::vector<std::string> lines;
  for (auto line : split(content, '\n')) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.emplace_back(line);
  }
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

/// The first of these files beside `path` that exists.
std::optional<fs::path> beside(const fs::path& path, const std::vector<fs::path>& names) {
  for (const auto& name : names) {
    if (const fs::path file = path.parent_path() / name; fs::is_regular_file(file)) return file;
  }
  return std::nullopt;
}

std::vector<std::string> words_beside(const fs::path& path) {
  const std::string stem = path.stem().string();
  const auto file = beside(path, {stem + ".words", stem + ".vocab", stem + ".txt"});
  if (!file) {
    throw Error("there is no list of the words beside the vectors")
        .at("{}", path.string())
        .expected("{0}.words, {0}.vocab or {0}.txt: a word a line, in the order of the rows", stem);
  }
  return lines_of(MappedFile::open(*file)->view());
}

std::optional<fs::path> metadata_beside(const fs::path& path) {
  return beside(path, {path.stem().string() + ".metadata.tsv", "metadata.tsv"});
}

}  // namespace

bool is_numpy(std::string_view content) {
  return content.substr(0, kNumpyMagic.size()) == kNumpyMagic;
}

ParsedVectors parse_numpy_vectors(std::string_view content, std::int64_t limit,
                                  const fs::path& path) {
  return parsed(numpy_array(content, path.string()), words_beside(path), limit, path.string());
}

bool is_safetensors(std::string_view content) { return !safetensors_header(content).empty(); }

ParsedVectors parse_safetensors_vectors(std::string_view content, std::int64_t limit,
                                        const fs::path& path) {
  const std::string name = path.string();
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
  const json words = metadata.contains("words") && metadata["words"].is_string()
                         ? json::parse(metadata["words"].get<std::string>(), nullptr, false)
                         : json();
  const bool own =
      words.is_array() &&
      std::all_of(words.begin(), words.end(), [](const json& word) { return word.is_string(); });
  return parsed(array, own ? words.get<std::vector<std::string>>() : words_beside(path), limit,
                name);
}

bool is_projector(std::string_view content, const fs::path& path) {
  const std::string_view line = content.substr(0, content.find('\n'));
  return line.find(' ') == line.npos && is_number_line(line) && metadata_beside(path).has_value();
}

ParsedVectors parse_projector_vectors(std::string_view content, std::int64_t limit,
                                      const fs::path& path) {
  const fs::path metadata = *metadata_beside(path);
  auto words = lines_of(MappedFile::open(metadata)->view());
  // Several columns have a line of their names; the words are the first.
  const bool columns = !words.empty() && words[0].find('\t') != std::string::npos;
  if (columns) words.erase(words.begin());
  for (auto& word : words) word.erase(std::min(word.find('\t'), word.size()));
  const auto lines = lines_of(content);
  if (lines.size() != words.size()) {
    throw Error("words and vectors do not agree")
        .at("{}", path.string())
        .expected("{} lines, as many as {} has words", words.size(), metadata.string())
        .got("{}", lines.size());
  }
  const std::size_t size =
      limit > 0 ? std::min(static_cast<std::size_t>(limit), lines.size()) : lines.size();
  words.resize(size);
  ParsedVectors vectors{std::move(words), {}, 0};
  for (std::size_t i = 0; i < size; ++i) {
    const auto fields = split(lines[i], '\t');
    if (i == 0) vectors.dim = static_cast<std::int64_t>(fields.size());
    if (static_cast<std::int64_t>(fields.size()) != vectors.dim) {
      throw Error("a vector has another number of columns")
          .at("{}:{}", path.string(), i + 1)
          .expected("{}", vectors.dim)
          .got("{}", fields.size());
    }
    for (const auto field : fields) {
      const auto value = parse_double(trimmed(field));
      const auto number = value ? static_cast<float>(*value) : 0.0F;
      if (!value || !std::isfinite(number)) {
        throw Error("a vector's column is no finite number")
            .at("{}:{}", path.string(), i + 1)
            .got("'{}'", printable(field));
      }
      vectors.rows.push_back(number);
    }
  }
  return vectors;
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

void write_projector_vectors(const EmbeddingTable& table, const fs::path& path) {
  AtomicFile file(path), words(*words_file(path, VectorFormat::projector));
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

}  // namespace wordbridge
