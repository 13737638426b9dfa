#include "data/text/token_stream.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/rng.h"
#include "core/threads.h"
#include "data/text/open_source.h"
#include "data/text/text_blocks.h"
#include "tests/support/archives.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> words_of(const TokenStream& stream) {
  std::vector<std::string> words;
  std::vector<std::int32_t> ids(static_cast<std::size_t>(stream.size()));
  stream.ids.read(0, ids.data(), ids.size());
  for (const auto id : ids) words.emplace_back(stream.types.word(id));
  return words;
}

std::string one_a_line(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += word + "\n";
  return text;
}

TokenStream stream_of(const std::string& path, const TokenizerOptions& tokenizer,
                      const BoundarySymbols& boundaries = {}) {
  SourceOptions source;
  source.paths = {path};
  return read_stream(*open_source(source), tokenizer, boundaries);
}

/// Several megabytes of lines, so that there are several blocks.
std::string long_text(std::string_view line_ends) {
  Rng rng(11, "corpus test");
  std::string text;
  while (text.size() < (std::size_t{5} << 20)) {
    text += fmt::format("w{} ", rng.below(5000));
    if (rng.below(50) == 0) text += "caf\u00e9 ";
    if (rng.below(12) == 0) text += line_ends[rng.below(line_ends.size())];
    if (rng.below(90) == 0) text += line_ends[rng.below(line_ends.size())];
  }
  return text;
}

