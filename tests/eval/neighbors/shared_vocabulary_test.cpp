#include "eval/neighbors/shared_vocabulary.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace wordbridge {
namespace {

TEST(SharedVocabulary, RowsOfCommonWordsInTheFirstOnesOrder) {
  const EmbeddingTable one({"a", "b", "c"}, {1, 2, 3}, 1, "one");
  const EmbeddingTable other({"d", "c", "a"}, {4, 4, 5, 5, 6, 6}, 2, "other");
  const auto shared = with_shared_words({one, other});
  ASSERT_EQ(shared[0].size(), 2);
  EXPECT_EQ(shared[0].word(1), "c");
  EXPECT_EQ(shared[0].row(1)[0], 3);
  EXPECT_EQ(shared[1].word(0), "a");
  EXPECT_EQ(shared[1].row(0)[1], 6);
  EXPECT_EQ(shared[1].origin(), "other");
}

TEST(SharedVocabulary, NoneIsAnError) {
  const EmbeddingTable one({"a"}, {1}, 1, "one"), other({"b"}, {1}, 1, "other");
  EXPECT_THROW(with_shared_words({one, other}), Error);
}

}  // namespace
}  // namespace wordbridge
