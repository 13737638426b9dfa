#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/text/text_reader.h"
#include "data/text/text_source.h"

namespace wordbridge {

/// The texts that a reader wanted, by the last part of their names, all read.
struct KnownText {
  std::string place, text;  // place: for messages
};
using TextsByName = std::map<std::string, KnownText>;

/// A document as a range of one of them.
struct DocumentRange {
  std::string name;
  const std::string* text;
  std::size_t begin, size;
  Document::Part part;
};

/// A corpus of which we know what it looks like and where it lies.
struct KnownReader {
  TextReader reader;
  std::vector<std::string_view> usual_places;
  std::vector<std::string_view> mirror_places;  // below $WORDBRIDGE_MIRROR
  std::string_view hint;                        // how to get it
  std::string_view content;                     // what it must hold, for messages
  bool (*wanted)(std::string_view unpacked_name);
  /// The documents in their order. Error if a text is missing.
  std::vector<DocumentRange> (*cut)(const TextsByName& texts);
  bool mend_utf8 = false;  // invalid UTF-8 becomes U+FFFD

  std::string name() const { return name_of(reader); }
};

const std::vector<KnownReader>& known_readers();
/// nullptr for the other readers.
const KnownReader* known_reader(TextReader reader);

}  // namespace wordbridge
