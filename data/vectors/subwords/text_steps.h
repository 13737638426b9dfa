#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// Part of a text, which the model of a tokenizer divides into pieces.
struct TextPart {
  std::u32string text;
  bool is_first = true;  // starts where the text starts
};

/// Inverse of the alphabet of byte-level tokenizers, in which each byte is a visible character.
/// Empty if a character is not in the alphabet.
std::string bytes_of_alphabet(std::u32string_view text);

/// The steps `normalizer` and `pre_tokenizer` of a tokenizer.json (Hugging Face's tokenizers), as
/// that library applies them to a text.
class TextSteps {
 public:
  /// `tokenizer`: the whole file. Throws nlohmann's exceptions for values of the wrong type.
  explicit TextSteps(const nlohmann::json& tokenizer);

  std::u32string normalized(std::u32string text) const;
  /// The parts of a normalised text, without those that are white space.
  std::vector<TextPart> parts(std::u32string text) const;
  /// Steps that are not supported: their names. If there are any, the others must not be used.
  const std::vector<std::string>& unsupported() const { return unsupported_; }

 private:
  void add_normalizer(const nlohmann::json& step);
  void add_pre_tokenizer(const nlohmann::json& step);

  std::vector<std::function<std::u32string(std::u32string)>> normalizers_;
  std::vector<std::function<std::vector<TextPart>(TextPart)>> pre_tokenizers_;
  std::vector<std::string> unsupported_;
};

}  // namespace wordbridge
