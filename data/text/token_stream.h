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

/// A corpus as one stream of tokens, before the vocabulary is built.
struct TokenStream {
  IdStore ids;                          // type of each token
  TypeTable types;                      // numbered by first occurrence
  std::vector<std::int64_t> counts;     // of each type
  std::vector<std::int64_t> documents;  // start of each document; none is empty
  std::vector<Document::Part> parts;    // of each document
  std::string sha256;                   // of the tokens, one per line

  std::int64_t size() const { return ids.size(); }
};

/// Reads and tokenises a source in blocks. Memory holds the types, some blocks of text, and `ids`
/// if they are in memory. Blocks are tokenised in parallel and joined in order, so the stream does
/// not depend on the number of threads. Error with file and line. Throws Interrupted.
TokenStream read_stream(TextSource& source, const TokenizerOptions& tokenizer,
                        const BoundarySymbols& boundaries, IdStore ids = {});

/// Stream of one document with the given tokens.
TokenStream stream_of_tokens(const std::vector<std::string>& tokens);

}  // namespace wordbridge
