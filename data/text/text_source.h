#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace wordbridge {

/// One document of a source. `part` is train, valid or test if the files determine the split.
struct Document {
  enum class Part { any, train, valid, test };
  std::string name;  // file or member, for messages
  Part part = Part::any;
};

/// A sequence of documents, each read in pieces so that the text may be larger than memory.
class TextSource {
 public:
  virtual ~TextSource() = default;
  /// Advances to the next document, in a fixed order; returns false at the end. Error with file and
  /// member.
  virtual bool next(Document& document) = 0;
  /// Fills `buffer` with the next bytes of the document; returns fewer than `size` only at its end.
  /// Error with file and member if it is damaged or looks binary.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  /// Bytes of the (compressed) input, for progress reports.
  virtual std::uint64_t bytes() const = 0;
  virtual std::uint64_t bytes_read() const = 0;
  /// Approximate number of bytes of text, for an estimate.
  virtual std::uint64_t text_bytes() const = 0;
  /// Identity of the text, as JSON: the reader, and the name and SHA-256 of each file. Different
  /// text has a different identity. Part of the cache key and the manifest.
  virtual std::string identity() const = 0;
};

}  // namespace wordbridge
