#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/config/fields.h"
#include "core/shared_array.h"
#include "data/text/boundary_symbols.h"
#include "data/text/text_source.h"
#include "data/text/tokenizer.h"
#include "data/text/vocabulary.h"

namespace wordbridge {

/// How the stream is cut into train, valid and test, in corpus order. The sizes are those of the
/// stream with its rare words, also where these are dropped (vocabulary.unknown empty) afterwards.
/// What the sizes leave over at the end is in no split.
struct SplitOptions {
  std::string by = "fractions";  // tokens, fractions, files (ptb; text with valid_path, test_path)
  double train = 0.9, valid = 0.05, test = 0.05;  // -1: all that remains
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

/// The `data:` section.
struct DataOptions {
  SourceOptions source;
  TokenizerOptions tokenizer;
  BoundarySymbols markers;
  SplitOptions split;
  VocabularyOptions vocabulary;
  std::string start;  // the word that fills contexts before the stream's first token; default: the
                      // document, paragraph or line marker, else the unknown symbol, else word 0
                      // (the first of them that the vocabulary has)
  std::string cache;  // folder of encoded corpora; default $WORDBRIDGE_CACHE,
                      // $XDG_CACHE_HOME/wordbridge or ~/.cache/wordbridge; "none": no cache
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

/// A half-open range of the stream.
struct Span {
  std::int64_t begin = 0, end = 0;
  std::int64_t size() const { return end - begin; }
};

/// A text as ids, memory-mapped, with its vocabulary and its splits. One stream: contexts may run
/// over the borders of documents and splits (reference/bengio: every token of a split is
/// predicted).
class Corpus {
 public:
  /// ids [tokens] int32 in [0, V).
  const std::int32_t* ids() const { return ids_.data(); }
  std::int64_t tokens() const { return ids_.size(); }
  Span train() const { return train_; }
  Span valid() const { return valid_; }
  Span test() const { return test_; }
  /// Stream positions at which documents start, ascending, first 0.
  const std::vector<std::int64_t>& documents() const { return documents_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }
  /// Occurrences of each id in the training split [V].
  const std::vector<std::int64_t>& train_counts() const { return train_counts_; }
  /// Id that fills contexts before the stream's start.
  std::int32_t start_id() const { return start_id_; }
  /// For the manifest: `source` (identity), `options`, `stream_sha256` (one token a line) and
  /// `stream_tokens` (both before rare words are merged or dropped), `types`, `tokens`,
  /// `documents`, `unknown_share` (of the stream's tokens), `splits` (each with `tokens`,
  /// `unknown_share`), `vocabulary` (`size`, `unknown`, `sha256`), `start`. A share of nothing is
  /// null.
  const nlohmann::json& facts() const { return *facts_; }

 private:
  friend class CorpusBuilder;
  SharedArray<std::int32_t> ids_;
  Span train_, valid_, test_;
  std::vector<std::int64_t> documents_, train_counts_;
  Vocabulary vocabulary_;
  std::int32_t start_id_ = 0;
  std::shared_ptr<const nlohmann::json> facts_;
};

/// Encoded from the cache, or tokenised, counted, encoded and put there; says which, with progress,
/// and before long work an estimate of memory and time. Error: text that can't be read or is not
/// UTF-8, no tokens, splits larger than the stream, an empty training split or one with fewer
/// than two different words of the vocabulary, a start word that is not in the vocabulary. A
/// damaged cache file is said, and made again; a cache that can't be written is said. Interrupted.
Corpus open_corpus(const DataOptions& options);

/// A corpus of one document built in memory from tokens: for tests and demonstrations.
Corpus corpus_from_tokens(const std::vector<std::string>& tokens,
                          const VocabularyOptions& vocabulary, const SplitOptions& split);

}  // namespace wordbridge
