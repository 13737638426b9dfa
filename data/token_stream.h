#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/corpus.h"
#include "data/text_source.h"
#include "data/tokenizer.h"

namespace wordbridge {

/// A text as one stream of tokens, before there is a vocabulary.
struct TokenStream {
  std::vector<std::int32_t> ids;        // the type of each token
  std::vector<std::string> types;       // in the order of their first occurrence
  std::vector<std::int64_t> documents;  // where each document starts; none is empty
  std::vector<Document::Part> parts;    // of each document

  std::int64_t size() const { return static_cast<std::int64_t>(ids.size()); }
  /// Of the tokens, one a line.
  std::string sha256() const;
};

/// Reads and cuts everything. Documents are cut in parallel over blocks with fixed borders, so the
/// stream does not depend on the number of threads. Error with file and line; Interrupted.
TokenStream read_stream(TextSource& source, const TokenizerOptions& tokenizer,
                        const MarkerOptions& markers);

/// A stream of one document from its tokens.
TokenStream stream_of_tokens(const std::vector<std::string>& tokens);

}  // namespace wordbridge
