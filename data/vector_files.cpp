#include "data/vector_files.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/container.h"
#include "core/error.h"
#include "core/file.h"
#include "core/log.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/archive_reader.h"
#include "data/vector_files_formats.h"

namespace wordbridge {
namespace {

constexpr std::string_view kContainerMagic = "WBRIDGE\n";
constexpr std::int64_t kRowsPerBlock = 1024;

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// The text of a .gz or the only member of a .zip.
std::string unpacked(const std::filesystem::path& path) {
  ArchiveReader reader(path);
  std::string member, content;
  if (reader.next(member)) content = reader.read();
  if (std::string second; reader.next(second))
    throw Error("the archive holds more than one file")
        .at("{}", path.string())
        .expected("one vector file")
        .got("'{}', '{}' ...", member, second)
        .hint("unpack it and name the file that is meant");
  return content;
}

/// Keeps the first vector of each word.
EmbeddingTable as_table(ParsedVectors parsed, const std::string& name) {
  const auto dim = static_cast<std::size_t>(parsed.dim);
  std::unordered_set<std::string_view> seen;
  seen.reserve(parsed.words.size());
  std::vector<std::size_t> kept;
  std::string example;
  for (std::size_t i = 0; i < parsed.words.size(); ++i) {
    if (seen.insert(parsed.words[i]).second)
      kept.push_back(i);
    else if (example.empty())
      example = parsed.words[i];
  }
  const std::size_t dropped = parsed.words.size() - kept.size();
  if (dropped > 0) {
    warn("{}: {} rows dropped, their words occur before (the first is '{}')", name, dropped,
         printable(example));
    seen.clear();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (kept[i] == i) continue;
      parsed.words[i] = std::move(parsed.words[kept[i]]);
      std::copy_n(parsed.rows.data() + kept[i] * dim, dim, parsed.rows.data() + i * dim);
    }
    parsed.words.resize(kept.size());
    parsed.rows.resize(kept.size() * dim);
  }
  return EmbeddingTable(std::move(parsed.words), std::move(parsed.rows), parsed.dim, name);
}

/// `path`: of the file, or what it would be called if it were not compressed; words may be beside
/// it.
EmbeddingTable parse_vectors(std::string_view content, std::int64_t limit, const fs::path& path) {
  const std::string name = path.string();
  if (trimmed(content).empty())
    throw Error("the vector file is empty").at("{}", name).expected("words and their vectors");
  if (is_numpy(content)) return as_table(parse_numpy_vectors(content, limit, path), name);
  if (is_safetensors(content))
    return as_table(parse_safetensors_vectors(content, limit, path), name);
  if (is_projector(content, path))
    return as_table(parse_projector_vectors(content, limit, path), name);
  const auto header = parse_header(content, name);
  if (header && is_binary_body(content.substr(header->bytes), *header))
    return as_table(parse_binary_vectors(content, *header, limit, name), name);
  return as_table(parse_text_vectors(content, header, limit, name), name);
}

/// Index of the first row with NaN or infinity, -1 if there is none.
std::int64_t first_bad_row(const float* rows, std::int64_t size, std::int64_t dim) {
  std::atomic<std::int64_t> first{size};
  for_each_range(size, kRowsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t value = first_not_finite(rows + begin * dim, (end - begin) * dim);
    if (value >= 0) keep_least(first, begin + value / dim);
  });
  return first == size ? -1 : first.load();
}

EmbeddingTable map_vectors(const std::filesystem::path& path, std::int64_t limit) {
  const ContainerReader reader(path, "vectors");
  const auto& shape = reader.array("rows").shape;
  const float* rows = reader.f32("rows");
  const auto lines = split(reader.bytes("words"), '\n');
  if (shape.size() != 2 || shape[0] != static_cast<std::int64_t>(lines.size()))
    throw Error("words and vectors do not agree")
        .at("{}", path.string())
        .expected("{} rows", lines.size())
        .got("{}", shape.empty() ? 0 : shape[0]);
  const std::int64_t size = limit > 0 ? std::min(limit, shape[0]) : shape[0];
  if (const auto row = first_bad_row(rows, size, shape[1]); row >= 0)
    throw Error("a vector is not finite").at("{}: row {}", path.string(), row + 1);
  std::vector<std::string> words(lines.begin(), lines.begin() + size);
  return EmbeddingTable(std::move(words), rows, shape[1], path.string(), reader.file());
}

