#include "eval/translation/changed_words.h"

#include <gmock/gmock.h>

namespace wordbridge {
namespace {

TEST(ChangedWords, ByHand) {
  const EmbeddingTable a({"same", "turned", "opposite", "zero", "only"},
                         {1, 2, 1, 0, 3, 4, 1, 1, 1, 1}, 2, "a");
  const EmbeddingTable b({"zero", "opposite", "turned", "same"}, {0, 0, -6, -8, 0, 5, 2, 4}, 2,
                         "b");
  const auto words = changed_words(a, b);
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(words[0].word, "opposite");
  EXPECT_EQ(words[0].distance, 2);
  EXPECT_EQ(words[1].word, "turned");
  EXPECT_EQ(words[1].distance, 1);
  EXPECT_EQ(words[2].word, "same");
  EXPECT_EQ(words[2].distance, 0);
}

}  // namespace
}  // namespace wordbridge
