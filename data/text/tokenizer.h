#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/config/fields.h"

namespace wordbridge {

/// whitespace: runs between white space; words: word segments of Unicode (UAX 29, ICU) that hold
/// a letter or digit; brown: white space, then what comes before the last '/' of word/TAG.
/// White space is Unicode's, so it includes the no-break space.
enum class TokenizerType { whitespace, words, brown };
const EnumNames<TokenizerType>& tokenizer_types();

struct TokenizerOptions {
  TokenizerType type = TokenizerType::words;
  bool lowercase = true;          // by Unicode's rules (ICU), also for brown
  bool keep_punctuation = false;  // words: segments of punctuation and symbols are tokens too
  bool replace_invalid = false;   // invalid UTF-8 becomes U+FFFD; otherwise it is an Error
  FieldGroup describe();
};

/// Cuts text into tokens. Stateless: may be used by several threads at once.
/// No token is empty or holds white space.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// Appends the tokens of a line to `tokens`, a line end behind each ("the\ncat\n").
  /// Error for invalid UTF-8 (with its byte) and, brown, for a word without its tag.
  virtual void tokenize(std::string_view text, std::string& tokens) const = 0;
};

/// Whether byte `i` of UTF-8 is a space at which every text may be cut (the space then belongs to
/// the second part) without a change of its tokens: one that visible ASCII follows. The rules of
/// word segmentation never join across it, and lower case does not look beyond it.
inline bool may_cut_before(std::string_view text, std::size_t i) {
  return text[i] == ' ' && i + 1 < text.size() && text[i + 1] > ' ';
}

std::unique_ptr<Tokenizer> make_tokenizer(const TokenizerOptions& options);

}  // namespace wordbridge
