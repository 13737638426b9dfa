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
  if (end > 100) return std::nullopt;  // two numbers are shorter
  std::vector<std::string_view> fields;
  for (const auto field : split(trimmed(content.substr(0, end)), ' '))
    if (!field.empty()) fields.push_back(field);
  if (fields.size() != 2) return std::nullopt;
  const auto rows = parse_integer(fields[0]), dim = parse_integer(fields[1]);
  if (!rows || !dim) return std::nullopt;
  // Above that no address could reach the vectors.
  constexpr long long kMost = std::numeric_limits<std::int64_t>::max() / 8;
  if (*rows < 1 || *dim < 1 || *rows > kMost / *dim)
    throw Error("the vector file's header can't be right")
        .at("{}:1", name)
        .expected("the number of words and of dimensions, at least 1")
        .got("'{} {}'", *rows, *dim);
  return VectorHeader{*rows, *dim, std::min(end + 1, content.size())};
}

}  // namespace wordbridge
