#include "models/ngram/prune.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "core/rng.h"
#include "core/threads.h"
#include "models/ngram/arpa.h"
#include "models/ngram/smoothing.h"
#include "tests/support/skewed_ids.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using Ids = std::vector<std::int32_t>;
constexpr std::int64_t kTypes = 7;

BackoffTable model(const Ids& ids, std::int64_t types, std::int64_t order, std::int32_t boundary) {
  return smooth(
      count_ngrams({ids.data(), static_cast<std::int64_t>(ids.size()), types, boundary}, order),
      SmoothingOptions());
}

/// `words`: in reading order.
double log_prob(const BackoffTable& table, const Ids& words) {
  NgramHistory history;
  for (std::size_t k = words.size() - 1; k-- > 0;)
    history.back[static_cast<std::size_t>(history.size++)] = words[k];
  return std::log(10) * table.log10_prob(words.back(), history);
}

/// The listed n-grams of a level in reading order.
std::map<Ids, float> listed(const BackoffTable& table, std::size_t level) {
  std::map<Ids, float> found;
  const auto& levels = table.levels();
  for (std::int64_t i = 0; i < levels[level].size(); ++i) {
    if (levels[level].log10_prob[i] == BackoffTable::kNotListed) continue;
    Ids words;
    std::int64_t index = i;
    for (std::size_t k = level;; --k) {
      words.push_back(levels[k].word[index]);
      if (k == 0) break;
      std::int64_t parent = 0;
      while (levels[k - 1].begin[parent + 1] <= index) ++parent;
      index = parent;
    }
    found[words] = levels[level].log10_prob[i];
  }
  return found;
}

/// exp(D) - 1, where D is the divergence of the model without the n-gram from the model, by its
/// definition: a sum over all words after the history.
double increase(const BackoffTable& table, const std::map<Ids, float>& of_level, const Ids& ngram) {
  const Ids history(ngram.begin(), ngram.end() - 1);
  const auto with = [](Ids words, std::int32_t word) {
    words.push_back(word);
    return words;
  };
  const Ids shorter(history.begin() + 1, history.end());
  const auto is_listed = [&](std::int32_t w) {
    return w != ngram.back() && of_level.count(with(history, w)) > 0;
  };
  double left = 1, lower = 1;
  for (std::int32_t w = 0; w < kTypes; ++w) {
    if (!is_listed(w)) continue;
    left -= std::exp(log_prob(table, with(history, w)));
    lower -= std::exp(log_prob(table, with(shorter, w)));
  }
  double divergence = 0;
  for (std::int32_t w = 0; w < kTypes; ++w) {
    const double before = log_prob(table, with(history, w));
    const double after =
        is_listed(w) ? before : std::log(left / lower) + log_prob(table, with(shorter, w));
    divergence += std::exp(before) * (before - after);
  }
  double log_history = 0;
  for (std::size_t k = 1; k <= history.size(); ++k)
    log_history += log_prob(table, Ids(history.begin(), history.begin() + static_cast<int>(k)));
  return std::expm1(std::exp(log_history) * divergence);
}

double sum_after(const BackoffTable& table, const Ids& history) {
  double sum = 0;
  for (std::int32_t w = 0; w < table.types(); ++w) {
    Ids words = history;
    words.push_back(w);
    sum += std::exp(log_prob(table, words));
  }
  return sum;
}

TEST(PruneTest, RemovesTheNgramsThatTheDefinitionSays) {
  const auto table = model(skewed_ids(150, kTypes, 3), kTypes, 3, -1);
  const auto bigrams = listed(table, 1), trigrams = listed(table, 2);
  for (const double threshold : {1e-4, 5e-4, 2e-3, 1e-2}) {
    const auto pruned = prune(table, threshold);
    std::map<Ids, float> kept_trigrams, kept_bigrams;
    for (const auto& [words, prob] : trigrams)
      if (increase(table, trigrams, words) >= threshold) kept_trigrams[words] = prob;
    for (const auto& [words, prob] : bigrams) {
      bool is_history = false;
      for (const auto& [longer, of_longer] : kept_trigrams)
        is_history |= Ids(longer.begin(), longer.end() - 1) == words;
      if (is_history || increase(table, bigrams, words) >= threshold) kept_bigrams[words] = prob;
    }
    EXPECT_EQ(listed(pruned, 2), kept_trigrams) << threshold;
    EXPECT_EQ(listed(pruned, 1), kept_bigrams) << threshold;
    EXPECT_LT(kept_bigrams.size() + kept_trigrams.size(), bigrams.size() + trigrams.size());
  }
  EXPECT_GT(listed(prune(table, 1e-4), 2).size(), 10);
  EXPECT_TRUE(listed(prune(table, 10), 1).empty());
}

