#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/text/boundary_symbols.h"
#include "data/text/id_store.h"
#include "data/text/text_source.h"
#include "data/text/tokenizer.h"
#include "data/text/type_table.h"

namespace wordbridge {

/// A text as one stream of tokens, before there is a vocabulary.
struct TokenStream {
  IdStore ids;                          // the type of each token
  TypeTable types;                      // numbered by their first occurrence
  std::vector<std::int64_t> counts;     // of each type
  std::vector<std::int64_t> documents;  // where each document starts; none is empty
  std::vector<Document::Part> parts;    // of each document
  std::string sha256;                   // of the tokens, one a line

  std::int64_t size() const { return ids.size(); }
};

/// Reads and cuts everything, in pieces: memory holds the types, some blocks of text, and `ids` if
/// that does. Blocks are cut in parallel and put together in their order, so the stream does not
/// depend on the number of threads. Error with file and line; Interrupted.
TokenStream read_stream(TextSource& source, const TokenizerOptions& tokenizer,
                        const BoundarySymbols& boundaries, IdStore ids = {});

/// A stream of one document from its tokens.
TokenStream stream_of_tokens(const std::vector<std::string>& tokens);

}  // namespace wordbridge
