#pragma once

#include <cstdint>
#include <string_view>

#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// Returns the vector [dim] of a word if the vector has a direction. Returns nullptr if the word
/// has no vector, or if its row in the table is zero or not finite. A zero vector that replaces an
/// unknown word (UnknownWords::zero) is returned: its cosine similarity with every vector is 0.
const float* directed_vector(const WordLookup& words, std::string_view word);

/// Cosine similarity of two vectors from directed_vector(); 0 if one of them is zero.
double directed_cosine(const float* a, const float* b, std::int64_t dim);

}  // namespace wordbridge
