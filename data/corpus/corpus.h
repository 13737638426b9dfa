#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "core/io/file.h"
#include "core/shared_array.h"
#include "data/text/vocabulary.h"

namespace wordbridge {

/// Half-open range of positions in the stream.
struct Span {
  std::int64_t begin = 0, end = 0;
  std::int64_t size() const { return end - begin; }
};

/// A memory-mapped corpus as ids, with its vocabulary and splits. It is a single stream: contexts
/// may cross the borders of documents and splits (as in reference/bengio, every token of a split is
/// predicted).
class Corpus {
 public:
  /// Ids, int32 [tokens], each in [0, V).
  const std::int32_t* ids() const { return ids_.data(); }
  std::int64_t tokens() const { return ids_.size(); }
  Span train() const { return train_; }
  Span valid() const { return valid_; }
  Span test() const { return test_; }
  /// Start positions of the documents in the stream, ascending; the first is 0.
  const std::vector<std::int64_t>& documents() const { return documents_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }
  /// Occurrences of each id in the training split [V].
  const std::vector<std::int64_t>& train_counts() const { return train_counts_; }
  /// Id that fills context positions before the start of the stream.
  std::int32_t start_id() const { return start_id_; }
  /// Facts for the manifest: `source` (identity), `options`, `stream_sha256` (of the tokens, one
  /// per line) and `stream_tokens` (both before rare words are merged or dropped), `types`,
  /// `dropped_types` (those of rare words that are dropped), `tokens`, `documents`, `unknown_share`
  /// (share of the stream's tokens that are merged or dropped), `splits` (each with `tokens` and
  /// `unknown_share`), `vocabulary` (`size`, `unknown`, `sha256`) and `start`. The `unknown_share`
  /// of an empty split is null.
  const nlohmann::json& facts() const { return *facts_; }
  /// The cache file that the ids are mapped from; null if the corpus is not cached.
  const std::shared_ptr<const MappedFile>& cache_file() const { return cache_file_; }

 private:
  friend class CorpusBuilder;
  SharedArray<std::int32_t> ids_;
  Span train_, valid_, test_;
  std::vector<std::int64_t> documents_, train_counts_;
  Vocabulary vocabulary_;
  std::int32_t start_id_ = 0;
  std::shared_ptr<const nlohmann::json> facts_;
  std::shared_ptr<const MappedFile> cache_file_;
};

}  // namespace wordbridge
