#include "data/vectors/word2vec_header.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {

std::string_view text_of(const VectorFile& file) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string_view text = file.content;
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark)
    text.remove_prefix(kByteOrderMark.size());
  return text;
}

std::optional<VectorHeader> parse_header(std::string_view content, const std::string& name) {
  const std::size_t end = std::min(content.find('\n'), content.size());
  if (end > 100) return std::nullopt;  // longer than two numbers
  std::vector<std::string_view> fields;
  for (const auto field : split(trimmed(content.substr(0, end)), ' '))
    if (!field.empty()) fields.push_back(field);
  if (fields.size() != 2) return std::nullopt;
  const auto rows = parse_integer(fields[0]), dim = parse_integer(fields[1]);
  if (!rows || !dim) return std::nullopt;
  // Larger arrays are not addressable.
  constexpr long long kMost = std::numeric_limits<std::int64_t>::max() / 8;
  if (*rows < 1 || *dim < 1 || *rows > kMost / *dim)
    throw Error("invalid header in the vector file")
        .at("{}:1", name)
        .expected("the numbers of words and dimensions, at least 1 each")
        .got("'{} {}'", *rows, *dim);
  return VectorHeader{*rows, *dim, std::min(end + 1, content.size())};
}

}  // namespace wordbridge
