#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace wordbridge {

/// One document of a source; `part` is train, valid or test where the files say so.
struct Document {
  enum class Part { any, train, valid, test };
  std::string name;  // file or member, for messages
  Part part = Part::any;
};

/// Documents one after the other, each read in pieces: a text may be larger than the memory.
class TextSource {
 public:
  virtual ~TextSource() = default;
  /// Goes to the next document in a fixed order, false at the end. Error with file and member.
  virtual bool next(Document& document) = 0;
  /// Fills `buffer` with the document's next bytes; fewer than `size` come only at its end.
  /// Error with file and member if it is damaged or looks binary.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  /// Bytes of (compressed) input: for the progress.
  virtual std::uint64_t bytes() const = 0;
  virtual std::uint64_t bytes_read() const = 0;
  /// About how many bytes the text has, for an estimate.
  virtual std::uint64_t text_bytes() const = 0;
  /// What would have to change for the text to change, as JSON: reader, each file's name and
  /// SHA-256. The key of the cache, and in the manifest.
  virtual std::string identity() const = 0;
};

}  // namespace wordbridge
