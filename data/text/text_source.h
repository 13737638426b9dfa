#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/config/fields.h"
#include "data/text/synthetic_text.h"

namespace wordbridge {

/// What the text is read from.
struct SourceOptions {
  /// text: files, folders (all files below but hidden ones, by the bytes of their names), archives
  /// (.zip, .tar.*, their members in the order in which they stand), compressed files (.gz, .bz2,
  /// .xz, .zst), "-" standard input; brown: the samples c[a-r]NN of NLTK's brown.zip or an unpacked
  /// folder; ptb: ptb.{train,valid,test}.txt of a zip, tgz or folder; wordnet: glosses of the
  /// data.* files of a folder (default /usr/share/wordnet), plain or .gz, a document each; gcide:
  /// entries of gcide.dict.dz + gcide.index of a folder (default /usr/share/dictd), a document
  /// each; log-linear, xor: a text that is drawn (synthetic_text.h) from the words of a file of
  /// groups (word_groups.h).
  std::string reader = "text";
  std::vector<std::string> paths;                    // `path:` in YAML, one or a list
  std::vector<std::string> valid_paths, test_paths;  // text only: splits by files
  DrawnOptions drawn;
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

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

/// Error if a path does not exist, with what is known to fix it. "dataset:NAME" is a fetched
/// dataset (catalogue/dataset.h). Where `paths` is empty, the readers brown, ptb, wordnet and gcide
/// look at their usual place (a Debian package's), then for the dataset of their name that was
/// fetched, then in the folder $WORDBRIDGE_MIRROR (brown/brown.zip, ptb/ptb.zip, wordnet-3.0/,
/// gcide/).
std::unique_ptr<TextSource> open_source(const SourceOptions& options);

}  // namespace wordbridge
