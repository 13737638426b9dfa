#include "models/word2vec/positive_sampling.h"

#include <algorithm>

#include "core/index.h"

namespace wordbridge {
namespace {

constexpr std::uint8_t kLeastBits = 6;  // marks of a word, as a power of two

}  // namespace

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
  std::vector<WordPairs::Pair> strong = pairs.strong;
  strong.insert(strong.end(), pairs.promoted.begin(), pairs.promoted.end());
  strong_ = lists_of(std::move(strong), words);
  for (std::int64_t w = 0; w < words; ++w) {
    const auto word = static_cast<std::int32_t>(w);
    std::int64_t partners = 0;
    const auto for_each_partner = [&](const auto& use) {
      for (const Lists* lists : {&strong_, &weak_})
        for (const std::int32_t partner : lists->of(word))
          if (partner < word) use(partner);
    };
    for_each_partner([&partners](std::int32_t) { ++partners; });
    Marks marks{static_cast<std::uint32_t>(bits_.size()), 32 - kLeastBits, false};
    // 16 bits per partner: one word in 16 has the mark of another one.
    while (marks.shift > 1 && (std::int64_t{1} << (32 - marks.shift)) < 16 * partners)
      --marks.shift;
    marks.exact = (std::int64_t{1} << (32 - marks.shift)) >= w;
    const std::int64_t count = marks.exact ? w + 1 : std::int64_t{1} << (32 - marks.shift);
    bits_.resize(bits_.size() + at((count + 63) / 64));
    for_each_partner([&](std::int32_t partner) {
      const std::uint32_t bit =
          marks.exact ? static_cast<std::uint32_t>(partner) : hash_of(partner) >> marks.shift;
      bits_[marks.begin + bit / 64] |= std::uint64_t{1} << (bit % 64);
    });
    marks_.push_back(marks);
  }
}

bool RelatedWords::is_partner(std::int32_t a, std::int32_t b) const {
  const auto has = [b](const Partners& partners) {
    return std::binary_search(partners.first, partners.last, b);
  };
  return has(strong(a)) || has(weak(a));
}

}  // namespace wordbridge
