#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/io/file.h"
#include "data/vectors/word2vec_header.h"

/// Lines of a word and its numbers, separated by blanks: the text formats of word2vec and GloVe.
namespace wordbridge {

/// Whether the line is a word, which may contain blanks and numbers, and `dim` numbers.
bool is_text_row(std::string_view line, std::int64_t dim);

/// Reads the rows after the header, if present. Warns about words that end in a number after a
/// space. Error with line and column: no word, wrong number of columns, not a number, not finite, a
/// number of rows that does not match the header.
EmbeddingTable read_text_rows(const VectorFile& file, const std::optional<VectorHeader>& header);

/// The lines that write_text_rows() writes.
std::string text_rows(const EmbeddingTable& table);

/// Writes 9 significant digits, which preserve float32 bit for bit.
void write_text_rows(const EmbeddingTable& table, AtomicFile& file);

}  // namespace wordbridge
