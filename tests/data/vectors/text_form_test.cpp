// Text files of vectors whose form can't be told from the first line alone.
#include "data/vectors/text_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "data/vectors/vector_files.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> words_of(const EmbeddingTable& table) {
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < table.size(); ++i) words.emplace_back(table.word(i));
  return words;
}

std::vector<float> rows_of(const EmbeddingTable& table) {
  return {table.data(), table.data() + table.size() * table.dim()};
}

class TextForm : public testing::Test {
 protected:
  EmbeddingTable read(const std::string& content) const {
    return read_vectors(folder_.write("v", content));
  }
  std::string error_of(const std::string& content) const {
    return message_of<Error>([&] { read(content); });
  }
  TempFolder folder_;
};

TEST_F(TextForm, TheFirstWordMayContainSpaces) {
  EXPECT_THAT(words_of(read("new york 0 1\nking 1 0\n")), ElementsAre("new york", "king"));
  EXPECT_THAT(rows_of(read("new york 0 1\nking 1 0\n")), ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(words_of(read(". . . 0 1\nking 1 0\nqueen 1 1\n")),
              ElementsAre(". . .", "king", "queen"));
  EXPECT_THAT(words_of(read("new york 0.5\nking 1\n")), ElementsAre("new york", "king"));
  EXPECT_THAT(words_of(read("new york 0 1")), ElementsAre("new york"));
  EXPECT_THAT(words_of(read("2 2\nnew york 0 1\nking 1 0\n")), ElementsAre("new york", "king"));
}

TEST_F(TextForm, ATabEndsTheWord) {
  const auto table = read("san francisco\t1\t1\nking\t1\t0\n");
  EXPECT_THAT(words_of(table), ElementsAre("san francisco", "king"));
  EXPECT_THAT(rows_of(table), ElementsAre(1, 1, 1, 0));
  EXPECT_THAT(words_of(read("iPhone 6\t1\t1\niPhone 7\t1\t0\n")),
              ElementsAre("iPhone 6", "iPhone 7"));
  EXPECT_THAT(words_of(read("3\t2\niPhone 6\t1\t1\nsan francisco \t1 0\n1984\t5\t6\n")),
              ElementsAre("iPhone 6", "san francisco", "1984"));
  EXPECT_EQ(read("iPhone 6\t1\t1\nking\t1\t0\n").dim(), 2);
  // The number before the tab is not one of the vector.
  EXPECT_THAT(error_of("king\t1\t0\nqueen\t1\t1\niPhone 6\t1\n"),
              AllOf(HasSubstr("v:3"), HasSubstr("a word and 2 numbers")));
  // Here, only the numbers are separated by tabs.
  EXPECT_THAT(words_of(read("king 0.1\t0.2\t0.3\nqueen 0.4\t0.5\t0.6\n")),
              ElementsAre("king", "queen"));
}

TEST_F(TextForm, AWordMayEndInANumber) {
  testing::internal::CaptureStderr();
  const auto table = read("2 2\niPhone 6 0.1 0.2\nking 1 0\n");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("1 word ends in a space and a number"),
                    HasSubstr("'iPhone 6', line 2"), HasSubstr("the last 2 columns")));
  EXPECT_THAT(words_of(table), ElementsAre("iPhone 6", "king"));
  EXPECT_THAT(rows_of(table), ElementsAre(0.1F, 0.2F, 1, 0));
  EXPECT_THAT(words_of(read("3 2\nking 1 0\nqueen 0 1\ncatch 22 0.5 0.5\n")),
              ElementsAre("king", "queen", "catch 22"));
  EXPECT_THAT(words_of(read("2 2\nking 1 0\nweb 2.0 3 4\n")), ElementsAre("king", "web 2.0"));
  EXPECT_THAT(words_of(read("2 2\niPhone 6 0.1 0.2\niPhone 7 0.1 0.2\n")),
              ElementsAre("iPhone 6", "iPhone 7"));
  // Without a header.
  EXPECT_THAT(words_of(read("iPhone 6 0.1 0.2\nking 1 0\n")), ElementsAre("iPhone 6", "king"));
  EXPECT_THAT(words_of(read("king 1 0\nqueen 1 1\niPhone 6 0.1 0.2\n")),
              ElementsAre("king", "queen", "iPhone 6"));
}

