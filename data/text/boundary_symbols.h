#pragma once

#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// Symbols put into the token stream at the ends of things; empty: none. Blank lines separate
/// paragraphs. What gave no token (a blank line, an empty file) gets no symbol. The symbols are
/// always in a vocabulary that is counted, whatever their count.
struct BoundarySymbols {
  std::string line, paragraph, document;
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
