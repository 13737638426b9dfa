#pragma once

#include <string_view>

#include "data/vectors/vector_format.h"

namespace wordbridge {

/// Whether the content is a model of the program fastText, with or without a magic number.
bool is_fasttext(std::string_view content);
/// Reads the vectors of such a model, which may be quantised. The table's words are the model's
/// words without its labels; the model's n-grams provide the vectors of other words.
EmbeddingTable read_fasttext_vectors(const VectorFile& file);

}  // namespace wordbridge
