#pragma once

#include <cstdint>
#include <string_view>

#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// The word's vector [dim] as far as its direction can be compared: nullptr where nothing stands
/// for the word, and where the table's own row is zero or not finite. A zero vector that stands for
/// an unknown word (UnknownWords::zero) is returned: its cosine with everything counts as 0.
const float* directed_vector(const WordLookup& words, std::string_view word);

/// Cosine of two such vectors, 0 if one of them is zero.
double directed_cosine(const float* a, const float* b, std::int64_t dim);

}  // namespace wordbridge
