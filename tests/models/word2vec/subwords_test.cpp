#include "models/word2vec/subwords.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace wordbridge {
namespace {

const CharacterNgrams kBigrams{2, 2, 1000};

std::vector<std::int32_t> rows_of(const Subwords& parts, std::int32_t word) {
  const auto rows = parts.of(word);
  return {rows.begin(), rows.end()};
}

TEST(SubwordsTest, WithoutNgramsNoWordHasParts) {
  const Subwords parts;
  EXPECT_FALSE(parts.any());
  EXPECT_FALSE(parts.has(0));
  EXPECT_FALSE(parts.has(5));
  EXPECT_TRUE(parts.buckets().empty());
}

/// Bigrams: ab has <a ab b>; abab has <a ab ba ab b>.
TEST(SubwordsTest, RowsAreThoseOfTheWordsBucketsOnly) {
  const std::vector<std::string> words = {"ab", "abab"};
  const Subwords parts(words, kBigrams, 10);
  EXPECT_TRUE(parts.any());
  EXPECT_TRUE(parts.has(0));
  EXPECT_TRUE(parts.has(1));
  EXPECT_FALSE(parts.has(2));
  EXPECT_FALSE(parts.has(10));
  std::set<std::int32_t> used;
  std::vector<std::int32_t> found;
  for (const auto& word : words) {
    character_ngrams(word, kBigrams, found);
    used.insert(found.begin(), found.end());
  }
  ASSERT_EQ(used.size(), 4U);  // <a ab b> ba
  EXPECT_EQ(parts.buckets(), std::vector<std::int32_t>(used.begin(), used.end()));
  for (std::int32_t w = 0; w < 2; ++w) {
    std::vector<std::int32_t> expected = {w};
    character_ngrams(words[static_cast<std::size_t>(w)], kBigrams, found);
    for (const auto bucket : found)
      expected.push_back(
          static_cast<std::int32_t>(10 + std::distance(used.begin(), used.find(bucket))));
    EXPECT_EQ(rows_of(parts, w), expected);
  }
  const auto ab = rows_of(parts, 0), abab = rows_of(parts, 1);
  ASSERT_EQ(ab.size(), 4U);
  ASSERT_EQ(abab.size(), 6U);
  EXPECT_EQ(abab[1], ab[1]);
  EXPECT_EQ(abab[2], ab[2]);
  EXPECT_EQ(abab[4], ab[2]);  // second occurrence of ab
  EXPECT_EQ(abab[5], ab[3]);
}

TEST(SubwordsTest, MeansAreOfAllRowsAsOftenAsTheyOccur) {
  const Subwords parts({"ab", "abab"}, kBigrams, 2);
  constexpr std::int64_t kWidth = 16;
  std::vector<float> matrix(6 * kWidth);
  for (std::size_t i = 0; i < matrix.size(); ++i)
    matrix[i] = static_cast<float>(1 << (i / kWidth)) + static_cast<float>(i % kWidth);
  for (std::int32_t w = 0; w < 2; ++w) {
    float sum = 0, count = 0;
    for (const auto row : rows_of(parts, w)) sum += static_cast<float>(1 << row), ++count;
    std::vector<float> mean(kWidth, -1);
    parts.mean(w, matrix.data(), kWidth, mean.data());
    for (std::size_t k = 0; k < kWidth; ++k)
      EXPECT_NEAR(mean[k], sum / count + static_cast<float>(k), 1e-5);
  }
}

TEST(SubwordsTest, AWordWithoutNgramsIsItsOwnRow) {
  const Subwords parts({"a", "abcdefgh"}, {4, 4, 1000}, 2);
  EXPECT_EQ(rows_of(parts, 0), (std::vector<std::int32_t>{0}));
  EXPECT_EQ(rows_of(parts, 1).size(), 1 + 7U);
  std::vector<float> matrix(16 * 9, 0), mean(16);
  for (std::size_t k = 0; k < 16; ++k) matrix[k] = static_cast<float>(k);
  parts.mean(0, matrix.data(), 16, mean.data());
  EXPECT_TRUE(std::equal(mean.begin(), mean.end(), matrix.begin()));
}

TEST(SubwordsTest, NgramsInOneBucketShareARow) {
  const Subwords parts({"ab", "cd"}, {2, 3, 1}, 2);
  EXPECT_EQ(parts.buckets(), (std::vector<std::int32_t>{0}));
  EXPECT_EQ(rows_of(parts, 0), (std::vector<std::int32_t>{0, 2, 2, 2, 2, 2}));
  EXPECT_EQ(rows_of(parts, 1), (std::vector<std::int32_t>{1, 2, 2, 2, 2, 2}));
}

}  // namespace
}  // namespace wordbridge
