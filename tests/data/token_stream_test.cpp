#include "data/token_stream.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "core/rng.h"
#include "core/threads.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;

std::vector<std::string> words_of(const TokenStream& stream) {
  std::vector<std::string> words;
  for (const auto id : stream.ids) words.push_back(stream.types[static_cast<std::size_t>(id)]);
  return words;
}

/// Some megabytes of lines, so that there are several blocks.
std::string long_text(std::string_view line_ends) {
  Rng rng(11, "corpus test");
  std::string text;
  while (text.size() < (std::size_t{7} << 19)) {
    text += fmt::format("w{} ", rng.below(5000));
    if (rng.below(50) == 0) text += "caf\u00e9 ";
    if (rng.below(12) == 0) text += line_ends[rng.below(line_ends.size())];
    if (rng.below(90) == 0) text += line_ends[rng.below(line_ends.size())];
  }
  return text;
}

TEST(TokenStream, OfManyBlocksEqualsTheOneOfMany) {
  const TempFolder folder;
  // Lines and paragraphs; one endless line.
  for (const std::string_view ends : {std::string_view("\n"), std::string_view(" ")}) {
    const std::string text = long_text(ends);
    const auto path = folder.write("long.txt", text);
    std::vector<std::string> expected;
    std::istringstream lines(text);
    bool open = false;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string word;
      bool any = false;
      while (words >> word) {
        expected.push_back(word);
        any = true;
      }
      if (any) expected.push_back("</s>");
      if (!any && open) expected.push_back("<p>");
      open = any;
    }
    if (open) expected.push_back("<p>");

    SourceOptions source;
    source.paths = {path};
    std::string hash;
    for (const int threads : {1, 3}) {
      set_threads(threads);
      const auto stream = read_stream(*open_source(source), {"whitespace", false, false, false},
                                      {"</s>", "<p>", ""});
      EXPECT_EQ(words_of(stream), expected);
      EXPECT_THAT(stream.documents, ElementsAre(0));
      if (hash.empty()) hash = stream.sha256();
      EXPECT_EQ(stream.sha256(), hash);
    }
    set_threads(0);
  }
}

TEST(TokenStream, OfManyDocumentsKeepsThemApart) {
  const TempFolder folder;
  const std::string text = long_text("\n");
  for (int i = 0; i < 30; ++i) {
    folder.write(fmt::format("t/{:02}", i), text.substr(0, std::size_t{1} << (i % 22)) + " end");
  }
  SourceOptions source;
  source.paths = {(folder / "t").string()};
  const auto stream =
      read_stream(*open_source(source), {"whitespace", false, false, false}, {"", "", "<d>"});
  ASSERT_EQ(stream.documents.size(), 30u);
  const auto words = words_of(stream);
  EXPECT_EQ(stream.documents.front(), 0);
  for (std::size_t i = 1; i < 30; ++i) {
    EXPECT_EQ(words[static_cast<std::size_t>(stream.documents[i] - 1)], "<d>");
    EXPECT_EQ(words[static_cast<std::size_t>(stream.documents[i] - 2)], "end");
  }
  EXPECT_EQ(std::count(words.begin(), words.end(), "<d>"), 30);
}
}  // namespace
}  // namespace wordbridge