TEST(PruneTest, ProbabilitiesStillSumToOne) {
  for (const std::int32_t boundary : {-1, 0}) {
    const auto table = model(skewed_ids(3000, 40, 3), 42, 4, boundary);
    for (const double threshold : {1e-7, 1e-5, 1e-3}) {
      const auto pruned = prune(table, threshold);
      Rng rng(1, "histories");
      for (int i = 0; i < 60; ++i) {
        Ids history;
        for (std::uint64_t k = rng.below(4); k > 0; --k)
          history.push_back(static_cast<std::int32_t>(rng.below(rng.below(42) + 1)));
        EXPECT_NEAR(sum_after(pruned, history), 1, 1e-5) << threshold;
      }
    }
  }
}

/// Whether the tables have the same n-grams, probabilities and back-off weights.
void expect_same_table(const BackoffTable& a, const BackoffTable& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin());
  };
  ASSERT_EQ(a.order(), b.order());
  for (std::size_t k = 0; k < a.levels().size(); ++k) {
    EXPECT_TRUE(same(a.levels()[k].word, b.levels()[k].word)) << k;
    EXPECT_TRUE(same(a.levels()[k].log10_prob, b.levels()[k].log10_prob)) << k;
    EXPECT_TRUE(same(a.levels()[k].log10_backoff, b.levels()[k].log10_backoff)) << k;
  }
}

TEST(PruneTest, NothingRemovedLeavesTheModelAsItWas) {
  const auto table = model(skewed_ids(3000, 40, 3), 42, 4, 0);
  expect_same_table(prune(table, -2), table);
}

/// A bigram model whose probabilities sum to more than 1 after "a", as other programs write them.
const char* const kNotNormalised =
    "\\data\\\nngram 1=4\nngram 2=3\n\n\\1-grams:\n-0.934344\t<unk>\n-0.5\ta\t-1.5\n"
    "-0.5\tb\t-0.3\n-0.6\tc\t-0.25\n\n\\2-grams:\n0.0000\ta b\n-1\ta c\n-0.2\tb c\n\n\\end\\\n";

TEST(PruneTest, ProbabilitiesThatSumToMoreThanOneKeepTheirSum) {
  const TempFolder folder;
  const auto table = read_arpa(folder.write("m.arpa", kNotNormalised))->table();
  expect_same_table(prune(table, -2), table);
  // The removal of "a c" increases the perplexity by a factor of 1.021, that of "a b" by 1.29.
  const auto pruned = prune(table, 0.1);
  const std::int32_t a = 1, b = 2, c = 3;
  EXPECT_EQ(listed(pruned, 1).count({a, b}), 1U);
  EXPECT_EQ(listed(pruned, 1).count({a, c}), 0U);
  const auto p = [](double log10) { return std::pow(10, log10); };
  const double left = p(-1.5) * (1 - p(-0.5) - p(-0.6)) + p(-1);
  EXPECT_NEAR(pruned.levels()[0].log10_backoff[a], std::log10(left / (1 - p(-0.5))), 1e-5);
  EXPECT_NEAR(sum_after(pruned, {a}), sum_after(table, {a}), 1e-5);
  EXPECT_EQ(pruned.levels()[0].log10_backoff[c], -0.25F);
}

TEST(PruneTest, AHistoryThatLosesAllItsNgramsHasNoBackoffWeight) {
  const TempFolder folder;
  const auto table = read_arpa(folder.write("m.arpa", kNotNormalised))->table();
  const auto pruned = prune(table, 10);
  EXPECT_TRUE(listed(pruned, 1).empty());
  for (std::int64_t word = 0; word < 3; ++word)
    EXPECT_EQ(pruned.levels()[0].log10_backoff[word], 0) << word;
}

TEST(PruneTest, IsTheSameForAnyMemoryAndThreads) {
  const TempFolder folder;
  const auto table = model(skewed_ids(20000, 300, 3), 300, 5, 0);
  set_threads(1);
  const auto one = prune(table, 1e-4);
  NgramResources little;
  little.memory = 1e5;
  little.folder = folder.path();
  set_threads(3);
  const auto three = prune(table, 1e-4, little);
  set_threads(0);
  expect_same_table(one, three);
  EXPECT_LT(one.levels()[2].size(), table.levels()[2].size());
}

}  // namespace
}  // namespace wordbridge
