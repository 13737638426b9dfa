#include "data/vectors/word2vec_header.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/text.h"
#include "data/vectors/text_form.h"

namespace wordbridge {

std::string_view text_of(const VectorFile& file) {
  check_is_utf8(file.content, file.name());
  return without_byte_order_mark(file.content);
}

std::optional<VectorHeader> parse_header(std::string_view content, const std::string& name) {
  const std::size_t end = std::min(content.find('\n'), content.size());
  if (end > 100) return std::nullopt;  // longer than two numbers
  const auto fields = blank_separated(without_line_end(content.substr(0, end)));
  if (fields.size() != 2) return std::nullopt;
  const auto rows = parse_integer(fields[0]), dim = parse_integer(fields[1]);
  if (!rows || !dim) return std::nullopt;
  // Larger arrays are not addressable.
  constexpr long long kMost = std::numeric_limits<std::int64_t>::max() / 8;
  if (*rows < 1 || *dim < 1 || *rows > kMost / *dim) {
    if (are_rows_of_one_number(deciding_lines(content))) return std::nullopt;
    throw Error("invalid header in the vector file")
        .at("{}:1", name)
        .expected("the numbers of words and dimensions, at least 1 each")
        .got("'{} {}'", *rows, *dim);
  }
  return VectorHeader{*rows, *dim, std::min(end + 1, content.size())};
}

}  // namespace wordbridge
