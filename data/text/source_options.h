#pragma once

#include <string>
#include <vector>

#include "core/config/fields.h"
#include "data/text/synthetic_text.h"
#include "data/text/text_reader.h"

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
  TextReader reader = TextReader::text;
  std::vector<std::string> paths;                    // `path:` in YAML, one or a list
  std::vector<std::string> valid_paths, test_paths;  // text only: splits by files
  SyntheticTextOptions synthetic;
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
