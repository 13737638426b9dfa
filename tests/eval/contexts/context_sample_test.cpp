#include "eval/contexts/context_sample.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

// 9 ends a sentence, 8 is the unknown symbol.
const std::vector<std::int32_t> kText = {1, 2, 3, 9, 1, 9, 9, 8, 2, 1, 9, 2, 3, 2, 8, 1};

ContextSampleOptions all_of_it() {
  ContextSampleOptions options;
  options.least = 2;
  return options;
}

/// The positions of lists of indices.
std::set<std::vector<std::int64_t>> places(const ContextSample& sample,
                                           const std::vector<std::vector<std::int64_t>>& lists) {
  std::set<std::vector<std::int64_t>> found;
  for (auto list : lists) {
    for (auto& i : list) i = sample.positions[static_cast<std::size_t>(i)];
    found.insert(list);
  }
  return found;
}

TEST(ContextSample, HasAllOfAShortText) {
  const auto sample = draw_contexts(kText.data(), {0, 16}, {8, 9}, {9}, all_of_it());
  using Lists = std::set<std::vector<std::int64_t>>;
  EXPECT_EQ(places(sample, sample.words), (Lists{{0, 4, 9, 15}, {1, 8, 11, 13}, {2, 12}}));
  // The sentence of one word and the empty one are left out; the unknown symbol is part of the
  // rest.
  EXPECT_EQ(places(sample, sample.sentences), (Lists{{0, 1, 2}, {7, 8, 9}, {11, 12, 13, 14, 15}}));
  EXPECT_EQ(places(sample, {sample.random}), (Lists{{0, 1, 2, 4, 8, 9, 11, 12, 13, 15}}));
  ASSERT_EQ(sample.baselines.size(), 3U);
  for (std::size_t w = 0; w < 3; ++w) EXPECT_EQ(sample.baselines[w].size(), sample.words[w].size());
  for (std::size_t i = 0; i < sample.positions.size(); ++i)
    EXPECT_EQ(sample.ids[i], kText[static_cast<std::size_t>(sample.positions[i])]);
}

TEST(ContextSample, WindowsWithoutBoundaries) {
  ContextSampleOptions options = all_of_it();
  options.window = 5;
  const auto sample = draw_contexts(kText.data(), {2, 14}, {8}, {}, options);
  using Lists = std::set<std::vector<std::int64_t>>;
  EXPECT_EQ(places(sample, sample.sentences), (Lists{{2, 3, 4, 5, 6}, {7, 8, 9, 10, 11}}));
  options.window = 6, options.longest = 4;  // the second window ends with the text
  const auto cut = draw_contexts(kText.data(), {2, 14}, {8}, {}, options);
  EXPECT_EQ(places(cut, cut.sentences), (Lists{{2, 3, 4, 5}, {8, 9, 10, 11}}));
}

TEST(ContextSample, LimitsAndSeeds) {
  ContextSampleOptions options = all_of_it();
  options.words = 2, options.occurrences = 2, options.sentences = 1, options.random = 3;
  std::map<std::int64_t, int> times;
  std::set<std::vector<std::int64_t>> samples;
  for (options.seed = 1; options.seed <= 300; ++options.seed) {
    const auto sample = draw_contexts(kText.data(), {0, 16}, {8, 9}, {9}, options);
    EXPECT_EQ(sample.words.size(), 2U);
    EXPECT_EQ(sample.words[0].size(), 2U);
    EXPECT_EQ(sample.sentences.size(), 1U);
    ASSERT_EQ(sample.random.size(), 3U);
    for (const auto i : sample.random) ++times[sample.positions[static_cast<std::size_t>(i)]];
    samples.insert(sample.positions);
    const auto again = draw_contexts(kText.data(), {0, 16}, {8, 9}, {9}, options);
    EXPECT_EQ(again.positions, sample.positions);
    EXPECT_EQ(again.baselines, sample.baselines);
  }
  EXPECT_GT(samples.size(), 100U);
  EXPECT_EQ(times.size(), 10U);
  for (const auto& [position, count] : times) EXPECT_NEAR(count, 90, 40) << position;  // 5 sd
}

std::string error_of(Span span, std::int64_t least) {
  ContextSampleOptions options;
  options.least = least;
  return message_of<Error>([&] { draw_contexts(kText.data(), span, {8, 9}, {9}, options); });
}

TEST(ContextSample, TooShortTextsAreErrors) {
  EXPECT_NE(error_of({0, 16}, 5).find("a word that occurs 5 times"), std::string::npos);
  EXPECT_NE(error_of({4, 6}, 1).find("two different words"), std::string::npos);
  EXPECT_NE(error_of({2, 5}, 1).find("a sentence of two words"), std::string::npos);
}

}  // namespace
}  // namespace wordbridge