TEST_F(TextForm, ANumberMayBeAWord) {
  EXPECT_THAT(words_of(read("1984 0.1 0.2\nking 1 0\n")), ElementsAre("1984", "king"));
  EXPECT_THAT(words_of(read("1984 1 2\n7 3 4\n")), ElementsAre("1984", "7"));
  EXPECT_THAT(words_of(read("2 2\n1984 1 2\n7 3 4\n")), ElementsAre("1984", "7"));
}

TEST_F(TextForm, AFirstLineOfTwoNumbersIsARowIfAllLinesAre) {
  const auto table = read("1984 5\nking 3\n7 4\n");
  EXPECT_THAT(words_of(table), ElementsAre("1984", "king", "7"));
  EXPECT_THAT(rows_of(table), ElementsAre(5, 3, 4));
  EXPECT_THAT(words_of(read("1984 0\nking 1\nqueen 0\n")), ElementsAre("1984", "king", "queen"));
  EXPECT_THAT(words_of(read("-1 5\nking 1\nqueen 0\n")), ElementsAre("-1", "king", "queen"));
  // A header of one dimension.
  EXPECT_THAT(words_of(read("2 1\nking 3\n7 4\n")), ElementsAre("king", "7"));
  EXPECT_THAT(error_of("1984 1\nking 3\n7 4\n"), HasSubstr("1,984 rows of 1 number"));
}

TEST_F(TextForm, AHeaderThatAllRowsContradictIsRefused) {
  EXPECT_THAT(
      error_of("2 3\na 1 2 3 4\nb 1 2 3 4\n"),
      AllOf(HasSubstr("v:2"), HasSubstr("a word and 3 numbers"), HasSubstr("4 columns after 'a'")));
  EXPECT_THAT(error_of("2 2\na 0.1 0.2 0.3\nb 0.1 0.2 0.3\n"), HasSubstr("v:2"));
}

TEST_F(TextForm, ARowThatWasCutIsNotTheMeasure) {
  EXPECT_THAT(error_of("a 0.1 0.2 0.3\nb 0.1 0.2\nc 0.1 0.2 0.3\n"),
              AllOf(HasSubstr("v:2"), HasSubstr("a word and 3 numbers")));
  EXPECT_THAT(error_of("a 0.1 0.2\nb 0.1 0.2 0.3\nc 0.1 0.2 0.3\n"), HasSubstr("v:1"));
}

TEST_F(TextForm, BlanksAndLineEndsAsInAllTextFiles) {
  const std::vector<std::string> contents = {
      "\xEF\xBB\xBF"
      "2 2\r\nking 1 0 \t\r\nqueen 0 1\t\r\n",
      "\xEF\xBB\xBFking 1 0\t\nqueen 0 1 \r\n\r\n \t\n", "2 2 \t\nking\t1\t0\t\nqueen\t0\t1 \n"};
  for (const auto& content : contents) {
    const auto table = read(content);
    EXPECT_THAT(words_of(table), ElementsAre("king", "queen")) << content;
    EXPECT_THAT(rows_of(table), ElementsAre(1, 0, 0, 1)) << content;
  }
  const std::string utf16(
      "\xff\xfe"
      "k\0 \0"
      "1\0\n\0",
      10);
  EXPECT_THAT(error_of(utf16), AllOf(HasSubstr("UTF-16"), HasSubstr("iconv")));
}

TEST_F(TextForm, FilesThatHoldNoVectorsAreNamed) {
  EXPECT_THAT(error_of("\x80\x04\x95\x10\n\x8c\x1agensim.models.keyedvectors\x94"),
              AllOf(HasSubstr("gensim's save()"), HasSubstr("save_word2vec_format")));
  EXPECT_THAT(error_of("\x80\x02}q\n."), HasSubstr("Python pickle"));
  EXPECT_THAT(error_of("<unk>\t0\n<s>\t0\n</s>\t0\n\xe2\x96\x81the\t-3.2\n"),
              AllOf(HasSubstr("the vocabulary of sentencepiece"), HasSubstr("log-probabilities")));
  EXPECT_THAT(error_of("<pad>\t0\n<unk>\t0\n\xe2\x96\x81the\t-3.2\n"), HasSubstr("sentencepiece"));
  EXPECT_THAT(error_of(std::string("\n\x0e\n\x05<unk>\x15\0\0\0\0\x18\x02\n", 17)),
              HasSubstr("a model of sentencepiece"));
}

}  // namespace
}  // namespace wordbridge
