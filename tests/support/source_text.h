#pragma once

#include <string>

#include "data/text/text_source.h"

namespace wordbridge {

/// Reads the rest of the current document of a source, in pieces that end at arbitrary bytes.
inline std::string text_of(TextSource& source) {
  std::string text, piece(777, '\0');
  while (const std::size_t size = source.read(piece.data(), piece.size()))
    text.append(piece, 0, size);
  return text;
}

}  // namespace wordbridge
