#include "data/text/type_table.h"

#include <gmock/gmock.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "core/rng.h"

namespace wordbridge {
namespace {

TEST(HashedWord, IsTheSameOfALineAndOfAWord) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz0123456789\xc3\xa9\x0b\x8a\x01";
  for (std::size_t size = 0; size <= letters.size(); ++size) {
    const std::string word = letters.substr(0, size);
    for (const char behind : {'\n', 'x', '\x0b'}) {
      const std::string line = word + "\n" + std::string(kLinePadding, behind);
      const HashedWord of_line = hashed_line(line.data()), of_word = hashed(word);
      EXPECT_EQ(of_line.text, word);
      EXPECT_EQ(of_line.start, of_word.start);
      EXPECT_EQ(of_line.hash, of_word.hash) << size;
    }
  }
}

TEST(TypeTable, EqualsAnOrdinaryMap) {
  Rng rng(3, "type table");
  TypeTable table;
  for (int round = 0; round < 2; ++round) {
    std::unordered_map<std::string, std::int32_t> expected;
    std::vector<std::string> words;
    for (int i = 0; i < 200000; ++i) {
      std::string word(rng.below(20), 'a');
      for (char& c : word) c = static_cast<char>('a' + rng.below(3));
      const HashedWord hashed_word = hashed(word);
      const auto found = expected.find(word);
      ASSERT_EQ(table.find(hashed_word), found == expected.end() ? -1 : found->second);
      const auto [place, added] = expected.emplace(word, static_cast<std::int32_t>(words.size()));
      if (added) words.push_back(word);
      ASSERT_EQ(table.add(hashed_word), place->second);
    }
    ASSERT_EQ(table.size(), static_cast<std::int32_t>(words.size()));
    for (std::int32_t id = 0; id < table.size(); ++id) {
      ASSERT_EQ(table.word(id), words[static_cast<std::size_t>(id)]);
    }
    table.clear();
    EXPECT_EQ(table.size(), 0);
    EXPECT_EQ(table.find(hashed("a")), -1);
  }
}

TEST(TypeTable, TellsWordsApartThatDifferLittle) {
  TypeTable table;
  const std::vector<std::string> words = {"",
                                          "a",
                                          std::string("a\0", 2),
                                          std::string("\0", 1),
                                          "abcdefgh",
                                          "abcdefghi",
                                          std::string("abcdefgh\0", 9),
                                          "abcdefghijklmnopq",
                                          "abcdefghijklmnopr",
                                          "abcdefghijklmnop"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(table.add(hashed(words[i])), static_cast<std::int32_t>(i));
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(table.find(hashed(words[i])), static_cast<std::int32_t>(i));
    EXPECT_EQ(table.word(static_cast<std::int32_t>(i)), words[i]);
  }
}

}  // namespace
}  // namespace wordbridge
