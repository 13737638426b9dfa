#include "eval/neighbors/neighbors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
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

TEST(Neighbors, SaysWhatIsWrong) {
  const auto said = [](std::string_view expression) {
    return message_of<Error>([&] { nearest(table(), expression, 3); });
  };
  EXPECT_THAT(said("esat"),
              AllOf(HasSubstr("compass.vec"), HasSubstr("'esat'"), HasSubstr("'east'")));
  EXPECT_THAT(said("east - norht"), HasSubstr("'norht'"));
  for (const char* expression : {"", "east north", "east +", "east + north west"})
    EXPECT_THAT(said(expression), HasSubstr("invalid expression")) << expression;
  EXPECT_THAT(said("nowhere"), HasSubstr("zero vector"));
  EXPECT_THAT(said("east - east"), HasSubstr("zero vector"));
}

}  // namespace
}  // namespace wordbridge
