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

/// Ends of units of text. A blank line ends a paragraph.
enum class TextEnd : std::uint8_t { line, blank_line, document };

/// The units that have had tokens since their last end. Only their next end gets a symbol.
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
    if (end == TextEnd::blank_line && boundaries.blank_lines) line = true;
    if (end != TextEnd::blank_line || boundaries.blank_lines) close(line, boundaries.line);
    if (end != TextEnd::line) close(paragraph, boundaries.paragraph);
    if (end == TextEnd::document) close(document, boundaries.document);
  }
};

/// Tokens of a block of text. A thread creates it independently of the preceding blocks. The ids of
/// words that are new in this block, and the boundaries before its first token, are therefore
/// resolved later, in block order.
struct CutBlock {
  struct Start {
    std::size_t token;  // index in the block
    Document::Part part;
  };
  struct Failure {
    Error error;
    std::string file;
    std::uint64_t line;
  };

  TextBlock text;
  std::string tokens;              // one per line, with the boundary symbols
  std::vector<std::int32_t> ids;   // of the tokens: a known type, or known.size() + id in `fresh`
  TypeTable fresh;                 // words that are not known types
  std::vector<TextEnd> leading;    // ends before the first token
  std::vector<Start> starts;       // of documents; the first token's document may start earlier
  OpenThings open;                 // state at the end, if there are tokens
  std::optional<Failure> failure;  // the first line that can't be tokenised

  /// Tokenises `text`.
  void cut(const Tokenizer& tokenizer, const BoundarySymbols& boundaries, const TypeTable& known);

 private:
  void cut_piece(const TextBlock::Piece& piece, const Tokenizer& tokenizer,
                 const BoundarySymbols& boundaries, const TypeTable& known);
  void end(TextEnd end, const BoundarySymbols& boundaries, const TypeTable& known);
  void look_up(std::size_t from, const TypeTable& known);
};

}  // namespace wordbridge
