#pragma once

#include <cstdint>
#include <vector>

#include "core/huge_pages.h"
#include "data/corpus/id_stream.h"
#include "data/counts/count_options.h"
#include "data/counts/row_sums.h"
#include "data/counts/weights.h"

namespace wordbridge {

/// A part of the text with the `window` tokens before and after it, and the positions at which each
/// type occurs in the part.
class Chunk {
 public:
  /// Bytes of memory per token, and per type for each of the threads that build the index.
  static constexpr double kBytesPerToken = 8.25;
  static constexpr double kBytesPerType = 4;

  std::int64_t tokens() const { return end_ - begin_; }
  /// Number of occurrences of the types [begin, end).
  std::int64_t occurrences(std::int64_t begin, std::int64_t end) const {
    return index_begin_[static_cast<std::size_t>(end)] -
           index_begin_[static_cast<std::size_t>(begin)];
  }

  /// Adds the weights of all words around the occurrences of `type`. Columns are types, with
  /// CountSides::apart those on the right follow those on the left.
  void add_contexts(std::int64_t type, RowSums& sums) const;
  /// Adds the occurrences of `type` in each document. Columns are documents.
  void add_documents(std::int64_t type, AscendingSums& sums) const;

 private:
  friend class ChunkReader;
  template <bool kLimited>
  void add_limited(std::int64_t type, RowSums& sums) const;
  void build_index(std::int64_t types, std::int64_t segments);

  std::int64_t window_ = 0, limit_ = 0;  // words on each side; number of types that are contexts
  bool limited_ = false, left_ = true, right_ = true;
  std::int64_t right_column_ = 0;
  std::vector<std::uint64_t> weights_;

  std::vector<std::int32_t, HugePages<std::int32_t>> ids_;
  std::int64_t begin_ = 0, end_ = 0;        // the part itself within ids_
  std::vector<std::uint64_t> starts_;       // bit i: a window does not extend from i to i - 1
  std::vector<std::uint32_t> documents_;    // places in ids_ where documents start, ascending
  std::int64_t first_document_ = 0;         // the document of documents_[0]
  std::vector<std::uint32_t> index_begin_;  // [types + 1]
  std::vector<std::uint32_t, HugePages<std::uint32_t>>
      index_places_;  // places in ids_ by type, ascending
};

/// Divides a text into chunks, without the tokens that subsampling drops.
class ChunkReader {
 public:
  /// `counts` [types]: occurrences in the stream. Chunks have `chunk_tokens` tokens, the last one
  /// the remaining tokens. The stream must outlive this object.
  ChunkReader(const IdStream& stream, const std::vector<std::int64_t>& counts,
              const CountOptions& options, std::uint64_t seed, std::int64_t chunk_tokens,
              std::int64_t segments);

  /// Reads the next chunk; false at the end of the text. Throws Interrupted.
  bool next();
  const Chunk& chunk() const { return chunk_; }
  /// Whether the chunk is the last one.
  bool finished() const {
    return position_ == stream_.tokens &&
           chunk_.end_ == static_cast<std::int64_t>(chunk_.ids_.size());
  }

 private:
  void keep_margin();
  void read_tokens(std::int64_t size);
  void mark_starts();

  const IdStream& stream_;
  std::int64_t chunk_tokens_, segments_;
  bool cross_documents_;
  std::uint64_t key_;
  std::vector<std::uint64_t> used_below_;  // [types], out of kAll; empty: all tokens are used
  std::int64_t position_ = 0;              // of the next token to be read
  std::size_t next_document_ = 0;          // of the stream, not yet started
  Chunk chunk_;
};

}  // namespace wordbridge
