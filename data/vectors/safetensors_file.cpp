#include "data/vectors/safetensors_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/progress.h"
#include "core/text.h"

namespace wordbridge {
namespace {

using nlohmann::json;

/// The format's limit of the header. Eight characters of text are a larger number.
constexpr std::uint64_t kMostHeaderBytes = 100'000'000;

/// Size of a safetensors file's header; 0 if the content is not a safetensors file.
std::uint64_t safetensors_header_bytes(std::string_view content) {
  if (content.size() < 10 || content[8] != '{') return 0;
  const auto size = little_endian<std::uint64_t>(content.substr(0, 8));
  return size < 2 || (size > kMostHeaderBytes && size > content.size() - 8) ? 0 : size;
}

constexpr std::array<std::pair<std::string_view, NumberType>, 7> kSafetensorsTypes = {
    {{"F16", NumberType::f16},
     {"BF16", NumberType::bf16},
     {"F32", NumberType::f32},
     {"F64", NumberType::f64},
     {"I8", NumberType::i8},
     {"I32", NumberType::i32},
     {"I64", NumberType::i64}}};

void write_header(json header, const json& metadata, AtomicFile& file) {
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t size = text.size();
  file.write(&size, sizeof(size));
  file.write(text);
}

bool are_sizes(const json& list, std::size_t count) {
  return list.is_array() && list.size() == count &&
         std::all_of(list.begin(), list.end(),
                     [](const json& size) { return size.is_number_unsigned(); });
}

}  // namespace

bool is_safetensors(std::string_view content) { return safetensors_header_bytes(content) > 0; }

SafetensorsFile parse_safetensors(std::string_view content, const std::string& name) {
  const std::uint64_t header_size = safetensors_header_bytes(content);
  if (header_size > content.size() - 8) {
    throw Error("the vector file is truncated")
        .at("{}", name)
        .expected("a header of {}", counted(static_cast<std::int64_t>(header_size), "byte"))
        .got("{}", counted(static_cast<std::int64_t>(content.size()) - 8, "byte"));
  }
  json header = parse_json(content.substr(8, header_size), name);
  if (!header.is_object())
    throw Error("the header of the safetensors file is not a JSON object").at("{}", name);
  return {name, std::move(header), content.substr(8 + header_size)};
}

std::string listed_tensors(const SafetensorsFile& file) {
  std::vector<std::string> all;
  for (const auto& [key, tensor] : file.header.items()) {
    if (key == "__metadata__" || !tensor.is_object()) continue;
    const json dtype = tensor.value("dtype", json());
    all.push_back(printable(fmt::format("{} {} {}", key,
                                        dtype.is_string() ? dtype.get<std::string>() : dtype.dump(),
                                        tensor.value("shape", json()).dump())));
  }
  constexpr std::size_t kMostListed = 20;
  const std::size_t listed = std::min(all.size(), kMostListed), more = all.size() - listed;
  if (all.empty()) return "no tensors";
  all.resize(listed);
  return join(all, "; ") + (more > 0 ? fmt::format("; {} more", more) : "");
}

std::optional<NumberType> number_type(const json& tensor) {
  const json dtype = tensor.value("dtype", json());
  for (const auto& [name, type] : kSafetensorsTypes)
    if (dtype == std::string(name)) return type;
  return std::nullopt;
}

bool is_floating_point(std::optional<NumberType> type) {
  return type == NumberType::f16 || type == NumberType::bf16 || type == NumberType::f32 ||
         type == NumberType::f64;
}

StoredArray safetensors_array(const SafetensorsFile& file, const std::string& key, std::size_t rank,
                              const std::vector<NumberType>& types, const std::string& what,
                              const std::string& expected) {
  const json& tensor = file.header.at(key);
  const json shape = tensor.is_object() ? tensor.value("shape", json()) : json(),
             offsets = tensor.is_object() ? tensor.value("data_offsets", json()) : json();
  const auto type = tensor.is_object() ? number_type(tensor) : std::nullopt;
  if (!type || std::find(types.begin(), types.end(), *type) == types.end() ||
      !are_sizes(shape, rank) || !are_sizes(offsets, 2) ||
      offsets[0].get<std::uint64_t>() > offsets[1].get<std::uint64_t>()) {
    throw Error(what)
        .at("{}: {}", file.name, printable(key))
        .expected("{}, a shape and data_offsets", expected)
        .got("{}", printable(tensor.dump()));
  }
  const auto begin = offsets[0].get<std::size_t>(), end = offsets[1].get<std::size_t>();
  if (end > file.data.size()) {
    throw Error("the vector file is truncated")
        .at("{}: {}", file.name, printable(key))
        .expected("{} bytes after the header", end)
        .got("{}", file.data.size());
  }
  return {shape[0].get<std::int64_t>(), rank == 1 ? 1 : shape[1].get<std::int64_t>(), *type,
          file.data.substr(begin, end - begin)};
}

void write_safetensors(const EmbeddingTable& table, const std::string& key, std::int64_t extra_rows,
                       const json& metadata, AtomicFile& file) {
  const std::int64_t rows = table.size() + extra_rows;
  const auto bytes = static_cast<std::uint64_t>(table.size() * table.dim()) * sizeof(float);
  const std::string zeros(static_cast<std::size_t>(extra_rows * table.dim()) * sizeof(float), '\0');
  write_header({{key,
                 {{"dtype", "F32"},
                  {"shape", {rows, table.dim()}},
                  {"data_offsets", {0, bytes + zeros.size()}}}}},
               metadata, file);
  file.write(table.data(), bytes);
  file.write(zeros);
}

void write_safetensors(std::vector<std::pair<std::string, ContainerReader::Array>> arrays,
                       const json& metadata, AtomicFile& file) {
  std::stable_sort(arrays.begin(), arrays.end(), [](const auto& a, const auto& b) {
    return dtype_size(a.second.type) > dtype_size(b.second.type);
  });
  json header = json::object();
  std::size_t end = 0;
  for (const auto& [name, array] : arrays) {
    std::string dtype(dtype_name(array.type));
    dtype[0] = static_cast<char>(dtype[0] - 'a' + 'A');  // "f32" is called "F32"
    const std::size_t begin = end;
    end += array.bytes;
    header[name] = {{"dtype", dtype}, {"shape", array.shape}, {"data_offsets", {begin, end}}};
  }
  write_header(std::move(header), metadata, file);
  for (const auto& [name, array] : arrays) file.write(array.data, array.bytes);
}

}  // namespace wordbridge
