#include "data/vectors/word_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/threads.h"

namespace wordbridge {
namespace {

TEST(WordList, HoldsAnyBytes) {
  WordList words(std::vector<std::string>{"a", "", std::string("b\0c", 3)});
  words.add("новый");
  ASSERT_EQ(words.size(), 4);
  EXPECT_EQ(words[1], "");
  EXPECT_EQ(words[2], std::string_view("b\0c", 3));
  EXPECT_EQ(words[3], "новый");
  words.cut(1);
  EXPECT_EQ(words.size(), 1);
  words.add("x");
  EXPECT_EQ(words[1], "x");
  EXPECT_EQ(WordList().size(), 0);
}

TEST(WordIndex, FindsEachOfManyWordsOnAnyNumberOfThreads) {
  constexpr std::int64_t kWords = 100000;
  std::vector<std::string> texts;
  for (std::int64_t i = 0; i < kWords; ++i) texts.push_back("w" + std::to_string(i * 7));
  for (const int count : {1, 3}) {
    set_threads(count);
    const WordIndex index{WordList(texts)};
    for (std::int64_t i = 0; i < kWords; ++i)
      ASSERT_EQ(index.find(texts[static_cast<std::size_t>(i)]), i);
    EXPECT_EQ(index.find("w1"), -1);
    EXPECT_EQ(index.find(""), -1);
    EXPECT_TRUE(index.repeated().empty());
  }
  set_threads(0);
}

TEST(WordIndex, ToldOfWordsThatOccurAgain) {
  const WordIndex index{WordList(std::vector<std::string>{"a", "b", "a", "c", "b", "a"})};
  EXPECT_THAT(index.repeated(), testing::ElementsAre(2, 4, 5));
  EXPECT_EQ(index.find("a"), 0);
  EXPECT_EQ(index.find("b"), 1);
  EXPECT_EQ(WordIndex{WordList()}.find("a"), -1);
}

}  // namespace
}  // namespace wordbridge
