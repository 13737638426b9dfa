#include "eval/benchmarks/word_lookup.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "eval/benchmarks/similarity.h"

namespace wordbridge {
namespace {

EmbeddingTable table() {
  return {{"May", "may", "Paris", "ÉTÉ", "the"}, {1, 0, 0, 1, 2, 2, -1, 0, 3, 7}, 2, "test"};
}

TEST(WordLookupTest, LetterCases) {
  const WordLookup as_written(table());
  EXPECT_EQ(as_written.row("May"), 0);
  EXPECT_EQ(as_written.row("paris"), -1);
  const WordLookup lower(table(), {LetterCase::lower});
  EXPECT_EQ(lower.row("MAY"), 1);
  EXPECT_EQ(lower.row("Paris"), -1);  // only the benchmark's word is lower-cased
  const WordLookup insensitive(table(), {LetterCase::insensitive});
  EXPECT_EQ(insensitive.row("may"), 0);  // first of two matches
  EXPECT_EQ(insensitive.row("pARIS"), 2);
  EXPECT_EQ(insensitive.row("été"), 3);
  EXPECT_EQ(insensitive.row("THE"), 4);
  EXPECT_EQ(insensitive.row("none"), -1);
}

TEST(WordLookupTest, WhatStandsForAnUnknownWord) {
  EXPECT_EQ(WordLookup(table()).vector("none").values, nullptr);
  const WordLookup zero(table(), {LetterCase::as_written, UnknownWords::zero});
  EXPECT_EQ(zero.vector("none").values[0], 0);
  EXPECT_TRUE(zero.vector("none").is_made());
  EXPECT_FALSE(zero.vector("the").is_made());
  const WordLookup mean(table(), {LetterCase::as_written, UnknownWords::mean});
  EXPECT_EQ(mean.vector("none").values[0], 1);
  EXPECT_EQ(mean.vector("none").values[1], 2);
}

/// Composes a vector from the length of a word; no vector for a word of fewer than two bytes.
struct Lengths : SubwordVectors {
  bool vector_of(std::string_view word, float* row) const override {
    row[0] = static_cast<float>(word.size());
    row[1] = word == "XY" ? 1 : 0;
    return word.size() > 1;
  }
};

TEST(WordLookupTest, NGramsMakeUnknownWords) {
  const auto with = table().with_unseen(std::make_shared<Lengths>());
  const WordLookup words(with, {LetterCase::insensitive, UnknownWords::subword});
  const auto made = words.vector("XY");
  ASSERT_NE(made.values, nullptr);
  EXPECT_TRUE(made.is_made());
  EXPECT_EQ(made.values[0], 2);
  EXPECT_EQ(made.values[1], 1) << "as written";
  const auto other = words.vector("abc");
  EXPECT_EQ(other.values[0], 3);
  EXPECT_EQ(made.values[0], 2) << "still valid";
  EXPECT_EQ(words.vector("a").values, nullptr);
  EXPECT_EQ(words.vector("PARIS").row, 2);
  const WordLookup lower(with, {LetterCase::lower, UnknownWords::subword});
  EXPECT_EQ(lower.vector("XY").values[1], 0);
  const WordLookup without(table(), {LetterCase::lower, UnknownWords::subword});
  EXPECT_EQ(without.vector("abc").values, nullptr);
  const WordLookup dropping(with, {LetterCase::lower, UnknownWords::drop});
  EXPECT_EQ(dropping.vector("abc").values, nullptr);
}

TEST(WordLookupTest, PairsWithUnknownWords) {
  const std::vector<WordPair> pairs = {{"May", "the", 1}, {"May", "none", 2}, {"may", "Paris", 3}};
  const auto with = [&](UnknownWords unknown) {
    return similarity_items({table(), {LetterCase::as_written, unknown}}, pairs);
  };
  EXPECT_TRUE(std::isnan(with(UnknownWords::drop).cosines[1]));
  EXPECT_EQ(with(UnknownWords::zero).cosines[1], 0);
  EXPECT_NEAR(with(UnknownWords::mean).cosines[1], 1 / std::sqrt(5.0), 1e-12);
  EXPECT_EQ(with(UnknownWords::mean).unknown, 1);
  EXPECT_EQ(similarity_scores(with(UnknownWords::drop)).used, 2);
  EXPECT_EQ(similarity_scores(with(UnknownWords::zero)).used, 3);
}

/// The mean of centred vectors is a rounding error, whose direction is arbitrary.
TEST(WordLookupTest, TheMeanOfCenteredVectorsIsZero) {
  const EmbeddingTable table({"a", "b", "c"}, {0.1f, 0.3f, 0.2f, -0.1f, -0.3f, -0.2f}, 2, "test");
  const WordLookup words(table, {LetterCase::as_written, UnknownWords::mean});
  EXPECT_EQ(words.vector("x").values[0], 0);
  EXPECT_EQ(words.vector("x").values[1], 0);
}

}  // namespace
}  // namespace wordbridge
