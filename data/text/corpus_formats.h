#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/text/text_reader.h"
#include "data/text/text_source.h"

namespace wordbridge {

/// A text file needed by a reader, read completely.
struct KnownText {
  std::string place, text;  // place: for messages
};
/// Text files by the last component of their names.
using TextsByName = std::map<std::string, KnownText>;

/// A document: a range of one of these text files.
struct DocumentRange {
  std::string name;
  const std::string* text;
  std::size_t begin, size;
  Document::Part part;
};

/// Reader of a corpus whose format and default locations are known.
struct KnownReader {
  TextReader reader;
  std::vector<std::string_view> usual_places;
  std::vector<std::string_view> mirror_places;  // below $WORDBRIDGE_MIRROR
  std::string_view hint;                        // how to obtain it
  std::string_view content;                     // required contents, for messages
  bool (*wanted)(std::string_view unpacked_name);
  /// Returns the documents in order. Error if a file is missing.
  std::vector<DocumentRange> (*cut)(const TextsByName& texts);
  bool mend_utf8 = false;                                     // replace invalid UTF-8 by U+FFFD
  std::string (*plain)(std::string_view document) = nullptr;  // removes markup

  std::string name() const { return name_of(reader); }
};

const std::vector<KnownReader>& known_readers();
/// Returns nullptr for other readers.
const KnownReader* known_reader(TextReader reader);

}  // namespace wordbridge
