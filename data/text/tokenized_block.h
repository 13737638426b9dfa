#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "data/text/boundary_symbols.h"
#include "data/text/text_blocks.h"
#include "data/text/tokenizer.h"
#include "data/text/type_table.h"

namespace wordbridge {

/// Ends of things in a text. A blank line ends a paragraph.
enum class TextEnd : std::uint8_t { line, blank_line, document };

/// What has had tokens since its last end: its end has a symbol then.
struct OpenThings {
  bool line = false, paragraph = false, document = false;

  static OpenThings all() { return {true, true, true}; }
  /// Calls `put` with each symbol of this end.
  template <class F>
  void end(TextEnd end, const BoundarySymbols& boundaries, const F& put) {
    const auto close = [&](bool& open, const std::string& symbol) {
      if (open && !symbol.empty()) put(symbol);
      open = false;
    };
    if (end != TextEnd::blank_line) close(line, boundaries.line);
    if (end != TextEnd::line) close(paragraph, boundaries.paragraph);
    if (end == TextEnd::document) close(document, boundaries.document);
  }
};

/// The tokens of a block of text. A thread makes it without knowing the blocks before, so ids of
/// words that are new in this block, and what stands before its first token, are settled
/// afterwards, in the blocks' order.
struct CutBlock {
  struct Start {
    std::size_t token;  // of the block
    Document::Part part;
  };
  struct Failure {
    Error error;
    std::string file;
    std::uint64_t line;
  };

  TextBlock text;
  std::string tokens;              // a line each, with the boundary symbols
  std::vector<std::int32_t> ids;   // of the tokens: of known types, or known.size() + id of `fresh`
  TypeTable fresh;                 // words that are not among the known types
  std::vector<TextEnd> leading;    // ends before the first token
  std::vector<Start> starts;       // of documents; the first token's document may have begun before
  OpenThings open;                 // at the end, if there are tokens
  std::optional<Failure> failure;  // at the first line that can't be cut

  /// Cuts `text`.
  void cut(const Tokenizer& tokenizer, const BoundarySymbols& boundaries, const TypeTable& known);

 private:
  void cut_piece(const TextBlock::Piece& piece, const Tokenizer& tokenizer,
                 const BoundarySymbols& boundaries, const TypeTable& known);
  void end(TextEnd end, const BoundarySymbols& boundaries, const TypeTable& known);
  void look_up(std::size_t from, const TypeTable& known);
};

}  // namespace wordbridge