TEST(TokenStream, OfManyBlocksEqualsTheOneOfMany) {
  const TempFolder folder;
  // First lines and paragraphs, then a single line without end.
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

    std::unordered_map<std::string, std::int64_t> counts;
    for (const auto& word : expected) ++counts[word];
    for (const int threads : {1, 3}) {
      set_threads(threads);
      const auto stream =
          stream_of(path, {TokenizerType::whitespace, false, false, false}, {"</s>", "<p>", ""});
      EXPECT_EQ(words_of(stream), expected);
      EXPECT_THAT(stream.documents, ElementsAre(0));
      EXPECT_EQ(stream.sha256, sha256(one_a_line(expected)));
      ASSERT_EQ(stream.counts.size(), counts.size());
      for (std::int32_t type = 0; type < stream.types.size(); ++type) {
        EXPECT_EQ(stream.counts[static_cast<std::size_t>(type)],
                  counts.at(std::string(stream.types.word(type))));
      }
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
  const auto stream = stream_of((folder / "t").string(),
                                {TokenizerType::whitespace, false, false, false}, {"", "", "<d>"});
  ASSERT_EQ(stream.documents.size(), 30u);
  const auto words = words_of(stream);
  EXPECT_EQ(stream.documents.front(), 0);
  for (std::size_t i = 1; i < 30; ++i) {
    EXPECT_EQ(words[static_cast<std::size_t>(stream.documents[i] - 1)], "<d>");
    EXPECT_EQ(words[static_cast<std::size_t>(stream.documents[i] - 2)], "end");
  }
  EXPECT_EQ(std::count(words.begin(), words.end(), "<d>"), 30);
}

TEST(TokenStream, NumbersTypesByTheirFirstOccurrence) {
  const TempFolder folder;
  const auto stream =
      stream_of(folder.write("a", "b a\n\nc b\n"), {TokenizerType::whitespace, false, false, false},
                {"<l>", "<p>", "<d>"});
  std::vector<std::string> types;
  for (std::int32_t i = 0; i < stream.types.size(); ++i) types.emplace_back(stream.types.word(i));
  EXPECT_THAT(types, ElementsAre("b", "a", "<l>", "<p>", "c", "<d>"));
  EXPECT_THAT(stream.counts, ElementsAre(2, 1, 2, 2, 1, 1));
}

TEST(TokenStream, BlankLinesGetTheLineSymbolIfAsked) {
  const TempFolder folder;
  const TokenizerOptions options = {TokenizerType::whitespace, false, false, false};
  BoundarySymbols symbols = {"</s>", "", ""};
  const auto path = folder.write("a", "\n\na b\n\n \t\nc\n\n");
  EXPECT_THAT(words_of(stream_of(path, options, symbols)),
              ElementsAre("a", "b", "</s>", "c", "</s>"));
  symbols.blank_lines = true;
  EXPECT_THAT(words_of(stream_of(path, options, symbols)),
              ElementsAre("</s>", "</s>", "a", "b", "</s>", "</s>", "</s>", "c", "</s>", "</s>"));
  // Blank lines fill several blocks.
  const auto many = folder.write("b", "a\n" + std::string(300000, '\n') + "b\n");
  EXPECT_EQ(stream_of(many, options, symbols).size(), 300004);
}

/// Words that begin and end with various characters, on one line, so that block borders can be
/// anywhere.
TEST(TokenStream, CutsNoTokenAtABlocksBorder) {
  const TempFolder folder;
  const std::vector<std::string> parts = {"caf\u00e9",  "\u4e2d\u6587", "x",      "don't",
                                          "\u00a0y",    "z\u3000",      "\u03a3", "A\u03a3",
                                          "\U0001f600", "\r",           "3,1",    "\u0301"};
  Rng rng(5, "borders");
  std::string text;
  while (text.size() < 5 * TextBlocks::kBlockBytes / 2) {
    text += parts[rng.below(parts.size())];
    if (rng.below(3) > 0) text += ' ';
  }
  for (const auto type : {TokenizerType::whitespace, TokenizerType::words}) {
    const TokenizerOptions options = {type, true, false, false};
    for (std::size_t shift = 0; shift < 9; ++shift) {
      const std::string shifted = std::string(shift, 'q') + text;
      std::string expected;
      make_tokenizer(options)->tokenize(shifted, expected);
      const auto stream = stream_of(folder.write("a", shifted), options);
      EXPECT_EQ(stream.sha256, sha256(expected))
          << name_of(tokenizer_types(), type) << ' ' << shift;
    }
  }
}

TEST(TokenStream, TakesEmptyLinesAndOneWord) {
  const TempFolder folder;
  const TokenizerOptions options = {TokenizerType::whitespace, true, false, false};
  const BoundarySymbols boundaries = {"<l>", "<p>", "<d>"};
  const std::string lines(std::size_t{3} << 19, '\n');
  EXPECT_EQ(stream_of(folder.write("a", lines), options, boundaries).size(), 0);
  const auto one = stream_of(folder.write("b", lines + "word" + lines), options, boundaries);
  EXPECT_THAT(words_of(one), ElementsAre("word", "<l>", "<p>", "<d>"));
  std::string repeated;
  for (int i = 0; i < 300000; ++i) repeated += "word\r\n";
  const auto stream = stream_of(folder.write("c", repeated), options);
  EXPECT_EQ(stream.size(), 300000);
  EXPECT_THAT(stream.counts, ElementsAre(300000));
}

TEST(TokenStream, NamesLineAndByteBehindTheFirstBlock) {
  const TempFolder folder;
  const TokenizerOptions options = {TokenizerType::whitespace, true, false, false};
  std::string text;
  while (text.size() + 10 < TextBlocks::kBlockBytes) text += "123456789\n";
  const auto message = [&](const std::string& bad) {
    return message_of<Error>([&] { stream_of(folder.write("a", text + bad), options); });
  };
  const auto lines = text.size() / 10;
  // Truncated at the block's border and after it.
  for (std::size_t before = 0; before < 14; ++before) {
    const auto at = fmt::format("at byte offset {}", text.size() + before);
    const auto line = fmt::format("a:{}", lines + 1);
    EXPECT_THAT(message(std::string(before, 'x') + "\xe2\x82 more\n"),
                AllOf(HasSubstr(line), HasSubstr(at)));
    EXPECT_THAT(message(std::string(before, 'x') + "\xe2\x82"),
                AllOf(HasSubstr(line), HasSubstr(at)));
  }
  // The first of several errors is reported, whichever thread finds it.
  const std::string more = text + text + text;
  EXPECT_THAT(message("\xff\n" + more + "\xff\n" + more + std::string(1, '\0')),
              HasSubstr(fmt::format("a:{}", lines + 1)));
  EXPECT_THAT(message("fine\n" + more + std::string(1, '\0')),
              AllOf(HasSubstr("binary"),
                    HasSubstr(fmt::format("byte offset {}", text.size() + 5 + more.size()))));
}

TEST(TokenStream, SaysThatAnArchiveIsCutShort) {
  const TempFolder folder;
  const auto path = (folder / "a.gz").string();
  write_compressed(path, long_text("\n"), archive_write_add_filter_gzip);
  const std::string whole = slurp(path);
  write_file(path, whole.substr(0, whole.size() / 2));
  EXPECT_THAT(message_of<Error>([&] {
                stream_of(path, {TokenizerType::whitespace, true, false, false});
              }),
              AllOf(HasSubstr(path), HasSubstr("unpack")));
}

TEST(TokenStream, KeepsIdsInAFile) {
  const TempFolder folder;
  SourceOptions source;
  source.paths = {folder.write("a", "b a\nb")};
  const auto stream =
      read_stream(*open_source(source), {TokenizerType::whitespace, true, false, false}, {},
                  IdStore(folder.path()));
  EXPECT_FALSE(stream.ids.in_memory());
  EXPECT_THAT(words_of(stream), ElementsAre("b", "a", "b"));
}

}  // namespace
}  // namespace wordbridge
