#include "data/text/text_blocks.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/error.h"
#include "data/text/open_source.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::size_t kBlock = TextBlocks::kBlockBytes;

/// A piece with its text and the number of its block.
struct Cut {
  TextBlock::Piece piece;
  std::string text;
  int block;
};

std::vector<Cut> cuts_of(const std::string& path) {
  SourceOptions options;
  options.paths = {path};
  const auto source = open_source(options);
  TextBlocks blocks(*source);
  TextBlock block;
  std::vector<Cut> cuts;
  for (int i = 0; blocks.next(block); ++i) {
    for (const auto& piece : block.pieces())
      cuts.push_back({piece, std::string(block.text(piece)), i});
  }
  return cuts;
}

class TextBlocksTest : public testing::Test {
 protected:
  std::vector<Cut> cuts(const std::string& text) { return cuts_of(folder_.write("a", text)); }

  /// Checks that the pieces of one document together are its text and have the right positions.
  void expect_whole(const std::vector<Cut>& cuts, const std::string& text) {
    std::string together;
    for (const auto& cut : cuts) {
      EXPECT_EQ(cut.piece.offset, together.size());
      EXPECT_EQ(cut.piece.line,
                1 + static_cast<std::size_t>(std::count(together.begin(), together.end(), '\n')));
      together += cut.text;
      EXPECT_EQ(cut.piece.last, &cut == &cuts.back());
    }
    EXPECT_TRUE(together == text);
  }

  TempFolder folder_;
};

TEST_F(TextBlocksTest, EndBehindLines) {
  std::string text;
  for (int i = 0; text.size() < 3 * kBlock; ++i) text += fmt::format("line {}\n", i);
  for (const char* tail : {"", "no line end"}) {
    const auto found = cuts(text + tail);
    expect_whole(found, text + tail);
    EXPECT_GE(found.size(), 3u);
    for (std::size_t i = 0; i + 1 < found.size(); ++i) {
      EXPECT_EQ(found[i].text.back(), '\n');
      EXPECT_LE(found[i].text.size(), kBlock);
    }
  }
}

TEST_F(TextBlocksTest, EndBeforeASpaceBetweenWordsOfAnEndlessLine) {
  std::string text;
  while (text.size() < 3 * kBlock) text += "\u00e9 \u00e9  x";
  const auto found = cuts(text);
  expect_whole(found, text);
  EXPECT_GE(found.size(), 3u);
  for (std::size_t i = 1; i < found.size(); ++i) {
    EXPECT_EQ(found[i].text.substr(0, 2), " x");
    EXPECT_EQ(found[i - 1].text.substr(found[i - 1].text.size() - 3), "\u00e9 ");
  }
}

TEST_F(TextBlocksTest, GrowForAnEndlessWord) {
  const std::string word(3 * kBlock + 7, 'x');
  for (const std::string& text :
       {word, "a\n" + word, word + " b", word + "\nb", "a " + word + " b\n" + word}) {
    expect_whole(cuts(text), text);
  }
  const auto message =
      message_of<Error>([&] { cuts("a\nb " + std::string(TextBlocks::kLongestStretch, 'x')); });
  EXPECT_THAT(message, AllOf(HasSubstr("a:2"), HasSubstr("within 64 MB"), HasSubstr("byte 3")));
}

TEST_F(TextBlocksTest, EndAtEverySizeOfADocument) {
  // A document that ends at the border, shortly before it or after it.
  for (std::size_t size = kBlock - 3; size < kBlock + 4; ++size) {
    for (const char c : {'x', '\n', ' '})
      expect_whole(cuts(std::string(size, c)), std::string(size, c));
  }
  EXPECT_TRUE(cuts("").empty() || cuts("")[0].text.empty());
}

TEST_F(TextBlocksTest, HoldSeveralDocuments) {
  const std::vector<std::size_t> sizes = {5, 0, kBlock / 2, kBlock / 2, 1, 3 * kBlock, 2, 1};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::string text(sizes[i], static_cast<char>('a' + i));
    for (std::size_t k = 99; k < text.size(); k += 100) text[k] = '\n';
    folder_.write(fmt::format("t/{}", i), (i == 4 ? "\xef\xbb\xbf" : "") + text);
  }
  std::size_t document = 0, size = 0;
  for (const auto& cut : cuts_of((folder_ / "t").string())) {
    EXPECT_THAT(cut.piece.document.name, HasSubstr(fmt::format("t/{}", document)));
    EXPECT_EQ(cut.piece.offset, size + (document == 4 ? 3 : 0));
    if (!cut.text.empty()) {
      EXPECT_EQ(cut.text[0], static_cast<char>('a' + document));
    }
    size += cut.text.size();
    if (!cut.piece.last) continue;
    EXPECT_EQ(size, sizes[document]);
    ++document;
    size = 0;
  }
  EXPECT_EQ(document, sizes.size());
}

}  // namespace
}  // namespace wordbridge
