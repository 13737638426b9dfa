// safetensors (F32, F64, F16, BF16): its only matrix, or the one that is named. The words are a
// JSON list in its metadata
// ("words"), or in a file next to it, one per line.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"
#include "data/text/unicode.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/safetensors_file.h"

namespace wordbridge {
namespace {

using nlohmann::json;

bool is_matrix(const json& tensor) {
  const json shape = tensor.value("shape", json());
  return shape.is_array() && shape.size() == 2;
}

/// The name of the matrix `file.tensor`, or of the only one of floating-point numbers.
std::string chosen_matrix(const SafetensorsFile& tensors, const VectorFile& file) {
  std::vector<std::string> names;
  for (const auto& [key, tensor] : tensors.header.items()) {
    if (key == "__metadata__" || !tensor.is_object()) continue;
    if (key == file.tensor ||
        (file.tensor.empty() && is_matrix(tensor) && is_floating_point(number_type(tensor))))
      names.push_back(key);
  }
  if (names.size() == 1 && is_matrix(tensors.header.at(names[0]))) return names[0];
  Error error(file.tensor.empty() ? "the file does not contain exactly one matrix of numbers"
                                  : "the file does not contain this matrix");
  error.at("{}", file.name());
  if (!file.tensor.empty()) error.expected("a matrix '{}'", printable(file.tensor));
  error.got("{}", listed_tensors(tensors));
  error.hint("name the matrix of word vectors: --tensor NAME (wordbridge convert stores it alone)");
  throw error;
}

bool recognise(const VectorFile& file) { return is_safetensors(file.content); }

EmbeddingTable read(const VectorFile& file) {
  const SafetensorsFile tensors = parse_safetensors(file.content, file.name());
  const StoredArray array = safetensors_array(
      tensors, chosen_matrix(tensors, file), 2,
      {NumberType::f32, NumberType::f64, NumberType::f16, NumberType::bf16},
      "the tensor can't be read as word vectors", "a dtype of F32, F64, F16 or BF16");
  const json metadata = tensors.header.value("__metadata__", json::object());
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
  json metadata = {{"words", words.dump()}};
  if (!table.steps().empty()) metadata[kStoredSteps] = with_escaped_bytes(table.steps());
  write_safetensors(table, "vectors", 0, metadata, file);
  file.commit();
}

}  // namespace

VectorFormatInfo describe_safetensors_format() {
  return {
      "safetensors; the words in its metadata", {".safetensors"}, "", "\n", recognise, read, write};
}

}  // namespace wordbridge
