#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Reads word vectors from a file, recognised by its content: our own mapped form (.wbv), word2vec
/// binary (with or without a newline after each vector), word2vec / fastText text (header line
/// "count dim"), headerless text (GloVe), fastText's models (.bin, .ftz; the table's unseen() makes
/// vectors of other words), NumPy's .npy with a list of words beside it, safetensors, TensorBoard's
/// projector (.tsv with metadata.tsv beside it); any but the mapped form also compressed (.gz, or
/// alone in a .zip). `limit`: only the first rows, 0: all. A word that occurs again is dropped with
/// a warning; words that are not UTF-8 are kept with one. Error with row and byte or line: cut
/// short, wrong number of columns, not a number, NaN or infinity, no word, header that lies.
EmbeddingTable read_vectors(const std::filesystem::path& path, std::int64_t limit = 0);

enum class VectorFormat { text, binary, mapped, glove, numpy, safetensors, projector };
/// text: word2vec with header, 9 significant digits, so that float32 comes back bit for bit.
/// binary: word2vec with a newline after each vector, as the original tool writes it.
/// mapped: our container, opened without copying. glove: text without header.
/// numpy: .npy and STEM.words. safetensors: the words in its metadata. projector: .tsv and
/// STEM.metadata.tsv.
/// Each file is atomic. Error for a word that the form can't hold, as one with white space in the
/// word2vec forms.
void write_vectors(const EmbeddingTable& table, const std::filesystem::path& path,
                   VectorFormat format);

/// The second file that a form puts the words into, beside the vectors' `path`.
std::optional<std::filesystem::path> words_file(std::filesystem::path path, VectorFormat format);

}  // namespace wordbridge
