#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/fields.h"
#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// The formats of vector files, in the order in which they are tried on a file's content.
enum class VectorFormat {
#define WB_VECTOR_FORMAT(name) name,
#include "data/vectors/vector_formats.def"
#undef WB_VECTOR_FORMAT
};

/// A file of vectors to be read.
struct VectorFile {
  std::filesystem::path path;          // without the ending of a compression
  std::string_view content;            // uncompressed
  std::shared_ptr<const void> keeper;  // keeps the content alive
  bool is_compressed = false;
  std::int64_t limit = 0;  // only the first rows, 0: all
  /// The content of the file `name` in the same folder, nothing if there is none.
  std::function<std::optional<std::string_view>(const std::string& name)> neighbour;

  std::string name() const { return path.string(); }  // for messages
  /// The file's name with another ending.
  std::string renamed(const std::string& ending) const { return path.stem().string() + ending; }
};

/// All that the program knows of a format: reading, `convert`, the configuration's `vectors`, help
/// and messages follow from it.
struct VectorFormatInfo {
  std::string help;                  // for `convert --help`: a few words
  std::vector<std::string> endings;  // of files that are written in this format; the first is
                                     // that of a run's vectors; empty: by --format only
  std::string words_ending;          // of a second file with the words; empty: there is none
  std::string_view separators;       // bytes that a word in such a file can't hold
  bool (*recognise)(const VectorFile& file);
  /// Of a file that was recognised. Error with row and byte or line if it is damaged.
  EmbeddingTable (*read)(const VectorFile& file);
  /// Atomic. The words hold no separators. nullptr: the format is only read.
  void (*write)(const EmbeddingTable& table, const std::filesystem::path& path);

  VectorFormat format = {};  // these two are set by vector_formats()
  std::string name = {};     // that of --format and `vectors`
};

/// All formats, in the order of the enum.
const std::vector<VectorFormatInfo>& vector_formats();
const VectorFormatInfo& vector_format(VectorFormat format);

/// The formats that are written, by name; `with_ending`: of those only that a file's ending
/// tells from each other.
EnumNames<VectorFormat> written_vector_formats(bool with_ending);
/// By the ending of the file to be written, nothing if no format has it.
std::optional<VectorFormat> vector_format_of_ending(const std::filesystem::path& path);
/// ".a, .b or .c"
std::string vector_file_endings();
/// "a, b and c": the formats whose words may hold blanks and tabs.
std::string vector_formats_with_blanks();
/// The formats that are written, a line each: name, endings, help.
std::string vector_formats_help();

}  // namespace wordbridge
