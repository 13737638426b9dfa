#include "data/vectors/word_index.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/io/hash.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kWordsPerBlock = 1 << 14;
/// Number of words whose places are prefetched at a time.
constexpr std::int64_t kAhead = 16;

}  // namespace

std::uint64_t hash_of_word(std::string_view word) {
  std::uint64_t hash = word.size();
  for (; !word.empty(); word.remove_prefix(std::min(word.size(), std::size_t{8}))) {
    std::uint64_t letters = 0;  // little-endian, as all files are
    for (std::size_t i = 0; i < std::min(word.size(), std::size_t{8}); ++i)
      letters |= std::uint64_t{static_cast<unsigned char>(word[i])} << (8 * i);
    hash = mix(hash, letters);
  }
  return hash;
}

WordList::WordList(const std::vector<std::string>& words)
    : WordList(std::vector<std::string_view>(words.begin(), words.end())) {}

WordList::WordList(const std::vector<std::string_view>& words) {
  starts_.resize(words.size() + 1);
  for (std::size_t i = 0; i < words.size(); ++i) starts_[i + 1] = starts_[i] + words[i].size();
  letters_.resize(starts_.back());
  for_each_range(size(), kWordsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
      words[i].copy(letters_.data() + starts_[i], words[i].size());
  });
}

void WordList::add(std::string_view word) {
  letters_ += word;
  starts_.push_back(letters_.size());
}

void WordList::cut(std::int64_t size) {
  WB_ASSERT(size >= 0 && size <= this->size());
  starts_.resize(static_cast<std::size_t>(size) + 1);
  letters_.resize(starts_.back());
}

WordIndex::WordIndex(WordList words) : words_(std::move(words)) {
  const std::int64_t size = words_.size();
  if (size >= std::numeric_limits<std::uint32_t>::max())
    throw Error("too many words").expected("at most 2^32 - 2").got("{}", size);
  std::uint64_t places = 2;
  while (places < 2 * static_cast<std::uint64_t>(size)) places *= 2;
  places_.resize(places);
  mask_ = places - 1;
  std::vector<std::uint64_t> hashes(static_cast<std::size_t>(size));
  for_each_range(size, kWordsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) hashes[at(i)] = hash_of_word(words_[i]);
  });
  for (std::int64_t i = 0; i < size; ++i) {
    if (i + kAhead < size) __builtin_prefetch(&places_[hashes[at(i + kAhead)] & mask_], 1);
    insert(i, hashes[at(i)]);
  }
}

void WordIndex::insert(std::int64_t row, std::uint64_t hash) {
  for (std::uint64_t at = hash & mask_;; at = (at + 1) & mask_) {
    WordPlace& place = places_[at];
    if (place.next_row == 0) {
      place = {tag_of(hash), static_cast<std::uint32_t>(row) + 1};
      return;
    }
    if (place.tag == tag_of(hash) && words_[place.next_row - 1] == words_[row]) {
      repeated_.push_back(row);
      return;
    }
  }
}

std::int64_t WordIndex::find(std::string_view word) const {
  return find_row(
      word, places_.size(), [&](std::uint64_t i) { return places_[i]; },
      [&](std::int64_t row) { return words_[row] == word; });
}

}  // namespace wordbridge
