#pragma once

#include <string_view>

#include "data/vectors/vector_format.h"

namespace wordbridge {

/// Whether the content is a model of the program fastText, with or without a magic number.
bool is_fasttext(std::string_view content);
/// The vectors of such a model, also of a quantised one. The table's words are its words without
/// the labels; its n-grams make vectors of other words.
EmbeddingTable read_fasttext_vectors(const VectorFile& file);

}  // namespace wordbridge
