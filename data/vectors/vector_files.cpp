#include "data/vectors/vector_files.h"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/io/container.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/text/archive_reader.h"
#include "data/vectors/formats.h"

namespace wordbridge {
namespace {

constexpr std::string_view kContainerMagic = "WBRIDGE\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

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

/// Moves the rows of words that occur for the first time together, and drops the others.
void drop_repeated(const WordIndex& index, ParsedVectors& parsed, const std::string& name) {
  const auto& repeated = index.repeated();
  warn("{}: {} rows dropped, their words occur before (the first is '{}', row {})", name,
       repeated.size(), printable(index.words()[repeated.front()]), repeated.front() + 1);
  const auto dim = static_cast<std::size_t>(parsed.dim);
  std::vector<std::string_view> kept;
  auto next = repeated.begin();
  for (std::int64_t i = 0; i < index.words().size(); ++i) {
    if (next != repeated.end() && *next == i) {
      ++next;
      continue;
    }
    float* const to = parsed.rows.get() + kept.size() * dim;
    const float* const from = parsed.rows.get() + static_cast<std::size_t>(i) * dim;
    if (to != from) std::copy_n(from, dim, to);
    kept.push_back(index.words()[i]);
  }
  parsed.words = WordList(kept);
}

/// Refuses an empty word. Others are any bytes, but some look as if the file were another or its
/// rows displaced: those are warned of.
void check_words(const WordList& words, const std::string& name) {
  const auto is_odd = [](std::string_view word) {
    return invalid_utf8(word).has_value() ||
           std::any_of(word.begin(), word.end(), [](char byte) { return byte >= 0 && byte < 32; });
  };
  constexpr std::int64_t kWordsPerBlock = 1 << 14;
  std::atomic<std::int64_t> odd{0}, first_odd{words.size()}, first_empty{words.size()};
  for_each_range(words.size(), kWordsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      if (words[i].empty()) keep_least(first_empty, i);
      if (!is_odd(words[i])) continue;
      ++odd;
      keep_least(first_odd, i);
    }
  });
  if (first_empty < words.size())
    throw Error("a vector has no word")
        .at("{}: row {}", name, first_empty + 1)
        .expected("a word of at least one character");
  if (odd > 0)
    warn("{}: {} words are not UTF-8 or hold control characters (the first is '{}', row {})", name,
         odd.load(), printable(words[first_odd]), first_odd + 1);
}

/// Keeps the first vector of each word.
EmbeddingTable as_table(ParsedVectors parsed, const std::string& name) {
  check_words(parsed.words, name);
  auto index = std::make_shared<const WordIndex>(std::move(parsed.words));
  if (!index->repeated().empty()) {
    drop_repeated(*index, parsed, name);
    index = std::make_shared<const WordIndex>(std::move(parsed.words));
  }
  return EmbeddingTable(index, parsed.rows.get(), parsed.dim, name, parsed.rows)
      .with_unseen(std::move(parsed.unseen));
}

/// The first of these files beside `path` that exists.
std::optional<fs::path> beside(const fs::path& path, const std::vector<fs::path>& names) {
  for (const auto& name : names) {
    if (const fs::path file = path.parent_path() / name; fs::is_regular_file(file)) return file;
  }
  return std::nullopt;
}

std::shared_ptr<const MappedFile> words_beside(const fs::path& path) {
  const std::string stem = path.stem().string();
  const auto file = beside(path, {stem + ".words", stem + ".vocab", stem + ".txt"});
  if (!file)
    throw Error("there is no list of the words beside the vectors")
        .at("{}", path.string())
        .expected("{0}.words, {0}.vocab or {0}.txt: a word a line, in the order of the rows", stem);
  return MappedFile::open(*file);
}

