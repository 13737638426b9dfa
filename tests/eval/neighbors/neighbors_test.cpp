#include "eval/neighbors/neighbors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/error.h"
#include "eval/neighbors/exact_neighbors.h"
#include "eval/statistics/cosine.h"
#include "tests/eval/random_table.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

EmbeddingTable table() {
  return EmbeddingTable({"east", "easterly", "north", "west", "south", "northeast", "nowhere", "-"},
                        {1, 0, 4, 3, 0, 2, -1, 0, 0, -5, 1, 1, 0, 0, -3, 1}, 2, "compass.vec");
}

std::vector<std::string> words_near(std::string_view expression, std::int64_t count) {
  std::vector<std::string> words;
  for (const auto& neighbor : nearest(table(), expression, count)) words.push_back(neighbor.word);
  return words;
}

TEST(Neighbors, OfAWordByCosine) {
  const auto found = nearest(table(), "east", 3);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].word, "easterly");
  EXPECT_EQ(found[0].index, 1);
  EXPECT_NEAR(found[0].cosine, 0.8, 1e-6);
  EXPECT_EQ(found[1].word, "northeast");
  EXPECT_NEAR(found[1].cosine, std::sqrt(0.5), 1e-6);
  // north and south are both at right angles: ties are in order of frequency.
  EXPECT_EQ(found[2].word, "north");
}

TEST(Neighbors, WithoutTheWordItselfAndWithoutZeroVectors) {
  EXPECT_EQ(words_near("east", 99),
            (std::vector<std::string>{"easterly", "northeast", "north", "south", "-", "west"}));
  EXPECT_TRUE(words_near("east", 0).empty());
}

TEST(Neighbors, OfAnExpression) {
  // Vectors are normalised: east + north is north-east, whatever the lengths.
  EXPECT_EQ(words_near("east + north", 1), std::vector<std::string>{"northeast"});
  EXPECT_NEAR(nearest(table(), "east + north", 1)[0].cosine, 1, 1e-6);
  EXPECT_EQ(words_near("east - west + north", 1), std::vector<std::string>{"easterly"});
  EXPECT_EQ(words_near("-", 1), std::vector<std::string>{"west"}) << "a single sign is a word";
}

/// Later searches of a table bound most products from its rows in 8 bits.
TEST(Neighbors, LaterSearchesFindTheSame) {
  constexpr std::int64_t kSize = 5000, kDim = 20;
  auto rows = normal_rows(kSize, kDim, 1);
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < kSize; ++i) {
    words.push_back("w" + std::to_string(i));
    const auto row = rows.begin() + i * kDim;
    const auto scale = [&](float factor) {
      std::transform(row, row + kDim, row, [&](float value) { return value * factor; });
    };
    if (i % 10 == 3) std::copy_n(row - kDim, kDim, row);  // equal to the row before
    if (i % 10 == 4) scale(1e-15F);
    if (i % 10 == 5) scale(1e15F);
    if (i % 10 == 6) scale(0);
    if (i % 10 == 7) row[0] = 500;
  }
  for (const float factor : {1.0F, 1e-30F}) {  // the second: lengths beyond those of products
    for (auto& value : rows) value *= factor;
    const EmbeddingTable table(words, rows, kDim, "test");
    const ExactNeighbors slow(table, /*most_memory=*/0), fast(table);
    for (std::int64_t i = 0; i < 300; ++i) {
      if (i % 10 == 6 || norm(table.row(i), kDim) == 0) continue;  // no direction
      const auto query = neighbor_query(table, {{words[static_cast<std::size_t>(i)]}}, false);
      const auto expected = nearest(table, query, 10, slow.function());
      const auto found = nearest(table, query, 10, fast.function());
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t k = 0; k < found.size(); ++k) {
        ASSERT_EQ(found[k].index, expected[k].index) << i;
        ASSERT_EQ(found[k].cosine, expected[k].cosine) << i;
      }
    }
  }
}

TEST(Neighbors, SaysWhatIsWrong) {
  const auto said = [](std::string_view expression) {
    return message_of<Error>([&] { nearest(table(), expression, 3); });
  };
  EXPECT_THAT(said("esat"),
              AllOf(HasSubstr("compass.vec"), HasSubstr("'esat'"), HasSubstr("'east'")));
  EXPECT_THAT(said("east - norht"), HasSubstr("'norht'"));
  for (const char* expression : {"", " ", "east +", "east + north -"})
    EXPECT_THAT(said(expression), HasSubstr("invalid expression")) << expression;
  EXPECT_THAT(said("east north"), AllOf(HasSubstr("'east north'"), HasSubstr("expression")));
  EXPECT_THAT(said("east + north west"), HasSubstr("'north west'"));
  EXPECT_THAT(said("nowhere"), HasSubstr("zero vector"));
  EXPECT_THAT(said("east - east"), HasSubstr("zero vector"));
  EXPECT_THAT(said("east + west"), HasSubstr("zero vector")) << "opposite directions";
}

