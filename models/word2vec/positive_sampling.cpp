#include "models/word2vec/positive_sampling.h"

#include <algorithm>
#include <iterator>

#include "core/index.h"

namespace wordbridge {

RelatedWords::Lists RelatedWords::lists_of(std::vector<WordPairs::Pair> pairs, std::int64_t words) {
  const std::size_t count = pairs.size();
  pairs.reserve(2 * count);
  for (std::size_t i = 0; i < count; ++i) pairs.emplace_back(pairs[i].second, pairs[i].first);
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  Lists lists;
  lists.begin.assign(at(words + 1), 0);
  for (const auto& [word, partner] : pairs) {
    ++lists.begin[at(word + 1)];
    lists.partners.push_back(partner);
  }
  for (std::size_t w = 0; w < at(words); ++w) lists.begin[w + 1] += lists.begin[w];
  return lists;
}

RelatedWords::RelatedWords(const WordPairs& pairs, std::int64_t words)
    : weak_(lists_of(pairs.weak, words)) {
  std::vector<WordPairs::Pair> strong_pairs = pairs.strong;
  strong_pairs.insert(strong_pairs.end(), pairs.promoted.begin(), pairs.promoted.end());
  strong_ = lists_of(std::move(strong_pairs), words);
  commoner_.begin.push_back(0);
  marks_.resize(at(words));
  for (std::int32_t word = 0; word < words; ++word) {
    const Partners first = strong(word), second = weak(word);
    const auto end = [word](const Partners& partners) {
      return std::lower_bound(partners.first, partners.last, word);
    };
    std::set_union(first.first, end(first), second.first, end(second),
                   std::back_inserter(commoner_.partners));
    commoner_.begin.push_back(static_cast<std::int64_t>(commoner_.partners.size()));
    for (const Partners& partners : {first, second})
      for (const std::int32_t partner : partners) {
        const std::uint32_t hash = hash_of(partner);
        marks_[at(word)].bits[hash / 64] |= std::uint64_t{1} << (hash % 64);
      }
  }
}

double RelatedWords::bytes() const {
  double bytes = static_cast<double>(marks_.size() * sizeof(Marks));
  for (const Lists* lists : {&strong_, &weak_, &commoner_})
    bytes += static_cast<double>(lists->begin.size() * sizeof(lists->begin[0]) +
                                 lists->partners.size() * sizeof(lists->partners[0]));
  return bytes;
}

bool RelatedWords::is_pair(std::int32_t a, std::int32_t b) const {
  const Partners partners = commoner_.of(std::max(a, b));
  return std::binary_search(partners.first, partners.last, std::min(a, b));
}

}  // namespace wordbridge