/// `path`: of the file, or what it would be called if it were not compressed; words may be beside
/// it. `keeper` keeps the content.
EmbeddingTable parse_vectors(std::string_view content, std::shared_ptr<const void> keeper,
                             std::int64_t limit, const fs::path& path) {
  const std::string name = path.string();
  if (trimmed(content).empty())
    throw Error("the vector file is empty").at("{}", name).expected("words and their vectors");
  std::shared_ptr<const MappedFile> words;
  const WordsBeside find_words = [&] { return (words = words_beside(path))->view(); };
  if (is_numpy(content))
    return as_table(parse_numpy_vectors(content, find_words, limit, name), name);
  if (is_fasttext(content))
    return as_table(parse_fasttext_vectors(content, std::move(keeper), limit, name), name);
  if (is_safetensors(content))
    return as_table(parse_safetensors_vectors(content, find_words, limit, name), name);
  if (is_projector(content)) {
    const auto file = beside(path, {path.stem().string() + ".metadata.tsv", "metadata.tsv"});
    if (file) {
      words = MappedFile::open(*file);
      return as_table(parse_projector_vectors(content, words->view(), limit, name), name);
    }
  }
  if (starts_with(content, kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
  const auto header = parse_header(content, name);
  if (header && is_binary_body(content.substr(header->bytes), *header))
    return as_table(parse_binary_vectors(content, *header, limit, name), name);
  return as_table(parse_text_vectors(content, header, limit, name), name);
}

EmbeddingTable map_vectors(const std::filesystem::path& path, std::int64_t limit) {
  const ContainerReader reader(path, "vectors");
  const auto& shape = reader.array("rows").shape;
  const float* rows = reader.f32("rows");
  auto words = split(reader.bytes("words"), '\n');
  if (shape.size() != 2 || shape[0] != static_cast<std::int64_t>(words.size()))
    throw Error("words and vectors do not agree")
        .at("{}", path.string())
        .expected("{} rows", words.size())
        .got("{}", shape.empty() ? 0 : shape[0]);
  const std::int64_t size = limit > 0 ? std::min(limit, shape[0]) : shape[0];
  if (const auto bad = first_not_finite_of_all(rows, size * shape[1]); bad >= 0)
    throw Error("a vector is not finite").at("{}: row {}", path.string(), bad / shape[1] + 1);
  words.resize(static_cast<std::size_t>(size));
  WordList list(words);
  check_words(list, path.string());
  return EmbeddingTable(std::make_shared<const WordIndex>(std::move(list)), rows, shape[1],
                        path.string(), reader.file());
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
  const auto bad = first_not_finite_of_all(table.data(), table.size() * table.dim());
  if (bad >= 0)
    throw Error("a vector is not finite")
        .at("{}: row {}", path.string(), bad / table.dim() + 1)
        .got("NaN or infinity in the vector of '{}'", printable(table.word(bad / table.dim())));
}

}  // namespace

std::shared_ptr<float> new_floats(std::int64_t count) {
  // Pages of two megabytes cost a five-hundredth of the page faults.
  constexpr std::size_t kHugePage = std::size_t{1} << 21;
  const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float);
  if (bytes < 8 * kHugePage)
    return {new float[static_cast<std::size_t>(count)], std::default_delete<float[]>()};
  void* const memory = std::aligned_alloc(kHugePage, (bytes + kHugePage - 1) & ~(kHugePage - 1));
  if (memory == nullptr) throw std::bad_alloc();
  ::madvise(memory, bytes, MADV_HUGEPAGE);
  return {static_cast<float*>(memory), std::free};
}

std::int64_t first_not_finite(const float* values, std::int64_t count) {
  // By the bits, for the vector instructions; all finite is what is expected.
  constexpr std::uint32_t kExponent = 0x7f800000;
  std::uint32_t found = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, values + i, sizeof bits);
    found |= static_cast<std::uint32_t>((bits & kExponent) == kExponent);
  }
  if (found == 0) return -1;
  const auto* const bad =
      std::find_if(values, values + count, [](float value) { return !std::isfinite(value); });
  return bad - values;
}

std::int64_t first_not_finite_of_all(const float* values, std::int64_t count) {
  constexpr std::int64_t kNumbersPerBlock = 1 << 16;
  std::atomic<std::int64_t> first{count};
  for_each_range(count, kNumbersPerBlock, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t bad = first_not_finite(values + begin, end - begin);
    if (bad >= 0) keep_least(first, begin + bad);
  });
  return first == count ? -1 : first.load();
}

std::vector<std::string_view> lines_of(std::string_view content) {
  auto lines = split(content, '\n');
  for (auto& line : lines) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  }
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
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
  if (!is_packed(path)) return parse_vectors(file->view(), file, limit, path);
  const auto content = std::make_shared<const std::string>(unpacked(path));
  if (starts_with(*content, kContainerMagic))
    throw Error("a mapped vector file can't be read compressed")
        .at("{}", name)
        .hint("decompress it first");
  return parse_vectors(*content, content, limit, path.parent_path() / path.stem());
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
