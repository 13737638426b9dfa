#include "models/ngram/sorted_ngrams.h"

#include <algorithm>

#include "core/index.h"

namespace wordbridge {
namespace {

/// Number of bits of `number`.
int bit_width(std::uint64_t number) { return number == 0 ? 0 : 64 - __builtin_clzll(number); }

}  // namespace

SortedNgrams::SortedNgrams(const NgramStream& stream, std::int64_t order, std::int64_t begin,
                           std::int64_t end)
    : stream_(stream),
      order_(order),
      bits_(std::max(1, bit_width(static_cast<std::uint64_t>(stream.types)))),
      words_(64 / bits_),
      first_(at(stream.types) + 1),
      position_(at(end - begin)) {
  for (auto t = begin; t < end; ++t) ++first_[at(stream.ids[t]) + 1];
  for (std::size_t w = 1; w < first_.size(); ++w) first_[w] += first_[w - 1];
  std::vector<std::uint64_t> next(first_.begin(), first_.end() - 1);
  for (auto t = begin; t < end; ++t)
    position_[next[at(stream.ids[t])]++] = static_cast<std::uint32_t>(t);
}

std::int64_t SortedNgrams::length_at(std::int64_t position) const {
  const std::int64_t most = std::min(order_, position + 1 + (stream_.boundary >= 0 ? 1 : 0));
  std::int64_t words = 1;
  while (words < most) {
    ++words;
    if (word_before(position, words - 1) == stream_.boundary) break;
  }
  return words;
}

/// The words `depth`, `depth` + 1, ... before the last one, each plus 1; 0: none.
std::uint64_t SortedNgrams::key(const Entry& entry, std::int64_t depth) const {
  std::uint64_t key = 0;
  for (std::int64_t back = depth; back < depth + words_; ++back) {
    key <<= bits_;
    if (back < entry.length)
      key |= static_cast<std::uint64_t>(word_before(entry.position, back)) + 1;
  }
  return key;
}

/// Sorts n-grams that share their last `depth` words.
void SortedNgrams::sort(Entry* begin, Entry* end, std::int64_t depth) const {
  for (Entry* entry = begin; entry < end; ++entry) entry->key = key(*entry, depth);
  std::sort(begin, end, [](const Entry& a, const Entry& b) { return a.key < b.key; });
  for (Entry* run = begin; run < end;) {
    Entry* run_end = run + 1;
    while (run_end < end && run_end->key == run->key) ++run_end;
    if (run_end < end) {
      const int differ = (bits_ * words_ - bit_width(run->key ^ run_end->key)) / bits_;
      run_end->shared = static_cast<std::uint8_t>(depth + differ);
    }
    // At the beginning of the stream, an n-gram can be shorter than others with the same key.
    if (std::any_of(run, run_end, [&](const Entry& e) { return e.length > depth + words_; })) {
      const std::uint8_t shared = run->shared;
      sort(run, run_end, depth + words_);
      run->shared = shared;
    } else {
      for (Entry* same = run + 1; same < run_end; ++same) same->shared = run->length;
    }
    run = run_end;
  }
}

void SortedNgrams::of_word(std::int64_t word, std::vector<Ngram>& ngrams) const {
  ngrams.clear();
  std::vector<Entry> entries;
  entries.reserve(first_[at(word) + 1] - first_[at(word)]);
  for (auto i = first_[at(word)]; i < first_[at(word) + 1]; ++i) {
    const std::uint32_t position = position_[i];
    entries.push_back({0, position, 0, static_cast<std::uint8_t>(length_at(position))});
  }
  sort(entries.data(), entries.data() + entries.size(), 1);
  ngrams.reserve(entries.size());
  for (const Entry& entry : entries) ngrams.push_back({entry.position, entry.shared, entry.length});
}

}  // namespace wordbridge
