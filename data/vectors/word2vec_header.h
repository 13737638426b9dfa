#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "data/vectors/vector_format.h"

namespace wordbridge {

/// The line "count dim" at the start of the files of word2vec and fastText.
struct VectorHeader {
  std::int64_t rows = 0, dim = 0;
  std::size_t bytes = 0;  // length of the line with its end
};
/// Returns std::nullopt if the first line is not exactly two integers. Error if one is below 1,
/// unless all lines are a word and one number.
std::optional<VectorHeader> parse_header(std::string_view content, const std::string& name);

/// The content without a byte order mark. Error if it is UTF-16 or UTF-32.
std::string_view text_of(const VectorFile& file);

}  // namespace wordbridge
