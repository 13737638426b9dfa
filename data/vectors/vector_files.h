#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "data/vectors/embedding_table.h"
#include "data/vectors/vector_format.h"

namespace wordbridge {

/// Reads word vectors from a file in any of the formats (vector_formats.def), which is recognised
/// by its content, plain or compressed (.gz, or alone in a .zip; the mapped format only plain).
/// `limit`: only the first rows, 0: all. A word that occurs again is dropped with a warning; words
/// that are not UTF-8 are kept with one. Error with row and byte or line: truncated, wrong number
/// of columns, not a number, NaN or infinity, no word, a header that does not match the contents.
EmbeddingTable read_vectors(const std::filesystem::path& path, std::int64_t limit = 0);

/// Writes a file that read_vectors() reads back bit for bit. Each file is atomic. Error for a word
/// that the format can't hold, as one with white space in the word2vec formats. Bug for a format
/// that is only read.
void write_vectors(const EmbeddingTable& table, const std::filesystem::path& path,
                   VectorFormat format);

/// The second file into which a format puts the words, next to the vectors' `path`.
std::optional<std::filesystem::path> words_file(std::filesystem::path path, VectorFormat format);

/// The file of vectors that is called `stem` and the ending of any format, as a run's are; nothing
/// if there is none.
std::optional<std::filesystem::path> find_vector_file(const std::filesystem::path& stem);
/// Removes all such files, and those of their words.
void remove_vector_files(const std::filesystem::path& stem);

}  // namespace wordbridge
