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

/// Formats of vector files, in the order in which their recognisers are applied to a file's
/// content.
enum class VectorFormat {
#define WB_VECTOR_FORMAT(name) name,
#include "data/vectors/vector_formats.def"
#undef WB_VECTOR_FORMAT
};

/// A vector file to read.
struct VectorFile {
  std::filesystem::path path;          // without the ending of a compressed file
  std::string_view content;            // uncompressed
  std::shared_ptr<const void> keeper;  // keeps the content alive
  bool is_compressed = false;
  std::int64_t limit = 0;  // number of rows to read, 0: all
  std::string
      tensor;  // name of the matrix to read, in formats that hold several; empty: the only one
  /// Content of the file `name` in the same folder; std::nullopt if there is none.
  std::function<std::optional<std::string_view>(const std::string& name)> neighbour;

  std::string name() const { return path.string(); }  // for messages
  /// The file's name with another ending.
  std::string renamed(const std::string& ending) const { return path.stem().string() + ending; }
};

/// Description of a format. Reading, `convert`, the configuration's `vectors`, help and messages
/// are derived from it.
struct VectorFormatInfo {
  std::string help;                  // for `convert --help`: a few words
  std::vector<std::string> endings;  // of files written in this format; the first is
                                     // that of a run's vectors; empty: only with --format
  std::string words_ending;          // of a second file with the words; empty: none
  std::string_view separators;       // bytes that a word in such a file can't contain
  bool (*recognise)(const VectorFile& file);
  /// Reads a file that was recognised. Error with row and byte, or line, if it is damaged.
  EmbeddingTable (*read)(const VectorFile& file);
  /// Writes a file atomically. The words contain no separators. nullptr: the format can only be
  /// read.
  void (*write)(const EmbeddingTable& table, const std::filesystem::path& path);
  /// Whether the word of row `row` is read back; it contains no separators. nullptr: always.
  bool (*keeps)(std::string_view word, std::int64_t row) = nullptr;
  /// The content of a file with these few rows, if a file might not be recognised. nullptr: it
  /// always is.
  std::string (*content_of)(const EmbeddingTable& table) = nullptr;

  /// The files of a format that is a folder; empty: a single file.
  std::vector<std::string> files_in_folder = {};

  VectorFormat format = {};  // set by vector_formats(), as is `name`
  std::string name = {};     // value of --format and `vectors`
};

/// All formats, in the order of the enum.
const std::vector<VectorFormatInfo>& vector_formats();
const VectorFormatInfo& vector_format(VectorFormat format);

/// Formats that can be written, by name. `with_ending`: only those that can be chosen by the ending
/// of a file.
EnumNames<VectorFormat> written_vector_formats(bool with_ending);
/// Format of a file to be written, by its ending; std::nullopt if no format has that ending.
std::optional<VectorFormat> vector_format_of_ending(const std::filesystem::path& path);
/// ".a, .b or .c"
std::string vector_file_endings();
/// "a, b and c": the formats whose words may contain spaces and tabs.
std::string vector_formats_with_blanks();
/// Formats that can be written, one per line: name, endings, help.
std::string vector_formats_help();

}  // namespace wordbridge
