#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/fields.h"

namespace wordbridge {

struct TokenizerOptions {
  /// whitespace: runs between white space; words: word segments of Unicode (UAX 29, ICU) that hold
  /// a letter or digit; brown: white space, then what stands before the last '/' of word/TAG.
  /// White space is Unicode's, so it holds the no-break space too.
  std::string type = "words";
  bool lowercase = true;          // by Unicode's rules (ICU), also for brown
  bool keep_punctuation = false;  // words: segments of punctuation and symbols are tokens too
  bool replace_invalid = false;   // invalid UTF-8 becomes U+FFFD; otherwise it is an Error
  FieldGroup describe();
};

/// Cuts text into tokens. Stateless: may be used by several threads at once.
/// No token is empty or holds white space.
class Tokenizer {
 public:
  using Emit = std::function<void(std::string_view token)>;
  virtual ~Tokenizer() = default;
  /// Emits the tokens of one line or document; the views live during the call only.
  /// Error for invalid UTF-8 (with its byte) and, brown, for a word without its tag.
  virtual void tokenize(std::string_view text, const Emit& emit) const = 0;
};

std::unique_ptr<Tokenizer> make_tokenizer(const TokenizerOptions& options);

}  // namespace wordbridge
