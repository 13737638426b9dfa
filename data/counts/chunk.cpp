#include "data/counts/chunk.h"

#include <algorithm>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/io/hash.h"
#include "core/rng.h"
#include "core/threads.h"
#include "data/corpus/subsampling.h"

namespace wordbridge {
namespace {

constexpr double kAll = 4294967296.0;  // 2^32

/// Position of the last bit set in [low, high], or -1.
std::int64_t last_bit(const std::vector<std::uint64_t>& bits, std::int64_t low, std::int64_t high) {
  std::int64_t word = high >> 6;
  std::uint64_t found = bits[at(word)] & (~std::uint64_t{0} >> (63 - (high & 63)));
  while (found == 0 && word > low >> 6) found = bits[at(--word)];
  const std::int64_t position = found == 0 ? -1 : (word << 6) + 63 - __builtin_clzll(found);
  return position >= low ? position : -1;
}

/// Position of the first bit set in [low, high], or -1.
std::int64_t first_bit(const std::vector<std::uint64_t>& bits, std::int64_t low,
                       std::int64_t high) {
  if (low > high) return -1;
  std::int64_t word = low >> 6;
  std::uint64_t found = bits[at(word)] & (~std::uint64_t{0} << (low & 63));
  while (found == 0 && word < high >> 6) found = bits[at(++word)];
  const std::int64_t position = found == 0 ? -1 : (word << 6) + __builtin_ctzll(found);
  return position <= high ? position : -1;
}

}  // namespace

template <bool kLimited>
void Chunk::add_limited(std::int64_t type, RowSums& sums) const {
  constexpr std::uint32_t kAhead = 16;  // occurrences whose surroundings are fetched early
  const auto size = static_cast<std::int64_t>(ids_.size());
  const std::uint32_t end = index_begin_[at(type) + 1];
  const std::int64_t near = std::min<std::int64_t>(window_, 16);
  const auto add = [&](std::int64_t place, std::int64_t offset, std::int64_t distance) {
    const std::int64_t context = ids_[at(place)];
    if (kLimited && context >= limit_) return;
    sums.add(at(context + offset), weights_[at(distance)]);
  };
  for (std::uint32_t i = index_begin_[at(type)]; i < end; ++i) {
    const auto place = static_cast<std::int64_t>(index_places_[i]);
    if (i + kAhead < index_places_.size()) {
      const auto later = static_cast<std::int64_t>(index_places_[i + kAhead]);
      __builtin_prefetch(ids_.data() + std::max<std::int64_t>(later - near, 0));
      __builtin_prefetch(ids_.data() + std::min(later + near, size - 1));
      __builtin_prefetch(starts_.data() + (later >> 6));
    }
    if (left_) {
      const std::int64_t low = std::max<std::int64_t>(place - window_, 0);
      const std::int64_t start = last_bit(starts_, low, place);
      const std::int64_t first = start < 0 ? low : start;
      for (std::int64_t other = first; other < place; ++other) add(other, 0, place - other);
    }
    if (right_) {
      const std::int64_t high = std::min(place + window_, size - 1);
      const std::int64_t start = first_bit(starts_, place + 1, high);
      const std::int64_t last = start < 0 ? high : start - 1;
      for (std::int64_t other = place + 1; other <= last; ++other)
        add(other, right_column_, other - place);
    }
  }
}

void Chunk::add_contexts(std::int64_t type, RowSums& sums) const {
  limited_ ? add_limited<true>(type, sums) : add_limited<false>(type, sums);
}

void Chunk::add_documents(std::int64_t type, AscendingSums& sums) const {
  auto document = documents_.begin();
  for (std::uint32_t i = index_begin_[at(type)]; i < index_begin_[at(type) + 1]; ++i) {
    document = std::upper_bound(document, documents_.end(), index_places_[i]) - 1;
    sums.add_checked(at(first_document_ + (document - documents_.begin())), 1);
  }
}

/// A counting sort in parallel: each segment counts its types, then writes its places to the ranges
/// that follow those of the segments before it.
void Chunk::build_index(std::int64_t types, std::int64_t segments) {
  std::vector<std::vector<std::uint32_t>> next(at(segments));
  const auto border = [&](std::int64_t segment) { return begin_ + tokens() * segment / segments; };
  for_each_block(segments, [&](std::int64_t segment) {
    auto& counts = next[at(segment)];
    counts.assign(at(types), 0);
    for (std::int64_t i = border(segment); i < border(segment + 1); ++i) ++counts[at(ids_[at(i)])];
  });
  index_begin_.resize(at(types) + 1);
  std::uint32_t place = 0;
  for (std::size_t type = 0; type < at(types); ++type) {
    index_begin_[type] = place;
    for (auto& counts : next) place += std::exchange(counts[type], place);
  }
  index_begin_.back() = place;
  index_places_.resize(at(tokens()));
  for_each_block(segments, [&](std::int64_t segment) {
    auto& places = next[at(segment)];
    for (std::int64_t i = border(segment); i < border(segment + 1); ++i)
      index_places_[places[at(ids_[at(i)])]++] = static_cast<std::uint32_t>(i);
  });
}

ChunkReader::ChunkReader(const IdStream& stream, const std::vector<std::int64_t>& counts,
                         const CountOptions& options, std::uint64_t seed, std::int64_t chunk_tokens,
                         std::int64_t segments)
    : stream_(stream),
      chunk_tokens_(chunk_tokens),
      segments_(segments),
      cross_documents_(options.cross_documents),
      key_(Rng(seed, "counts").next()) {
  WB_ASSERT(chunk_tokens > 0 && chunk_tokens <= kMostChunkTokens);
  if (options.sample > 0) {
    for (const std::int64_t count : counts) {
      used_below_.push_back(
          static_cast<std::uint64_t>(kAll * used_share(options.sample, stream.tokens, count)));
    }
  }
  const bool windows = options.context == CountContext::window;
  chunk_.window_ = windows ? options.window : 0;
  chunk_.limited_ = options.max_contexts > 0 && options.max_contexts < stream.types;
  chunk_.limit_ = chunk_.limited_ ? options.max_contexts : stream.types;
  chunk_.left_ = options.sides != CountSides::right;
  chunk_.right_ = options.sides != CountSides::left;
  chunk_.right_column_ = options.sides == CountSides::apart ? chunk_.limit_ : 0;
  chunk_.weights_ = integer_weights(options).by_distance;
}

/// Removes all but the end of the previous chunk: the tokens after its part, which are the first of
/// the next part, and the tokens before them.
void ChunkReader::keep_margin() {
  Chunk& chunk = chunk_;
  const std::int64_t kept = std::max<std::int64_t>(chunk.end_ - chunk.window_, 0);
  chunk.ids_.erase(chunk.ids_.begin(), chunk.ids_.begin() + kept);
  chunk.begin_ = chunk.end_ - kept;
  auto& documents = chunk.documents_;
  // The last document that starts before the kept tokens contains the first of them.
  const auto first = std::upper_bound(documents.begin(), documents.end(), kept);
  const auto removed = std::max<std::ptrdiff_t>(first - documents.begin() - 1, 0);
  documents.erase(documents.begin(), documents.begin() + removed);
  chunk.first_document_ += removed;
  for (auto& place : documents) place = place > kept ? place - static_cast<std::uint32_t>(kept) : 0;
}

/// Reads until the chunk has `size` tokens or the text ends.
void ChunkReader::read_tokens(std::int64_t size) {
  constexpr std::int64_t kPiece = 1 << 20;  // tokens after which the file's memory is released
  std::int64_t released = 0;
  auto& ids = chunk_.ids_;
  const auto& starts = stream_.documents;
  // Room for all chunks at once: growing later would need the memory twice.
  ids.reserve(at(std::min(chunk_tokens_ + 2 * chunk_.window_,
                          static_cast<std::int64_t>(ids.size()) + stream_.tokens - position_)));
  while (position_ < stream_.tokens && static_cast<std::int64_t>(ids.size()) < size) {
    if (interrupted()) throw Interrupted("stopped while counting co-occurrences");
    for (; next_document_ < starts.size() && starts[next_document_] == position_; ++next_document_)
      chunk_.documents_.push_back(static_cast<std::uint32_t>(ids.size()));
    const std::int64_t border =
        next_document_ < starts.size() ? starts[next_document_] : stream_.tokens;
    const std::int64_t first = position_;
    const std::int64_t stop = std::min(
        {border, position_ + size - static_cast<std::int64_t>(ids.size()), position_ + kPiece});
    if (used_below_.empty()) {
      ids.insert(ids.end(), stream_.ids + position_, stream_.ids + stop);
      position_ = stop;
    }
    for (; position_ < stop; ++position_) {
      const std::int32_t id = stream_.ids[position_];
      if ((mix(key_, static_cast<std::uint64_t>(position_)) >> 32) < used_below_[at(id)])
        ids.push_back(id);
    }
    released += position_ - first;
    if (stream_.file && (released >= kPiece || position_ == stream_.tokens)) {
      stream_.file->release(stream_.ids + position_ - released,
                            at(released) * sizeof(std::int32_t));
      released = 0;
    }
  }
}

void ChunkReader::mark_starts() {
  auto& bits = chunk_.starts_;
  bits.assign(chunk_.ids_.size() / 64 + 1, 0);
  if (cross_documents_) return;
  for (const std::uint32_t place : chunk_.documents_)
    bits[place >> 6] |= std::uint64_t{1} << (place & 63);
}

bool ChunkReader::next() {
  Chunk& chunk = chunk_;
  keep_margin();
  read_tokens(chunk.begin_ + chunk_tokens_ + chunk.window_);
  const auto size = static_cast<std::int64_t>(chunk.ids_.size());
  chunk.end_ = position_ == stream_.tokens ? std::min(size, chunk.begin_ + chunk_tokens_)
                                           : size - chunk.window_;
  if (chunk.tokens() == 0) return false;
  mark_starts();
  chunk.build_index(stream_.types, segments_);
  return true;
}

}  // namespace wordbridge
