#include "eval/benchmarks/item_differences.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "eval/statistics/correlation.h"

namespace wordbridge {
namespace {

constexpr double kRankRounding = 1e-9;  // tolerance for ranks
constexpr std::int64_t kFewestPairs = 2;
constexpr std::int64_t kFewestQuestions = 3;

/// Average ranks, scaled to the range from 0 to 1.
std::vector<double> unit_ranks(const std::vector<double>& values) {
  auto ranks = average_ranks(values);
  const double most = std::max(1.0, static_cast<double>(values.size()) - 1);
  for (double& rank : ranks) rank = (rank - 1) / most;
  return ranks;
}

/// The largest gains of b and the largest gains of a; ties keep their original order.
template <class Item, class Gain>
std::pair<std::vector<Item>, std::vector<Item>> extremes(std::vector<Item> items, std::size_t count,
                                                         const Gain& gain) {
  std::pair<std::vector<Item>, std::vector<Item>> found;
  for (const double sign : {1.0, -1.0}) {
    auto& list = sign > 0 ? found.first : found.second;
    std::copy_if(items.begin(), items.end(), std::back_inserter(list),
                 [&](const Item& item) { return sign * gain(item) > kRankRounding; });
    std::stable_sort(list.begin(), list.end(),
                     [&](const Item& x, const Item& y) { return sign * gain(x) > sign * gain(y); });
    list.resize(std::min(list.size(), count));
  }
  return found;
}

/// Mean gains of words, in order of first occurrence.
class WordGains {
 public:
  void add(const std::string& word, double gain) {
    const auto [found, is_new] = places_.emplace(word, gains_.size());
    if (is_new) gains_.push_back({word, 0, 0});
    auto& entry = gains_[found->second];
    ++entry.items;
    entry.gain_of_b += gain;
  }
  std::vector<WordGain> means(std::int64_t fewest) const {
    std::vector<WordGain> means;
    for (auto entry : gains_) {
      if (entry.items < fewest) continue;
      entry.gain_of_b /= static_cast<double>(entry.items);
      means.push_back(entry);
    }
    return means;
  }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<WordGain> gains_;
};

double gain_of_word(const WordGain& word) { return word.gain_of_b; }

}  // namespace

double RankedPair::gain_of_b() const {
  return std::abs(model_a - people) - std::abs(model_b - people);
}

SimilarityDifferences similarity_differences(const std::vector<WordPair>& pairs,
                                             const SimilarityItems& a, const SimilarityItems& b,
                                             std::size_t count) {
  WB_ASSERT(a.cosines.size() == pairs.size() && b.cosines.size() == pairs.size());
  std::vector<RankedPair> ranked;
  std::vector<double> judged, cosines_a, cosines_b;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (std::isnan(a.cosines[i]) || std::isnan(b.cosines[i])) continue;
    ranked.push_back({pairs[i].first, pairs[i].second});
    judged.push_back(pairs[i].score);
    cosines_a.push_back(a.cosines[i]);
    cosines_b.push_back(b.cosines[i]);
  }
  const auto people = unit_ranks(judged), of_a = unit_ranks(cosines_a),
             of_b = unit_ranks(cosines_b);
  WordGains words;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    ranked[i].people = people[i];
    ranked[i].model_a = of_a[i];
    ranked[i].model_b = of_b[i];
    for (const auto& word : {ranked[i].first, ranked[i].second})
      words.add(word, ranked[i].gain_of_b());
  }
  SimilarityDifferences differences;
  std::tie(differences.b_better, differences.a_better) =
      extremes(ranked, count, [](const RankedPair& pair) { return pair.gain_of_b(); });
  std::tie(differences.words_b_better, differences.words_a_better) =
      extremes(words.means(kFewestPairs), count, gain_of_word);
  return differences;
}

AnalogyDifferences analogy_differences(const std::vector<AnalogySection>& sections,
                                       const AnalogyItems& a, const AnalogyItems& b,
                                       std::size_t count) {
  AnalogyDifferences differences;
  WordGains words;
  std::size_t question = 0;
  for (const auto& section : sections) {
    AnalogyDifferences::Section counts{section.name};
    for (const auto& asked : section.questions) {
      const auto of_a = a.add.right.at(question), of_b = b.add.right.at(question);
      ++question;
      if (of_a == AnalogyItems::kNotUsed || of_b == AnalogyItems::kNotUsed) continue;
      ++counts.used;
      counts.only_a += of_a > of_b;
      counts.only_b += of_b > of_a;
      words.add(asked[3], static_cast<double>(of_b) - static_cast<double>(of_a));
    }
    if (counts.used > 0) differences.sections.push_back(counts);
  }
  std::tie(differences.words_b_better, differences.words_a_better) =
      extremes(words.means(kFewestQuestions), count, gain_of_word);
  return differences;
}

}  // namespace wordbridge