void write_mapped(const EmbeddingTable& table, const std::filesystem::path& path) {
  std::string words;
  for (std::int64_t i = 0; i < table.size(); ++i) {
    if (i > 0) words += '\n';
    words += table.word(i);
  }
  ContainerWriter writer("vectors", nlohmann::json::object());
  writer.add("words", words);
  writer.add("rows", DType::f32, {table.size(), table.dim()}, table.data());
  writer.write(path);
}

/// What no reader could read back is not written.
void check_writable(const EmbeddingTable& table, const std::filesystem::path& path,
                    VectorFormat format) {
  if (table.size() == 0) throw Error("there are no vectors to write").at("{}", path.string());
  const auto separators = [format]() -> std::string_view {
    if (format == VectorFormat::mapped || format == VectorFormat::safetensors) return "\n";
    if (format == VectorFormat::numpy) return "\r\n";
    return format == VectorFormat::projector ? "\t\r\n" : " \t\r\n";
  }();
  for (std::int64_t i = 0; i < table.size(); ++i) {
    const std::string_view word = table.word(i);
    if (word.empty() || word.find_first_of(separators) != word.npos)
      throw Error("the word can't be written to this kind of vector file")
          .at("{}: row {}", path.string(), i + 1)
          .expected("a word without white space")
          .got("'{}'", printable(word))
          .hint("mapped, numpy and safetensors allow all but line breaks");
  }
  if (const auto row = first_bad_row(table.data(), table.size(), table.dim()); row >= 0)
    throw Error("a vector is not finite")
        .at("{}: row {}", path.string(), row + 1)
        .got("NaN or infinity in the vector of '{}'", printable(table.word(row)));
}

}  // namespace

std::int64_t first_not_finite(const float* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i)
    if (!std::isfinite(values[i])) return i;
  return -1;
}

std::optional<VectorHeader> parse_header(std::string_view content, const std::string& name) {
  const std::size_t end = std::min(content.find('\n'), content.size());
  if (end > 100) return std::nullopt;  // two numbers are shorter
  std::vector<std::string_view> fields;
  for (const auto field : split(trimmed(content.substr(0, end)), ' '))
    if (!field.empty()) fields.push_back(field);
  if (fields.size() != 2) return std::nullopt;
  const auto rows = parse_integer(fields[0]), dim = parse_integer(fields[1]);
  if (!rows || !dim) return std::nullopt;
  // Above that no address could reach the vectors.
  constexpr long long kMost = std::numeric_limits<std::int64_t>::max() / 8;
  if (*rows < 1 || *dim < 1 || *rows > kMost / *dim)
    throw Error("the vector file's header can't be right")
        .at("{}:1", name)
        .expected("the number of words and of dimensions, at least 1")
        .got("'{} {}'", *rows, *dim);
  return VectorHeader{*rows, *dim, std::min(end + 1, content.size())};
}

EmbeddingTable read_vectors(const std::filesystem::path& path, std::int64_t limit) {
  const auto file = MappedFile::open(path);
  const std::string name = path.string();
  if (starts_with(file->view(), kContainerMagic)) return map_vectors(path, limit);
  if (!is_packed(path)) return parse_vectors(file->view(), limit, path);
  const std::string content = unpacked(path);
  if (starts_with(content, kContainerMagic))
    throw Error("a mapped vector file can't be read compressed")
        .at("{}", name)
        .hint("decompress it first");
  return parse_vectors(content, limit, path.parent_path() / path.stem());
}

void write_vectors(const EmbeddingTable& table, const std::filesystem::path& path,
                   VectorFormat format) {
  check_writable(table, path, format);
  if (format == VectorFormat::mapped) return write_mapped(table, path);
  if (format == VectorFormat::numpy) return write_numpy_vectors(table, path);
  if (format == VectorFormat::projector) return write_projector_vectors(table, path);
  AtomicFile file(path);
  if (format == VectorFormat::text || format == VectorFormat::binary)
    file.write(fmt::format("{} {}\n", table.size(), table.dim()));
  if (format == VectorFormat::safetensors)
    write_safetensors_vectors(table, file);
  else if (format == VectorFormat::binary)
    write_binary_vectors(table, file);
  else
    write_text_vectors(table, file);
  file.commit();
}

std::optional<fs::path> words_file(fs::path path, VectorFormat format) {
  if (format == VectorFormat::numpy) return path.replace_extension(".words");
  if (format == VectorFormat::projector) return path.replace_extension(".metadata.tsv");
  return std::nullopt;
}

}  // namespace wordbridge
