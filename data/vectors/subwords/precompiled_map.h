#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// The normalizer Precompiled: sentencepiece's table of characters and their replacements, a
/// double-array trie. Applied as Hugging Face's tokenizers applies it.
class PrecompiledMap {
 public:
  /// `base64`: the field precompiled_charsmap. std::nullopt if it is damaged.
  static std::optional<PrecompiledMap> parse(std::string_view base64);
  std::u32string normalized(const std::u32string& text) const;

 private:
  /// The replacement of the shortest entry that `text` starts with.
  std::optional<std::string_view> replacement(std::string_view text) const;

  std::vector<std::uint32_t> units_;
  std::string replacements_;  // each ends with a zero byte
};

}  // namespace wordbridge
