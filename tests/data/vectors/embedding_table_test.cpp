#include "data/vectors/embedding_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

TEST(EmbeddingTable, FindsWordsAndRows) {
  const EmbeddingTable table({"the", "of", "and"}, {1, 2, 3, 4, 5, 6}, 2, "by hand");
  EXPECT_EQ(table.size(), 3);
  EXPECT_EQ(table.dim(), 2);
  EXPECT_EQ(table.origin(), "by hand");
  EXPECT_EQ(table.find("of"), 1);
  EXPECT_EQ(table.find("or"), -1);
  EXPECT_EQ(table.word(2), "and");
  EXPECT_EQ(table.row(2)[0], 5.0f);
  EXPECT_EQ(table.row(2)[1], 6.0f);
}

TEST(EmbeddingTable, StepsAreAddedToTheOrigin) {
  const EmbeddingTable table({"a", "b"}, {1, 2}, 1, "by hand");
  EXPECT_EQ(table.steps(), "");
  EXPECT_EQ(table.with_steps("").origin(), "by hand");
  const auto twice = table.with_steps("center").with_steps("retrofit:x,alpha=2");
  EXPECT_EQ(twice.steps(), "center,retrofit:x,alpha=2");
  EXPECT_EQ(twice.origin(), "by hand, center, retrofit:x,alpha=2");
  EXPECT_EQ(twice.first(1).steps(), twice.steps());
}

TEST(EmbeddingTable, CopiesAndFirstRowsAreViews) {
  const EmbeddingTable table({"a", "b", "c"}, {1, 2, 3}, 1, "by hand");
  const EmbeddingTable copy = table;
  EXPECT_EQ(copy.data(), table.data());
  const EmbeddingTable two = table.first(2);
  EXPECT_EQ(two.size(), 2);
  EXPECT_EQ(two.data(), table.data());
  EXPECT_EQ(two.find("b"), 1);
  EXPECT_EQ(two.find("c"), -1) << "beyond the limit";
  EXPECT_EQ(table.first(0).size(), 3) << "0: all";
  EXPECT_EQ(table.first(9).size(), 3);
}

TEST(EmbeddingTable, OutlivesTheTableItViews) {
  const EmbeddingTable view =
      EmbeddingTable({"a long word that is stored on the heap", "b"}, {7, 8}, 1, "x").first(1);
  EXPECT_EQ(view.word(0), "a long word that is stored on the heap");
  EXPECT_EQ(view.row(0)[0], 7.0f);
}

TEST(EmbeddingTable, ViewKeepsItsRowsAlive) {
  auto rows = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, 3, 4});
  const std::weak_ptr<std::vector<float>> watched = rows;
  {
    const EmbeddingTable table({"a", "b"}, rows->data(), 2, "x", rows);
    rows.reset();
    ASSERT_FALSE(watched.expired());
    EXPECT_EQ(table.row(1)[1], 4.0f);
  }
  EXPECT_TRUE(watched.expired());
}

TEST(EmbeddingTable, ViewsKeepTheSourceOfUnseenWords) {
  struct Length : SubwordVectors {
    bool vector_of(std::string_view word, float* row) const override {
      row[0] = static_cast<float>(word.size());
      return !word.empty();
    }
  };
  const EmbeddingTable plain({"a", "b"}, {1, 2}, 1, "x");
  EXPECT_EQ(plain.unseen(), nullptr);
  const EmbeddingTable view = plain.with_unseen(std::make_shared<Length>()).first(1);
  float value = 0;
  EXPECT_TRUE(view.unseen()->vector_of("abc", &value));
  EXPECT_EQ(value, 3);
  EXPECT_FALSE(view.unseen()->vector_of("", &value));
}

TEST(EmbeddingTable, RefusesWhatDoesNotAgree) {
  EXPECT_THAT(message_of<Error>([] {
                EmbeddingTable({"a", "b"}, {1, 2, 3}, 2, "here");
              }),
              testing::AllOf(HasSubstr("here"), HasSubstr("2 words x 2 dimensions"),
                             HasSubstr("3 numbers")));
  EXPECT_THAT(message_of<Error>([] { EmbeddingTable({}, std::vector<float>{}, 0, "here"); }),
              HasSubstr("at least one dimension"));
  EXPECT_THAT(message_of<Error>([] {
                EmbeddingTable({"a", "b", "a"}, {1, 2, 3}, 1, "here");
              }),
              testing::AllOf(HasSubstr("rows 1 and 3"), HasSubstr("'a'")));
}

TEST(EmbeddingTable, OtherRowsForTheSameWords) {
  const EmbeddingTable table({"a", "b", "c"}, {1, 2, 3, 4, 5, 6}, 2, "here");
  const EmbeddingTable other = table.first(2).with_rows({7, 8}, 1, "there");
  EXPECT_EQ(other.size(), 2);
  EXPECT_EQ(other.dim(), 1);
  EXPECT_EQ(other.row(other.find("b"))[0], 8);
  EXPECT_EQ(other.find("c"), -1);
  EXPECT_EQ(other.origin(), "there");
  EXPECT_EQ(other.word(0).data(), table.word(0).data()) << "shared";
  EXPECT_EQ(table.row(1)[0], 3) << "unchanged";
}

}  // namespace
}  // namespace wordbridge
