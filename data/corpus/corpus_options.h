#pragma once

#include <string>

#include "core/config/fields.h"
#include "data/text/boundary_symbols.h"
#include "data/text/source_options.h"
#include "data/text/tokenizer.h"
#include "data/text/vocabulary.h"

namespace wordbridge {

/// Unit of the split sizes. files: each file belongs to a split (reader ptb, or reader text with
/// valid_path and test_path), and the sizes are ignored.
enum class SplitBy { tokens, fractions, files };
const EnumNames<SplitBy>& split_by_names();

/// Training, validation and test splits, consecutive in corpus order. Sizes count the tokens of the
/// stream including rare words, even if these are dropped later (vocabulary.unknown empty). Tokens
/// that remain at the end are in no split.
struct SplitOptions {
  SplitBy by = SplitBy::fractions;
  double train = 0.9, valid = 0.05, test = 0.05;  // -1: the remaining tokens
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

class Corpus;
/// The `data.tokenizer` with which the corpus was built.
TokenizerOptions tokenizer_of(const Corpus& corpus);

/// The `data:` section of a configuration.
struct DataOptions {
  SourceOptions source;
  TokenizerOptions tokenizer;
  BoundarySymbols boundaries;
  SplitOptions split;
  VocabularyOptions vocabulary;
  std::string start;  // word that fills contexts before the first token of the stream; default: the
                      // first of these that the vocabulary contains: document, paragraph or line
                      // boundary symbol, unknown symbol, word 0
  std::string cache;  // folder of cached encoded corpora; default: $WORDBRIDGE_CACHE,
                      // $XDG_CACHE_HOME/wordbridge or ~/.cache/wordbridge; "none": no cache
  /// The defaults for models that do not predict tokens: all of the text is the training split, and
  /// rare words are dropped.
  void use_whole_text();
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
