#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/io/file.h"
#include "data/vectors/word2vec_header.h"

/// Lines of a word and its numbers, with blanks between them: word2vec's text format and GloVe's.
namespace wordbridge {

/// Whether the line is a word and exactly `dim` numbers.
bool is_text_row(std::string_view line, std::int64_t dim);

/// The rows after the header, if there is one. Error with line and column: no word, wrong number of
/// columns, not a number, not finite, other rows than the header says.
EmbeddingTable read_text_rows(const VectorFile& file, const std::optional<VectorHeader>& header);

/// With 9 significant digits, so that float32 comes back bit for bit.
void write_text_rows(const EmbeddingTable& table, AtomicFile& file);

}  // namespace wordbridge