/// Words with blanks, commas and signs.
EmbeddingTable odd_words() {
  std::vector<float> rows;
  for (const double degrees : {0, 10, 25, 45, 70, 100, 135, 175})
    for (const double turn : {0, 90})
      rows.push_back(static_cast<float>(std::cos((degrees - turn) * std::acos(-1.0) / 180)));
  return EmbeddingTable({"new york", "a - b", "+", "C++", ". . .", "1,000", "a", "b"}, rows, 2,
                        "odd.vec");
}

TEST(Neighbors, AWordIsLookedUpBeforeItIsParsed) {
  const auto table = odd_words();
  const std::vector<std::vector<std::string>> nearest_of = {
      {"new york", "a - b"}, {"a - b", "new york"}, {"+", "a - b"}, {"C++", "+"},
      {". . .", "C++"},      {"1,000", ". . ."},    {"a", "1,000"}};
  for (const auto& words : nearest_of)
    EXPECT_EQ(nearest(table, words[0], 1).front().word, words[1]) << words[0];
  // As words of an expression they may contain blanks. 0 and 45 degrees: 22.5; 25 and 70: 47.5.
  EXPECT_EQ(nearest(table, "new york + C++", 1).front().word, "+");
  EXPECT_EQ(nearest(table, "+ + . . .", 1).front().word, "C++");
  EXPECT_EQ(words_of_expression(table, " new  york - C++ ")[0].word, "new york");
  EXPECT_EQ(words_of_expression(table, "b - a")[1].sign, -1);
}

TEST(Neighbors, AListIsAWordBeforeItIsSplit) {
  const auto table = odd_words();
  using Words = std::vector<std::string>;
  EXPECT_EQ(words_of_list({&table}, "1,000"), Words{"1,000"});
  EXPECT_EQ(words_of_list({&table}, "new york, C++,,x"), (Words{"new york", "C++", "x"}));
  const auto other = numbered_table({1, 2}, 1);
  EXPECT_EQ(words_of_list({&other, &table}, "1,000"), Words{"1,000"});
  EXPECT_EQ(words_of_list({&other}, "1,000"), (Words{"1", "000"}));
}

/// Multiples of a vector, the longest first: their cosines tie, and frequency decides.
TEST(Neighbors, OfEqualDirectionAreInTheOrderOfFrequency) {
  for (const std::int64_t dim : {1, 7, 300}) {
    const auto row = normal_rows(1, dim, 4);
    std::vector<float> rows = row;
    for (int i = 50; i > 0; --i)
      for (const float value : row) rows.push_back(static_cast<float>(0.1 * i) * value);
    const auto found = nearest(numbered_table(rows, dim), "w0", 20);
    ASSERT_EQ(found.size(), 20u);
    for (std::int64_t i = 0; i < 20; ++i) {
      EXPECT_EQ(found[static_cast<std::size_t>(i)].index, i + 1) << dim;
      EXPECT_EQ(found[static_cast<std::size_t>(i)].cosine, 1);
    }
  }
}

/// Permutations of the same numbers have equal cosines with (1, 1, ...), which single precision
/// computes with different roundings.
TEST(Neighbors, EqualCosinesAreInTheOrderOfFrequency) {
  Rng rng(1, "test.permutations");
  std::vector<float> rows(30, 1), values = normal_rows(1, 30, 6);
  for (int i = 0; i < 200; ++i) {
    rng.shuffle(values);
    rows.insert(rows.end(), values.begin(), values.end());
  }
  const auto found = nearest(numbered_table(rows, 30), "w0", 10);
  for (std::int64_t i = 0; i < 10; ++i) EXPECT_EQ(found[static_cast<std::size_t>(i)].index, i + 1);
}

TEST(Neighbors, OfWordsOfAnyLength) {
  const auto table = numbered_table({3e-40f, 4e-40f, 8e37f, 6e37f, 1, 0, 1e-30f, 1e-30f}, 2);
  for (const char* word : {"w0", "w1", "w2", "w3"}) EXPECT_EQ(nearest(table, word, 9).size(), 3u);
  const auto found = nearest(table, "w0", 9);
  EXPECT_EQ(found[0].word, "w3");  // 7 / 5 / sqrt(2) = 0.990
  EXPECT_NEAR(found[1].cosine, 0.96, 1e-5);
  EXPECT_NEAR(found[2].cosine, 0.6, 1e-5);
}

/// Makes the vector of every word: its length, and 1.
class Lengths : public SubwordVectors {
 public:
  bool vector_of(std::string_view word, float* row) const override {
    row[0] = static_cast<float>(word.size());
    row[1] = 1;
    return !word.empty();
  }
};

TEST(Neighbors, OfUnseenWords) {
  const auto seen = table();
  const auto known = seen.with_unseen(std::make_shared<Lengths>());
  const auto query = neighbor_query(known, {{"xyz"}}, true);
  EXPECT_EQ(query.made, std::vector<std::string>{"xyz"});
  EXPECT_NEAR(query.direction[0], 3 / std::sqrt(10), 1e-12);
  EXPECT_TRUE(query.rows.empty());
  const auto error = [](const EmbeddingTable& from, bool make) {
    return message_of<Error>([&] { neighbor_query(from, {{"xyz"}}, make); });
  };
  EXPECT_THAT(error(known, false), HasSubstr("word not found"));
  EXPECT_THAT(error(seen, true), HasSubstr("word not found"));
}

}  // namespace
}  // namespace wordbridge
