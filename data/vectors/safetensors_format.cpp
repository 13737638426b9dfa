// safetensors (F32, F64, F16, BF16): its only matrix, or the one that is named. The words are a
// JSON list in its metadata
// ("words"), or in a file next to it, one per line.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/text/unicode.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/stored_array.h"

namespace wordbridge {
namespace {

using nlohmann::json;

/// The format's limit of the header. Eight characters of text are a larger number.
constexpr std::uint64_t kMostHeaderBytes = 100'000'000;

/// Size of a safetensors file's header; 0 if the content is not a safetensors file.
std::uint64_t header_bytes(std::string_view content) {
  if (content.size() < 10 || content[8] != '{') return 0;
  const auto size = little_endian<std::uint64_t>(content.substr(0, 8));
  return size < 2 || (size > kMostHeaderBytes && size > content.size() - 8) ? 0 : size;
}

constexpr std::array<std::pair<std::string_view, NumberType>, 4> kTypes = {
    {{"F16", NumberType::f16},
     {"BF16", NumberType::bf16},
     {"F32", NumberType::f32},
     {"F64", NumberType::f64}}};

/// The type of the tensor's numbers; std::nullopt if they are not floating-point numbers.
std::optional<NumberType> type_of(const json& tensor) {
  const json dtype = tensor.value("dtype", json());
  for (const auto& [name, type] : kTypes)
    if (dtype == std::string(name)) return type;
  return std::nullopt;
}

bool is_matrix(const json& tensor) {
  const json shape = tensor.value("shape", json());
  return shape.is_array() && shape.size() == 2;
}

/// The matrix named by `file.tensor`, or the only one of floating-point numbers, with its name.
std::pair<std::string, json> chosen_matrix(const json& header, const VectorFile& file) {
  std::vector<std::string> names, all;
  for (const auto& [key, tensor] : header.items()) {
    if (key == "__metadata__" || !tensor.is_object()) continue;
    const json dtype = tensor.value("dtype", json());
    all.push_back(printable(fmt::format("{} {} {}", key,
                                        dtype.is_string() ? dtype.get<std::string>() : dtype.dump(),
                                        tensor.value("shape", json()).dump())));
    if (key == file.tensor || (file.tensor.empty() && is_matrix(tensor) && type_of(tensor)))
      names.push_back(key);
  }
  if (names.size() == 1 && is_matrix(header.at(names[0]))) return {names[0], header.at(names[0])};
  constexpr std::size_t kMostListed = 20;
  const std::size_t listed = std::min(all.size(), kMostListed);
  Error error(file.tensor.empty() ? "the file does not contain exactly one matrix of numbers"
                                  : "the file does not contain this matrix");
  error.at("{}", file.name());
  if (!file.tensor.empty()) error.expected("a matrix '{}'", printable(file.tensor));
  error.got(
      "{}{}",
      all.empty()
          ? "no tensors"
          : fmt::format("{}", fmt::join(all.begin(),
                                        all.begin() + static_cast<std::ptrdiff_t>(listed), "; ")),
      listed < all.size() ? fmt::format("; {} more", all.size() - listed) : "");
  error.hint("name the matrix of word vectors: --tensor NAME (wordbridge convert stores it alone)");
  throw error;
}

bool recognise(const VectorFile& file) { return header_bytes(file.content) > 0; }

EmbeddingTable read(const VectorFile& file) {
  const std::string name = file.name();
  const std::uint64_t header_size = header_bytes(file.content);
  if (header_size > file.content.size() - 8) {
    throw Error("the vector file is truncated")
        .at("{}", name)
        .expected("a header of {}", counted(static_cast<std::int64_t>(header_size), "byte"))
        .got("{}", counted(static_cast<std::int64_t>(file.content.size()) - 8, "byte"));
  }
  const std::string_view text = file.content.substr(8, header_size);
  const json header = parse_json(text, name);
  if (!header.is_object()) {
    throw Error("the header of the safetensors file is not a JSON object").at("{}", name);
  }
  const auto [key, tensor] = chosen_matrix(header, file);
  const auto type = type_of(tensor);
  const json offsets = tensor.value("data_offsets", json());
  const std::string_view data = file.content.substr(8 + text.size());
  const bool placed = offsets.is_array() && offsets.size() == 2 &&
                      offsets[0].is_number_unsigned() && offsets[1].is_number_unsigned() &&
                      tensor["shape"][0].is_number_unsigned() &&
                      tensor["shape"][1].is_number_unsigned();
  if (!type || !placed || offsets[0].get<std::uint64_t>() > offsets[1].get<std::uint64_t>()) {
    throw Error("the tensor can't be read as word vectors")
        .at("{}: {}", name, printable(key))
        .expected("a dtype of F32, F64, F16 or BF16, a shape and data_offsets")
        .got("{}", printable(tensor.dump()));
  }
  if (offsets[1].get<std::uint64_t>() > data.size()) {
    throw Error("the vector file is truncated")
        .at("{}: {}", name, printable(key))
        .expected("{} bytes after the header", offsets[1].get<std::uint64_t>())
        .got("{}", data.size());
  }
  const auto begin = offsets[0].get<std::size_t>();
  const StoredArray array{tensor["shape"][0].get<std::int64_t>(),
                          tensor["shape"][1].get<std::int64_t>(), *type,
                          data.substr(begin, offsets[1].get<std::size_t>() - begin)};
  const json metadata = header.value("__metadata__", json::object());
  const json own =
      metadata.contains("words") && metadata["words"].is_string()
          ? json::parse(metadata["words"].get_ref<const std::string&>(), nullptr, false)
          : json();
  const bool has_own = own.is_array() && std::all_of(own.begin(), own.end(), [](const json& word) {
                         return word.is_string();
                       });
  if (!has_own)
    return with_stored_steps(read_array(array, neighbouring_words(file), file), metadata);
  std::vector<std::string_view> views;
  views.reserve(own.size());
  for (const auto& word : own) views.emplace_back(word.get_ref<const std::string&>());
  return with_stored_steps(read_array(array, views, file, true), metadata);
}

void write(const EmbeddingTable& table, const fs::path& path) {
  AtomicFile file(path);
  json words = json::array();
  for (std::int64_t i = 0; i < table.size(); ++i) {
    if (with_replacements(table.word(i)) != table.word(i)) {
      throw Error("the word can't be stored in this vectors format")
          .at("row {}", i + 1)
          .expected("valid UTF-8")
          .got("'{}'", printable(table.word(i)));
    }
    words.push_back(std::string(table.word(i)));
  }
  const auto bytes = static_cast<std::uint64_t>(table.size() * table.dim()) * sizeof(float);
  json metadata = {{"words", words.dump()}};
  if (!table.steps().empty()) metadata[kStoredSteps] = with_escaped_bytes(table.steps());
  const json header = {
      {"__metadata__", metadata},
      {"vectors",
       {{"dtype", "F32"}, {"shape", {table.size(), table.dim()}}, {"data_offsets", {0, bytes}}}}};
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t size = text.size();
  file.write(&size, sizeof(size));
  file.write(text);
  file.write(table.data(), bytes);
  file.commit();
}

}  // namespace

VectorFormatInfo describe_safetensors_format() {
  return {
      "safetensors; the words in its metadata", {".safetensors"}, "", "\n", recognise, read, write};
}

}  // namespace wordbridge
