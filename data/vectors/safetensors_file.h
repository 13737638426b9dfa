#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/io/container.h"
#include "data/vectors/stored_array.h"

namespace wordbridge {

class AtomicFile;

/// A safetensors file: a JSON header with the type, the shape and the place of each tensor, then
/// their numbers.
struct SafetensorsFile {
  std::string name;       // for messages
  nlohmann::json header;  // an object
  std::string_view data;  // after the header
};

/// Whether the content starts like a safetensors file, which may be truncated.
bool is_safetensors(std::string_view content);
/// Error if the file is truncated within its header, or the header is not a JSON object.
SafetensorsFile parse_safetensors(std::string_view content, const std::string& name);

/// "NAME F32 [3,2]; ...": the first of the file's tensors.
std::string listed_tensors(const SafetensorsFile& file);
/// The type of the tensor's numbers; std::nullopt if it is not one of NumberType.
std::optional<NumberType> number_type(const nlohmann::json& tensor);
bool is_floating_point(std::optional<NumberType> type);

/// The tensor `key`, which exists: a matrix, or a list (one column). Error `what` with the tensor,
/// and `expected`, if its type is not one of `types` or its shape has not `rank` sizes; Error if
/// its data is not in the file.
StoredArray safetensors_array(const SafetensorsFile& file, const std::string& key, std::size_t rank,
                              const std::vector<NumberType>& types, const std::string& what,
                              const std::string& expected);

/// Writes one matrix of float32, `key`, to the file: the table's rows, then `extra_rows` rows of
/// zeros.
void write_safetensors(const EmbeddingTable& table, const std::string& key, std::int64_t extra_rows,
                       const nlohmann::json& metadata, AtomicFile& file);

/// Writes arrays by their names: those of the widest numbers first, so that all are aligned.
void write_safetensors(std::vector<std::pair<std::string, ContainerReader::Array>> arrays,
                       const nlohmann::json& metadata, AtomicFile& file);

}  // namespace wordbridge
