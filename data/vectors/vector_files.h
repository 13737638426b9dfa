#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "data/vectors/vector_format.h"

namespace wordbridge {

/// When the checksums of a mapped file are verified, and that its vectors are finite. Other formats
/// are read as a whole in any case.
enum class Verify {
  now,       // the whole file when it is opened; with a limit, these rows
  when_used  // each word when it is asked for; rows by EmbeddingTable::verify()
};

/// Reads word vectors from a file in any of the formats of vector_formats.def. The format is
/// recognised by the content, plain or compressed (.gz, or the only member of a .zip; the mapped
/// format only uncompressed); or from the folder of a static model (static_model.h). `limit`:
/// number of rows to read, 0: all. `tensor`: the matrix to read from a safetensors file that has
/// several. Repeated words are dropped with a warning; words that are not UTF-8 are kept with a
/// warning. Error with row and byte, or line: truncated, wrong number of columns, not a number, NaN
/// or infinity, no word, a header that does not match the contents.
EmbeddingTable read_vectors(const std::filesystem::path& path, std::int64_t limit = 0,
                            const std::string& tensor = "", Verify verify = Verify::now);

/// The vectors of a file, of a run's folder (its file vectors.*) or of a static model. Error if
/// there are none.
EmbeddingTable read_vectors_at(const std::filesystem::path& path);

/// Writes a file that read_vectors() reads back bit for bit. Each file is written atomically. Error
/// for a word that the format can't store, such as one with whitespace in the word2vec formats.
/// Assertion failure for a format that can only be read.
void write_vectors(const EmbeddingTable& table, const std::filesystem::path& path,
                   VectorFormat format);

/// The files that write_vectors() writes: `path` and a second file with the words, or those in the
/// folder `path`.
std::vector<std::filesystem::path> written_files(const std::filesystem::path& path,
                                                 VectorFormat format);

/// The vector file named `stem` plus the ending of any format, as in a run folder; std::nullopt if
/// there is none.
std::optional<std::filesystem::path> find_vector_file(const std::filesystem::path& stem);
/// Removes all such files, and the files of their words.
void remove_vector_files(const std::filesystem::path& stem);

}  // namespace wordbridge
