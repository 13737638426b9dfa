#include "data/lexicon/translations.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/data/lexicon/dictionary_files.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> pairs_of(const Translations& translations) {
  std::vector<std::string> pairs;
  for (const auto& pair : translations.pairs) pairs.push_back(pair.source + "=" + pair.target);
  return pairs;
}

class TranslationsTest : public testing::Test {
 protected:
  std::string error(const std::string& content) const {
    try {
      read_translations(folder_.write("bad.txt", content), false);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
  TempFolder folder_;
};

TEST_F(TranslationsTest, Files) {
  const std::string path =
      folder_.write("pairs.txt",
                    "\xef\xbb\xbf"
                    "dog Hund\r\nnew york\tNew York\n\n dog  H\u00fcndin \ndog Hund\n");
  EXPECT_THAT(pairs_of(read_translations(path, false)),
              ElementsAre("dog=Hund", "new york=New York", "dog=H\u00fcndin"));
  EXPECT_THAT(pairs_of(read_translations(path, true)),
              ElementsAre("dog=hund", "new york=new york", "dog=h\u00fcndin"));
}

TEST_F(TranslationsTest, WhatIsWrongIsSaid) {
  EXPECT_THAT(error("dog Hund\ncat\n"),
              AllOf(HasSubstr("not a pair of words"), HasSubstr("bad.txt:2"),
                    HasSubstr("source TAB target"), HasSubstr("cat")));
  EXPECT_THAT(error("a b c\n"), HasSubstr("bad.txt:1"));
  EXPECT_THAT(error("a\tb\tc\n"), HasSubstr("bad.txt:1"));
  EXPECT_THAT(error("a b\n\tb\n"), HasSubstr("bad.txt:2"));
  EXPECT_THAT(error("\n \n"), AllOf(HasSubstr("has no pairs"), HasSubstr("an empty file")));
  EXPECT_THROW(read_translations((folder_ / "gone.txt").string(), false), Error);
  try {
    read_translations("freedict-xxx-yyy", false);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("apt install dict-freedict-xxx-yyy"));
  }
}

TEST_F(TranslationsTest, SingleWordsOfFreedict) {
  const auto files = dictd_files(
      {{{"bank"}, "bank /ba/\nBank <fem>, Gruppe <fem>, seitlicher Henkel\n   Synonym: {shore}\n"},
       {{"waste bin"}, "waste bin /x/\nAbfalleimer <masc>\n"},
       {{"go"}, "go /x/\n1. gehen\n2. (zu Fu\u00df) laufen; fahren [mit]\n"}});
  folder_.write("freedict-eng-deu.dict.dz", dictzip_bytes(files.text, 50));
  const auto read = read_translations(folder_.write("freedict-eng-deu.index", files.index), false);
  EXPECT_THAT(pairs_of(read), ElementsAre("bank=Bank", "bank=Gruppe", "go=gehen", "go=fahren"));
  // "seitlicher Henkel", "waste bin" and "(zu Fu\u00df) laufen".
  EXPECT_EQ(read.phrases, 3);
}

TEST(Translations, IdenticalWords) {
  const EmbeddingTable source({"b", "a", "x"}, std::vector<float>(3, 1), 1, "s"),
      target({"a", "y", "b"}, std::vector<float>(3, 1), 1, "t");
  EXPECT_THAT(pairs_of(identical_words(source, target)), ElementsAre("b=b", "a=a"));
}

TEST(Translations, TheHeldOutShareDependsOnTheWordOnly) {
  std::int64_t held = 0;
  for (int i = 0; i < 10000; ++i) held += is_held_out("word" + std::to_string(i), 0.2);
  EXPECT_NEAR(static_cast<double>(held), 2000, 120);  // 3 standard deviations
  // SHA-256 of "abc" starts with ba7816bf 8f01c: 0.7284... of the range.
  EXPECT_TRUE(is_held_out("abc", 0.7284));
  EXPECT_FALSE(is_held_out("abc", 0.7283));
  EXPECT_FALSE(is_held_out("abc", 0));
}

}  // namespace
}  // namespace wordbridge
