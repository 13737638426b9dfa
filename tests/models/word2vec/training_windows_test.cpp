#include "models/word2vec/training_windows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "core/rng.h"
#include "tests/support/word2vec_toys.h"

namespace wordbridge {
namespace {

using Places = std::vector<std::int64_t>;

/// For each position kept by subsampling, the positions of its context words.
std::map<std::int64_t, Places> windows_of(const TrainingWindows& text, std::int64_t epoch = 0) {
  std::map<std::int64_t, Places> windows;
  TrainingWindows::Segment segment;
  for (std::int64_t s = 0; s < text.segments(); ++s) {
    text.read(epoch, s, segment);
    for (std::int64_t i = segment.begin; i < segment.end; ++i) {
      const TrainingWindows::Window window = text.window(segment, i);
      Places& places = windows[segment.places[static_cast<std::size_t>(i)]];
      for (std::int64_t j = window.begin; j < window.end; ++j)
        if (j != i) places.push_back(segment.places[static_cast<std::size_t>(j)]);
    }
  }
  return windows;
}

Word2vecOptions fixed_options() {
  Word2vecOptions options = toy_word2vec_options();
  options.window_type = Word2vecOptions::WindowType::fixed;
  return options;
}

TEST(TrainingWindowsTest, FixedWindowsEndAtDocumentsWhereverSegmentsDo) {
  const IdText text({0, 1, 2, 3, 4, 5, 6, 7}, {0, 3, 4});
  const std::map<std::int64_t, Places> expected = {{0, {1, 2}},    {1, {0, 2}}, {2, {0, 1}},
                                                   {3, {}},        {4, {5, 6}}, {5, {4, 6, 7}},
                                                   {6, {4, 5, 7}}, {7, {5, 6}}};
  for (const std::int64_t tokens : {1, 2, 3, 5, 8, 100})
    EXPECT_EQ(windows_of(TrainingWindows(text.stream(), text.counts, fixed_options(), tokens, 1)),
              expected)
        << tokens;
}

TEST(TrainingWindowsTest, SegmentsHaveTheirWordsAndWhatIsAround) {
  const IdText text({0, 1, 2, 3, 4, 5, 6, 7, 8}, {0, 3});
  const TrainingWindows windows(text.stream(), text.counts, fixed_options(), 4, 1);
  ASSERT_EQ(windows.segments(), 3);
  EXPECT_EQ(windows.segment_tokens(1), 4);
  EXPECT_EQ(windows.segment_tokens(2), 1);
  TrainingWindows::Segment segment;
  windows.read(0, 0, segment);
  EXPECT_EQ(segment.words, (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(segment.begins, (std::vector<std::int32_t>{0, 0, 0, 3, 3, 3}));
  EXPECT_EQ(segment.ends, (std::vector<std::int32_t>{3, 3, 3, 6, 6, 6}));
  EXPECT_EQ(segment.begin, 0);
  EXPECT_EQ(segment.end, 4);
  windows.read(0, 1, segment);  // the word at position 3 starts the document: nothing before it
  EXPECT_EQ(segment.places, (Places{3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(segment.begin, 1);
  EXPECT_EQ(segment.end, 5);
  windows.read(0, 2, segment);
  EXPECT_EQ(segment.places, (Places{6, 7, 8}));
  EXPECT_EQ(segment.begin, 2);
  EXPECT_EQ(segment.end, 3);
}

/// Whether each position of the text is kept by subsampling.
std::vector<bool> used_of(const TrainingWindows& text, std::int64_t epoch, std::size_t tokens) {
  std::vector<bool> used(tokens);
  for (const auto& [place, window] : windows_of(text, epoch))
    used[static_cast<std::size_t>(place)] = true;
  return used;
}

/// Reference: fixed windows over the kept positions of the full text, without segments.
std::map<std::int64_t, Places> naive_windows(const IdText& text, const std::vector<bool>& used,
                                             std::int64_t window, bool clean) {
  std::map<std::int64_t, Places> windows;
  const auto tokens = static_cast<std::int64_t>(text.ids.size());
  const auto starts = [&](std::int64_t place) {
    return std::count(text.documents.begin(), text.documents.end(), place) > 0;
  };
  for (std::int64_t place = 0; place < tokens; ++place) {
    if (!used[static_cast<std::size_t>(place)]) continue;
    Places& places = windows[place];
    std::int64_t left = window;
    for (std::int64_t p = place; left > 0 && !starts(p) && p > 0;) {
      --p;
      if (used[static_cast<std::size_t>(p)]) places.push_back(p);
      if (clean || used[static_cast<std::size_t>(p)]) --left;
    }
    std::reverse(places.begin(), places.end());
    left = window;
    for (std::int64_t p = place + 1; left > 0 && p < tokens && !starts(p); ++p) {
      if (used[static_cast<std::size_t>(p)]) places.push_back(p);
      if (clean || used[static_cast<std::size_t>(p)]) --left;
    }
  }
  return windows;
}

TEST(TrainingWindowsTest, DirtyAndCleanWindowsAreThoseOfTheWholeText) {
  const IdText text = zipf_text(700, 30, {0, 1, 2, 90, 333, 334, 650});
  for (const char* const subsampling : {"dirty", "clean"})
    for (const std::int64_t window : {1, 4, 9}) {
      Word2vecOptions options = fixed_options();
      options.sample = 0.02;
      options.window = window;
      set_choice(options, "subsampling", subsampling);
      const TrainingWindows whole(text.stream(), text.counts, options, 1000, 3);
      const std::vector<bool> used = used_of(whole, 2, text.ids.size());
      ASSERT_LT(std::count(used.begin(), used.end(), true), 600);
      const auto expected = naive_windows(
          text, used, window, options.subsampling == Word2vecOptions::Subsampling::clean);
      for (const std::int64_t tokens : {1, 7, 64, 128, 1000})
        EXPECT_EQ(windows_of(TrainingWindows(text.stream(), text.counts, options, tokens, 3), 2),
                  expected)
            << subsampling << ' ' << window << ' ' << tokens;
    }
}

/// Word 0 is half of the text; the other words are always kept. Uses a seed with which only the
/// last 0 is kept.
TEST(TrainingWindowsTest, CleanWindowsCountWhatIsLeftOut) {
  const IdText text({1, 0, 2, 0, 3, 0, 4, 0});
  Word2vecOptions options = fixed_options();
  options.sample = 0.05;
  const std::vector<bool> wanted = {true, false, true, false, true, false, true, true};
  std::uint64_t seed = 0;
  const auto make = [&](const char* subsampling) {
    set_choice(options, "subsampling", subsampling);
    return TrainingWindows(text.stream(), text.counts, options, 100, seed);
  };
  while (seed < 1000 && used_of(make("dirty"), 0, 8) != wanted) ++seed;
  ASSERT_LT(seed, 1000U);
  EXPECT_EQ(windows_of(make("dirty")),
            (std::map<std::int64_t, Places>{
                {0, {2, 4}}, {2, {0, 4, 6}}, {4, {0, 2, 6, 7}}, {6, {2, 4, 7}}, {7, {4, 6}}}));
  EXPECT_EQ(
      windows_of(make("clean")),
      (std::map<std::int64_t, Places>{{0, {2}}, {2, {0, 4}}, {4, {2, 6}}, {6, {4, 7}}, {7, {6}}}));
}

TEST(TrainingWindowsTest, WhatIsUsedDependsOnPlaceEpochAndSeedAlone) {
  const IdText text = zipf_text(5000, 40);
  Word2vecOptions options = fixed_options();
  options.sample = 0.01;
  const auto make = [&](std::int64_t tokens, std::uint64_t seed) {
    return TrainingWindows(text.stream(), text.counts, options, tokens, seed);
  };
  const auto used = used_of(make(512, 1), 0, text.ids.size());
  EXPECT_EQ(used_of(make(100, 1), 0, text.ids.size()), used);
  EXPECT_NE(used_of(make(512, 1), 1, text.ids.size()), used);
  EXPECT_NE(used_of(make(512, 2), 0, text.ids.size()), used);
  // A segment is surrounded by the words of its neighbouring segments.
  const TrainingWindows windows = make(64, 1);
  TrainingWindows::Segment segment;
  for (std::int64_t s = 0; s < windows.segments(); ++s) {
    windows.read(0, s, segment);
    ASSERT_EQ(segment.words.size(), segment.places.size());
    for (std::size_t i = 0; i < segment.words.size(); ++i) {
      const auto place = static_cast<std::size_t>(segment.places[i]);
      EXPECT_TRUE(used[place]);
      EXPECT_EQ(segment.words[i], text.ids[place]);
    }
    EXPECT_TRUE(std::is_sorted(segment.places.begin(), segment.places.end()));
  }
}

TEST(TrainingWindowsTest, ASegmentIsTheSameInAnyOrder) {
  const IdText text = zipf_text(2000, 40);
  Word2vecOptions options = toy_word2vec_options();
  options.sample = 0.01;
  const TrainingWindows windows(text.stream(), text.counts, options, 128, 1);
  TrainingWindows::Segment one, other;
  for (const std::int64_t before : {0, 7, 12}) {
    windows.read(1, 5, one);
    windows.read(2, before, other);
    for (std::int64_t i = other.begin; i < other.end; ++i) windows.window(other, i);
    windows.read(1, 5, other);
    EXPECT_EQ(one.places, other.places);
    EXPECT_EQ(one.negatives, other.negatives);
    for (std::int64_t i = one.begin; i < one.end; ++i) {
      const auto a = windows.window(one, i), b = windows.window(other, i);
      EXPECT_EQ(a.begin, b.begin);
      EXPECT_EQ(a.end, b.end);
    }
  }
}

TEST(TrainingWindowsTest, DynamicWindowsHaveEachWidthAlike) {
  const IdText text(std::vector<std::int32_t>(20000, 0));
  for (const char* const subsampling : {"dirty", "clean"}) {
    Word2vecOptions options = toy_word2vec_options();
    options.window = 5;
    set_choice(options, "subsampling", subsampling);
    const TrainingWindows windows(text.stream(), text.counts, options, 1024, 1);
    std::map<std::size_t, double> seen;
    for (const auto& [place, window] : windows_of(windows)) {
      if (place < 5 || place >= 19995) continue;
      ++seen[window.size()];
      ASSERT_EQ(window.front() - place, place - window.back());
    }
    ASSERT_EQ(seen.size(), 5U);
    const double expected = 19990 / 5.0;
    double chi_square = 0;
    for (const auto& [size, count] : seen) {
      EXPECT_EQ(size % 2, 0U);
      chi_square += (count - expected) * (count - expected) / expected;
    }
    EXPECT_LT(chi_square, chi_square_limit(4));
  }
}

TEST(TrainingWindowsTest, NegativesAreDrawnByTheirDistribution) {
  constexpr std::int32_t kTypes = 20;
  const IdText text = zipf_text(100000, kTypes);
  const TrainingWindows windows(text.stream(), text.counts, toy_word2vec_options(), 128, 1);
  double weights = 0;
  for (const auto count : text.counts) weights += std::pow(static_cast<double>(count) + 1, 0.75);
  std::vector<double> drawn(kTypes);
  double draws = 0;
  TrainingWindows::Segment segment;
  for (std::int64_t s = 0; s < windows.segments(); ++s) {
    windows.read(3, s, segment);
    for (const auto word : segment.negatives) ++drawn[static_cast<std::size_t>(word)], ++draws;
  }
  EXPECT_EQ(draws, 5.0 * static_cast<double>(text.ids.size()));
  double chi_square = 0;
  for (std::size_t w = 0; w < kTypes; ++w) {
    const double expected =
        draws * std::pow(static_cast<double>(text.counts[w]) + 1, 0.75) / weights;
    chi_square += (drawn[w] - expected) * (drawn[w] - expected) / expected;
  }
  EXPECT_LT(chi_square, chi_square_limit(kTypes - 1));
}

TEST(TrainingWindowsTest, EachOwnWordHasItsNegatives) {
  const IdText text = zipf_text(1000, 10);
  Word2vecOptions options = toy_word2vec_options();
  options.negatives = 7;
  const TrainingWindows windows(text.stream(), text.counts, options, 128, 1);
  EXPECT_EQ(windows.negatives(), 7);
  TrainingWindows::Segment segment;
  windows.read(0, 3, segment);
  EXPECT_EQ(static_cast<std::int64_t>(segment.negatives.size()), 7 * (segment.end - segment.begin));
  options.output = Word2vecOptions::Output::hierarchical;
  const TrainingWindows without(text.stream(), text.counts, options, 128, 1);
  EXPECT_EQ(without.negatives(), 0);
  without.read(0, 0, segment);
  EXPECT_TRUE(segment.negatives.empty());
}

TEST(TrainingWindowsTest, ThinningFollowsItsShares) {
  constexpr std::size_t kTypes = 20;
  const IdText text = zipf_text(200000, kTypes);
  Word2vecOptions options = toy_word2vec_options();
  options.sample = 0.01;
  const TrainingWindows windows(text.stream(), text.counts, options, 1024, 1);
  std::vector<double> used(kTypes);
  TrainingWindows::Segment segment;
  for (std::int64_t s = 0; s < windows.segments(); ++s) {
    windows.read(3, s, segment);
    for (std::int64_t i = segment.begin; i < segment.end; ++i)
      ++used[static_cast<std::size_t>(segment.words[static_cast<std::size_t>(i)])];
  }
  double chi_square = 0, degrees = 0;
  for (std::size_t w = 0; w < kTypes; ++w) {
    const auto count = static_cast<double>(text.counts[w]);
    const double share = used_share(0.01, 200000, text.counts[w]);
    if (share == 1) {
      EXPECT_EQ(used[w], count);
      continue;
    }
    chi_square += std::pow(used[w] - count * share, 2) / (count * share * (1 - share));
    ++degrees;
  }
  EXPECT_GT(degrees, 5);
  EXPECT_LT(degrees, kTypes);
  EXPECT_LT(chi_square, chi_square_limit(degrees));
}

TEST(TrainingWindowsTest, UsedSharesWorkedOutByHand) {
  EXPECT_EQ(used_share(0, 1000, 999), 1);
  EXPECT_EQ(used_share(0.01, 1000, 10), 1);  // 1 + 1
  EXPECT_NEAR(used_share(0.01, 1000, 40), 0.5 + 0.25, 1e-12);
  EXPECT_NEAR(used_share(1e-4, 1000000, 10000), 0.1 + 0.01, 1e-12);
}

}  // namespace
}  // namespace wordbridge
