#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "data/vectors/vector_format.h"

namespace wordbridge {

/// The line "count dim" with which word2vec's and fastText's files start.
struct VectorHeader {
  std::int64_t rows = 0, dim = 0;
  std::size_t bytes = 0;  // of the line with its end
};
/// Nothing if the first line is not just two whole numbers; Error if one of them is below 1.
std::optional<VectorHeader> parse_header(std::string_view content, const std::string& name);

/// The content without a byte order mark.
std::string_view text_of(const VectorFile& file);

}  // namespace wordbridge
