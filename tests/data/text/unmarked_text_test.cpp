#include "data/text/unmarked_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "data/text/open_source.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

class UnmarkedTextTest : public testing::Test {
 protected:
  /// The text of a file, read in pieces of the given size.
  std::string read(const std::string& text, const SentenceMarks& marks, std::size_t piece = 7) {
    SourceOptions options;
    options.paths = {folder_.write("t.txt", text)};
    UnmarkedText source(open_source(options), marks);
    Document document;
    std::string all;
    while (source.next(document)) {
      std::string buffer(piece, '\0');
      std::size_t size = 0;
      do {
        size = source.read(buffer.data(), piece);
        all.append(buffer, 0, size);
      } while (size == piece);
    }
    counts_ = source.counts();
    return all;
  }

  TempFolder folder_;
  MarkCounts counts_;
  const SentenceMarks sentences_ = {"<s>", {"</s>"}, true, {}};
};

TEST_F(UnmarkedTextTest, MarksAtTheEndsOfLinesAreTakenOff) {
  EXPECT_EQ(read("<s> a b </s>\na  b\n\tb </s> \r\n<s> <s> c\n\n<s> </s>\nx</s> <s>y", sentences_),
            "a b\na  b\nb\nc\n\n\nx</s> <s>y");
  EXPECT_EQ(counts_.marks, 7);
  EXPECT_EQ(counts_.lines, 4);
  EXPECT_EQ(counts_.inside, 0);
  EXPECT_EQ(counts_.blank_lines, 2);
  // Without a start mark, or marks at all.
  EXPECT_EQ(read("<s> a <eos>\n", {"", {"<eos>"}, true, {}}), "<s> a\n");
  EXPECT_EQ(read("<s> a </s>\n", {}), "<s> a </s>\n");
  // Two marks of the end.
  EXPECT_EQ(read("<s> a <eos>\nb </s>\n", {"<s>", {"<eos>", "</s>"}, true, {}}), "a\nb\n");
}

TEST_F(UnmarkedTextTest, AnEndMarkInsideALineEndsIt) {
  EXPECT_EQ(read("a\n<s> a </s> <s> b </s> c </s>\n", sentences_), "a\na\nb\nc\n");
  EXPECT_EQ(counts_.inside, 2);
  EXPECT_THAT(counts_.first_inside, HasSubstr("t.txt:2: </s>"));
  EXPECT_EQ(read("a <d>\n<p> b\n", {"", {"<eos>"}, true, {"<p>", "<d>"}}), "a <d>\n<p> b\n");
  EXPECT_EQ(counts_.others, 2);
  EXPECT_THAT(counts_.first_other, HasSubstr("t.txt:1: <d>"));
  EXPECT_EQ(counts_.inside, 0);
  EXPECT_EQ(counts_.marks, 0);
  for (const char* line : {"a <s> b", "<s> a </s> b <s>"}) {
    try {
      read(std::string("x\n") + line + "\n", sentences_);
      ADD_FAILURE() << line;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("t.txt:2"));
      EXPECT_THAT(error.what(), HasSubstr("a mark of sentences inside a line"));
    }
  }
  EXPECT_THROW(read("a </s> b\n", {"<s>", {"</s>"}, false, {}}), Error);
}

TEST_F(UnmarkedTextTest, TheSameInPiecesOfAnySize) {
  std::string text = "\xef\xbb\xbf", expected;
  for (int line = 0; line < 60000; ++line) {
    const std::string words = "word" + std::to_string(line % 977);
    text += (line % 3 == 0 ? "<s> " : "") + words + (line % 5 == 0 ? " </s>\n" : "\n");
    expected += words + "\n";
  }
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20})
    EXPECT_EQ(read(text, sentences_, piece), expected) << piece;
  EXPECT_EQ(counts_.marks, 20000 + 12000);
}

}  // namespace
}  // namespace wordbridge
