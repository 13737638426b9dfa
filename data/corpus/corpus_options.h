#pragma once

#include <string>

#include "core/config/fields.h"
#include "data/text/boundary_symbols.h"
#include "data/text/source_options.h"
#include "data/text/tokenizer.h"
#include "data/text/vocabulary.h"

namespace wordbridge {

/// What the sizes of splits count; files: the reader ptb, and text with valid_path and test_path,
/// where the sizes do not count.
enum class SplitBy { tokens, fractions, files };
const EnumNames<SplitBy>& split_by_names();

/// How the stream is cut into train, valid and test, in corpus order. The sizes are those of the
/// stream with its rare words, also where these are dropped (vocabulary.unknown empty) afterwards.
/// What the sizes leave over at the end is in no split.
struct SplitOptions {
  SplitBy by = SplitBy::fractions;
  double train = 0.9, valid = 0.05, test = 0.05;  // -1: all that remains
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

/// The `data:` section.
struct DataOptions {
  SourceOptions source;
  TokenizerOptions tokenizer;
  BoundarySymbols boundaries;
  SplitOptions split;
  VocabularyOptions vocabulary;
  std::string start;  // the word that fills contexts before the stream's first token; default: the
                      // document, paragraph or line boundary, else the unknown symbol, else word 0
                      // (the first of them that the vocabulary has)
  std::string cache;  // folder of encoded corpora; default $WORDBRIDGE_CACHE,
                      // $XDG_CACHE_HOME/wordbridge or ~/.cache/wordbridge; "none": no cache
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
