#include "data/vectors/vector_files.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/text.h"
#include "data/text/archive_reader.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/static_model.h"

namespace wordbridge {
namespace {

/// Content of a .gz file or of the only member of a .zip.
std::string unpacked(const std::filesystem::path& path) {
  ArchiveReader reader(path);
  std::string member, content;
  if (reader.next(member)) content = reader.read();
  if (std::string second; reader.next(second))
    throw Error("the archive contains more than one file")
        .at("{}", path.string())
        .expected("one vector file")
        .got("'{}', '{}' ...", member, second)
        .hint("unpack it and pass the path of the vector file");
  return content;
}

/// The format that recognises the file's content.
const VectorFormatInfo& recognised(const VectorFile& file) {
  const auto& formats = vector_formats();
  const auto format = std::find_if(formats.begin(), formats.end(),
                                   [&](const auto& info) { return info.recognise(file); });
  WB_ASSERT(format != formats.end(), "the last format accepts any file");
  return *format;
}

/// Whether a file with these rows is recognised as one of its format: a number as the first word of
/// a file without a header may look like one, and a vector's bytes like text.
bool is_recognised(const EmbeddingTable& table, const fs::path& path,
                   const VectorFormatInfo& format) {
  constexpr std::int64_t kRows = 64;
  const std::string content = format.content_of(table.first(kRows));
  VectorFile file;
  file.path = path;
  file.content = content;
  try {
    return !has_archive_signature(content) && recognised(file).format == format.format;
  } catch (const Error&) {
    return false;
  }
}

/// Rejects tables that no reader could read back.
void check_writable(const EmbeddingTable& table, const fs::path& path,
                    const VectorFormatInfo& format) {
  if (table.size() == 0) throw Error("there are no vectors to write").at("{}", path.string());
  for (std::int64_t i = 0; i < table.size(); ++i) {
    const std::string_view word = table.word(i);
    const bool has_separator = word.empty() || word.find_first_of(format.separators) != word.npos;
    if (!has_separator && (format.keeps == nullptr || format.keeps(word, i))) continue;
    Error error("the word can't be stored in this vectors format");
    error.at("{}: row {}", path.string(), i + 1).got("'{}'", printable(word));
    if (has_separator)
      error.expected("a word without whitespace")
          .hint("{} allow everything except line breaks", vector_formats_with_blanks());
    else
      error
          .expected(
              "a word that is read back: not of white space alone, without a blank at its end or a "
              "byte order mark")
          .hint("the format mapped stores it");
    throw error;
  }
  const auto bad = first_not_finite_of_all(table.data(), table.size() * table.dim());
  if (bad >= 0)
    throw Error("a vector is not finite")
        .at("{}: row {}", path.string(), bad / table.dim() + 1)
        .got("NaN or infinity in the vector of '{}'", printable(table.word(bad / table.dim())));
  if (format.content_of != nullptr && !is_recognised(table, path, format))
    throw Error("the vectors can't be stored in this format: the file would be read as another")
        .at("{}", path.string())
        .expected("first rows that are recognised as the format {}", format.name)
        .got("the first word '{}'", printable(table.word(0)))
        .hint("the formats text and mapped have a header: --format text");
}

}  // namespace

EmbeddingTable read_vectors(const fs::path& given, std::int64_t limit, const std::string& tensor,
                            Verify verify) {
  const bool is_folder = fs::is_directory(given);
  const fs::path path = is_folder ? static_model_file(given) : given;
  VectorFile file;
  file.path = path;
  file.limit = limit;
  file.tensor = tensor;
  file.is_compressed = is_packed(path);
  const auto mapped = MappedFile::open(path);
  if (file.is_compressed) {
    const auto content = std::make_shared<const std::string>(unpacked(path));
    file.path = path.parent_path() / path.stem();
    file.content = *content;
    file.keeper = content;
  } else {
    file.content = mapped->view();
    file.keeper = mapped;
  }
  std::vector<std::shared_ptr<const MappedFile>> neighbours;
  file.neighbour = [&](const std::string& name) -> std::optional<std::string_view> {
    const fs::path neighbour = path.parent_path() / name;
    if (!fs::is_regular_file(neighbour)) return std::nullopt;
    neighbours.push_back(MappedFile::open(neighbour));
    return neighbours.back()->view();
  };
  if (trimmed(file.content).empty())
    throw Error("the vector file is empty")
        .at("{}", file.name())
        .expected("words and their vectors");
  const VectorFormatInfo& format =
      is_folder ? vector_format(VectorFormat::model2vec) : recognised(file);
  if (!tensor.empty() && format.format != VectorFormat::safetensors &&
      format.format != VectorFormat::model2vec)
    warn("{}: --tensor {} has no effect: not a safetensors file", file.name(), printable(tensor));
  EmbeddingTable table = format.read(file);
  if (verify == Verify::now) table.verify();
  return table;
}

void write_vectors(const EmbeddingTable& table, const fs::path& path, VectorFormat format) {
  const VectorFormatInfo& info = vector_format(format);
  WB_ASSERT(info.write != nullptr, "{} files are only read", info.name);
  table.verify();
  check_writable(table, path, info);
  info.write(table, path);
}

EmbeddingTable read_vectors_at(const fs::path& path) {
  if (!fs::is_directory(path)) return read_vectors(path);
  const auto file = find_vector_file(path / "vectors");
  if (!file && is_static_model(path)) return read_vectors(path);
  if (!file) throw Error("the run has no word vectors").at("{}", path.string());
  return read_vectors(*file);
}

std::vector<fs::path> written_files(const fs::path& path, VectorFormat format) {
  const VectorFormatInfo& info = vector_format(format);
  std::vector<fs::path> files;
  for (const auto& name : info.files_in_folder) files.push_back(path / name);
  if (files.empty()) files.push_back(path);
  if (!info.words_ending.empty())
    files.push_back(fs::path(path).replace_extension(info.words_ending));
  return files;
}

std::optional<fs::path> find_vector_file(const fs::path& stem) {
  const auto find = [&](const VectorFormatInfo& info) -> std::optional<fs::path> {
    for (const auto& ending : info.endings) {
      if (fs::path file = stem.string() + ending; fs::is_regular_file(file)) return file;
    }
    return std::nullopt;
  };
  // Usual formats of runs first: a converted copy next to them, such as vectors.tsv, must not be
  // mistaken for the run's vectors.
  for (const auto format : {VectorFormat::mapped, VectorFormat::binary, VectorFormat::text})
    if (auto file = find(vector_format(format))) return file;
  for (const auto& info : vector_formats())
    if (auto file = find(info)) return file;
  return std::nullopt;
}

void remove_vector_files(const fs::path& stem) {
  for (const auto& info : vector_formats()) {
    for (const auto& ending : info.endings) fs::remove(stem.string() + ending);
    if (!info.words_ending.empty()) fs::remove(stem.string() + info.words_ending);
  }
}

}  // namespace wordbridge
