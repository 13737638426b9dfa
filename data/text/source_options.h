#pragma once

#include <string>
#include <vector>

#include "core/config/fields.h"
#include "data/text/synthetic_text.h"
#include "data/text/text_reader.h"

namespace wordbridge {

/// Location and format of the corpus.
struct SourceOptions {
  /// text: files, folders (all files in them except hidden ones, sorted by the bytes of their
  /// names), archives (.zip, .tar.*, members in archive order), compressed files (.gz, .bz2, .xz,
  /// .zst), "-" for standard input. brown: the samples c[a-r]NN of NLTK's brown.zip or an unpacked
  /// folder. ptb: ptb.{train,valid,test}.txt of a zip, tgz or folder. wordnet: glosses of the
  /// data.* files in a folder (default /usr/share/wordnet), plain or .gz, one document per gloss.
  /// gcide: entries of gcide.dict.dz + gcide.index in a folder (default /usr/share/dictd), one
  /// document per entry. log-linear, xor: synthetic text (synthetic_text.h) generated from a file
  /// of word groups (word_groups.h).
  TextReader reader = TextReader::text;
  std::vector<std::string> paths;                    // `path:` in YAML, a path or a list
  std::vector<std::string> valid_paths, test_paths;  // reader text only, for splits by files
  SyntheticTextOptions synthetic;
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
