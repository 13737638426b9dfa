#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/config/fields.h"

namespace wordbridge {

/// whitespace: runs of non-whitespace characters; words: Unicode word segments (UAX 29, ICU) that
/// contain a letter or digit; brown: word/TAG between whitespace, without the last '/' and the tag.
/// Whitespace is Unicode's, so it includes the no-break space, except for ascii_whitespace: runs of
/// characters other than space, tab, LF, VT, FF and CR, as cut by KenLM and fastText.
enum class TokenizerType { whitespace, words, brown, ascii_whitespace };
const EnumNames<TokenizerType>& tokenizer_types();

struct TokenizerOptions {
  TokenizerType type = TokenizerType::words;
  bool lowercase = true;          // by Unicode's rules (ICU), also for brown
  bool keep_punctuation = false;  // words: keep punctuation and symbols as tokens
  bool replace_invalid = false;   // replace invalid UTF-8 by U+FFFD; otherwise it is an Error
  FieldGroup describe();
};

/// Splits text into tokens. Stateless: can be used by several threads at once.
/// Tokens are never empty and contain no whitespace (ascii_whitespace: no ASCII whitespace).
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// Appends the tokens of a line to `tokens`, each followed by a line end ("the\ncat\n").
  /// Error for invalid UTF-8 (with its byte) and, with brown, for a word without a tag.
  virtual void tokenize(std::string_view text, std::string& tokens) const = 0;
};

/// Whether byte `i` of UTF-8 text is a space before which any text can be cut without changing its
/// tokens (the space then belongs to the second part): a space followed by visible ASCII. The rules
/// of word segmentation never join across it, and lower-casing does not look beyond it.
inline bool may_cut_before(std::string_view text, std::size_t i) {
  return text[i] == ' ' && i + 1 < text.size() && text[i + 1] > ' ';
}

std::unique_ptr<Tokenizer> make_tokenizer(const TokenizerOptions& options);

}  // namespace wordbridge
