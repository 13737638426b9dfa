#include "models/word2vec/positive_sampling.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "models/word2vec/training_windows.h"
#include "tests/support/word2vec_toys.h"

namespace wordbridge {
namespace {

using Ids = std::vector<std::int32_t>;

Ids ids_of(const RelatedWords::Partners& partners) { return {partners.begin(), partners.end()}; }

TEST(RelatedWordsTest, BothWordsOfAPairArePartners) {
  WordPairs pairs;
  pairs.strong = {{0, 2}, {2, 3}};
  pairs.promoted = {{0, 2}, {1, 2}};
  pairs.weak = {{0, 3}, {1, 2}};
  const RelatedWords related(pairs, 5);
  EXPECT_EQ(ids_of(related.strong(0)), (Ids{2}));
  EXPECT_EQ(ids_of(related.strong(1)), (Ids{2}));
  EXPECT_EQ(ids_of(related.strong(2)), (Ids{0, 1, 3}));
  EXPECT_EQ(ids_of(related.weak(0)), (Ids{3}));
  EXPECT_EQ(ids_of(related.weak(2)), (Ids{1}));
  EXPECT_TRUE(related.strong(4).empty());
  EXPECT_TRUE(related.weak(4).empty());
}

TEST(RelatedWordsTest, RelatedIsExactForManyPartners) {
  Rng rng(1, "pairs");
  WordPairs pairs;
  std::set<WordPairs::Pair> all;
  const auto add = [&](std::vector<WordPairs::Pair>& list, std::int32_t a, std::int32_t b) {
    if (a == b) return;
    list.emplace_back(std::min(a, b), std::max(a, b));
    all.insert(list.back());
  };
  for (int i = 0; i < 4000; ++i)
    add(i % 2 == 0 ? pairs.strong : pairs.weak, static_cast<std::int32_t>(rng.below(3000)),
        static_cast<std::int32_t>(rng.below(3000)));
  // Word 7 has more partners than there are bits in its marks.
  for (std::int32_t w = 0; w < 3000; w += 2) add(pairs.weak, 7, w);
  const RelatedWords related(pairs, 3000);
  std::int64_t found = 0;
  for (std::int32_t a = 0; a < 3000; ++a)
    for (std::int32_t b = 0; b < 3000; b += a == 7 ? 1 : 7) {
      const bool expected = all.count({std::min(a, b), std::max(a, b)}) > 0;
      ASSERT_EQ(related.related(a, b), expected) << a << ' ' << b;
      found += expected;
    }
  EXPECT_GT(found, 2000);
}

/// Words 0 ... 7: 0 has strong partners 1, 2, 3 and weak ones 4, 5; 6 has the weak partner 7.
PositiveSampling small_sampling() {
  WordPairs pairs;
  pairs.strong = {{0, 1}, {0, 2}, {0, 3}};
  pairs.weak = {{0, 4}, {0, 5}, {6, 7}};
  PositiveSampling sampling;
  sampling.related = std::make_shared<RelatedWords>(pairs, 8);
  sampling.strong_draws = 2;
  sampling.weak_draws = 1;
  return sampling;
}

Word2vecOptions fixed_window(std::int64_t window) {
  Word2vecOptions options = toy_word2vec_options();
  options.window_type = Word2vecOptions::WindowType::fixed;
  options.window = window;
  return options;
}

/// How often each partner is drawn for word 0, and the draws of word 6.
struct DrawCounts {
  std::map<std::int32_t, std::int64_t> strong, weak, of_six;
};

DrawCounts count_draws(const PositiveSampling& sampling) {
  const IdText text = zipf_text(20000, 8);
  const TrainingWindows windows(text.stream(), text.counts, fixed_window(2), 1000, 5, sampling);
  DrawCounts counts;
  TrainingWindows::Segment segment;
  for (std::int64_t s = 0; s < windows.segments(); ++s) {
    windows.read(0, s, segment);
    EXPECT_EQ(segment.partners.size(), static_cast<std::size_t>(3 * (segment.end - segment.begin)));
    for (std::int64_t i = segment.begin; i < segment.end; ++i) {
      const auto* const drawn =
          &segment.partners[static_cast<std::size_t>(3 * (i - segment.begin))];
      switch (segment.words[static_cast<std::size_t>(i)]) {
        case 0:
          ++counts.strong[drawn[0]], ++counts.strong[drawn[1]], ++counts.weak[drawn[2]];
          break;
        case 6:
          ++counts.of_six[drawn[0]], ++counts.of_six[drawn[1]], ++counts.of_six[drawn[2]];
          break;
        case 7:
          EXPECT_EQ(drawn[2], 6);
          [[fallthrough]];
        default:
          break;
      }
    }
  }
  return counts;
}

double chi_square(const std::map<std::int32_t, std::int64_t>& counts) {
  double total = 0, sum = 0;
  for (const auto& [word, count] : counts) total += static_cast<double>(count);
  const double expected = total / static_cast<double>(counts.size());
  for (const auto& [word, count] : counts)
    sum += (static_cast<double>(count) - expected) * (static_cast<double>(count) - expected) /
           expected;
  return sum;
}

TEST(PositiveSamplingTest, RandomDrawsAreUniform) {
  DrawCounts counts = count_draws(small_sampling());
  ASSERT_EQ(counts.strong.size(), 3u);
  ASSERT_EQ(counts.weak.size(), 2u);
  EXPECT_LT(chi_square(counts.strong), chi_square_limit(2));
  EXPECT_LT(chi_square(counts.weak), chi_square_limit(1));
  EXPECT_GT(chi_square(counts.strong), 0.001);  // not in turn
  // No strong partner: -1.
  ASSERT_EQ(counts.of_six.size(), 2u);
  EXPECT_EQ(counts.of_six[-1], 2 * counts.of_six[7]);
}

TEST(PositiveSamplingTest, DrawsInTurnReachEachPartnerEquallyOften) {
  PositiveSampling sampling = small_sampling();
  sampling.draws = PositiveSampling::Draws::in_turn;
  const DrawCounts counts = count_draws(sampling);
  ASSERT_EQ(counts.strong.size(), 3u);
  // In each of 20 segments a partner is drawn at most one time more than another.
  std::int64_t least = counts.strong.begin()->second, most = least;
  for (const auto& [word, count] : counts.strong)
    least = std::min(least, count), most = std::max(most, count);
  EXPECT_LE(most - least, 20);
  EXPECT_GT(least, 1000);
}

/// Pairs of input words and negative samples that are related, and all pairs.
std::pair<std::int64_t, std::int64_t> related_negatives(const PositiveSampling& sampling) {
  const IdText text = zipf_text(5000, 8);
  const TrainingWindows windows(text.stream(), text.counts, fixed_window(2), 1000, 5, sampling);
  std::int64_t related = 0, all = 0;
  TrainingWindows::Segment segment;
  for (std::int64_t s = 0; s < windows.segments(); ++s) {
    windows.read(0, s, segment);
    for (std::int64_t i = segment.begin; i < segment.end; ++i) {
      const auto window = windows.window(segment, i);
      const auto word = segment.words[static_cast<std::size_t>(i)];
      for (std::int64_t k = 0; k < windows.negatives(); ++k) {
        const auto noise =
            segment
                .negatives[static_cast<std::size_t>((i - segment.begin) * windows.negatives() + k)];
        if (noise == word) continue;  // not used
        const std::int64_t first = windows.context_input() ? window.begin : i,
                           last = windows.context_input() ? window.end : i + 1;
        for (std::int64_t c = first; c < last; ++c) {
          if (windows.context_input() && c == i) continue;
          ++all;
          related += sampling.related->related(segment.words[static_cast<std::size_t>(c)], noise);
        }
      }
    }
  }
  return {related, all};
}

TEST(PositiveSamplingTest, RedrawnNegativesAreNotRelatedToTheInput) {
  for (const bool center : {false, true}) {
    PositiveSampling sampling = small_sampling();
    sampling.center_input = center;
    const auto [before, pairs] = related_negatives(sampling);
    EXPECT_GT(before, pairs / 20) << center;
    sampling.negatives = PositiveSampling::Negatives::redraw;
    const auto [after, pairs_after] = related_negatives(sampling);
    EXPECT_EQ(after, 0) << center;
    EXPECT_GT(pairs_after, pairs / 2) << center;
  }
}

TEST(PositiveSamplingTest, AWordRelatedToAllOthersHasNoNegatives) {
  WordPairs pairs;
  pairs.weak = {{0, 1}};
  PositiveSampling sampling;
  sampling.related = std::make_shared<RelatedWords>(pairs, 2);
  sampling.negatives = PositiveSampling::Negatives::redraw;
  sampling.center_input = true;
  const IdText text({0, 1, 0, 1, 0, 0, 1});
  const TrainingWindows windows(text.stream(), text.counts, fixed_window(1), 100, 5, sampling);
  TrainingWindows::Segment segment;
  windows.read(0, 0, segment);
  for (std::size_t i = 0; i < segment.negatives.size(); ++i)
    EXPECT_EQ(segment.negatives[i],
              segment.words[i / static_cast<std::size_t>(windows.negatives())]);
}

}  // namespace
}  // namespace wordbridge
