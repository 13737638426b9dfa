#pragma once

#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// Symbols inserted into the token stream at the ends of lines, paragraphs and documents; empty:
/// none. Blank lines separate paragraphs. A line, paragraph or document without tokens (a blank
/// line, an empty file) gets no symbol. A vocabulary built by counting always contains the symbols,
/// whatever their count.
struct BoundarySymbols {
  std::string line, paragraph, document;
  bool blank_lines = false;  // `line` also after each blank line, as KenLM scores them; not a key
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
