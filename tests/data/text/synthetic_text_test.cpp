#include "data/text/synthetic_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

#include "core/error.h"
#include "core/text.h"
#include "data/text/open_source.h"
#include "tests/support/source_text.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

const WordGroups kTwo = {{"people", "fruit"},
                         {{"man", 0}, {"woman", 0}, {"boy", 0}, {"apple", 1}, {"pear", 1}}};

std::vector<std::vector<std::string>> lines_of(const std::string& text) {
  std::vector<std::vector<std::string>> lines;
  for (const auto line : split(text, '\n')) {
    if (line.empty()) continue;
    lines.emplace_back();
    for (const auto word : split(line, ' ')) lines.back().emplace_back(word);
  }
  return lines;
}

std::map<std::string, std::size_t> group_of(const WordGroups& groups) {
  return {groups.words.begin(), groups.words.end()};
}

TEST(SyntheticTextTest, TheThirdGroupIsTheExclusiveOrOfTheFirstTwo) {
  auto group = group_of(kTwo);
  const auto lines = lines_of(draw_exclusive_or(kTwo, 300, 1));
  ASSERT_EQ(lines.size(), 300);
  for (const auto& line : lines) {
    ASSERT_EQ(line.size(), 3);
    EXPECT_EQ(group[line[2]], group[line[0]] ^ group[line[1]]);
  }
}

TEST(SyntheticTextTest, NoPairOfPositionsTellsAnythingOfTheGroups) {
  auto group = group_of(kTwo);
  constexpr int kLines = 40000;
  // [pair of positions][group, group]: each cell has a share of one quarter.
  std::array<std::array<double, 4>, 3> share{};
  for (const auto& line : lines_of(draw_exclusive_or(kTwo, kLines, 3))) {
    const auto cell = [&](int i, int j) { return 2 * group[line[i]] + group[line[j]]; };
    ++share[0][cell(0, 1)], ++share[1][cell(0, 2)], ++share[2][cell(1, 2)];
  }
  for (const auto& pair : share) {
    double chi_square = 0;
    for (const double count : pair) chi_square += std::pow(count - kLines / 4., 2) / (kLines / 4.);
    EXPECT_LT(chi_square, 16.27);  // 3 degrees of freedom, p = 0.001
  }
}

TEST(SyntheticTextTest, AnExclusiveOrNeedsTwoGroups) {
  EXPECT_THROW(draw_exclusive_or({{"one"}, {{"man", 0}}}, 1, 1), Error);
  EXPECT_THROW(draw_exclusive_or({{"a", "b", "c"}, {{"x", 0}, {"y", 1}, {"z", 2}}}, 1, 1), Error);
}

TEST(SyntheticTextTest, AWalkPrefersItsOwnGroup) {
  const WordGroups groups = {{"a", "b", "c"},
                             {{"a1", 0}, {"a2", 0}, {"b1", 1}, {"b2", 1}, {"c1", 2}, {"c2", 2}}};
  auto group = group_of(groups);
  std::vector<std::string> words;
  for (const auto& line : lines_of(draw_log_linear(groups, 2000, 5))) {
    ASSERT_EQ(line.size(), 8);
    words.insert(words.end(), line.begin(), line.end());
  }
  double same = 0;
  for (std::size_t i = 1; i < words.size(); ++i) same += group[words[i]] == group[words[i - 1]];
  // If all words were exactly at the positions of their groups: e^4 / (e^4 + 2 e^-2) = 0.995.
  const double share = same / static_cast<double>(words.size() - 1);
  EXPECT_GT(share, 0.97);
  EXPECT_LT(share, 1);
}

TEST(SyntheticTextTest, TheSeedAloneDecides) {
  EXPECT_EQ(draw_log_linear(kTwo, 20, 1), draw_log_linear(kTwo, 20, 1));
  EXPECT_NE(draw_log_linear(kTwo, 20, 1), draw_log_linear(kTwo, 20, 2));
  EXPECT_NE(draw_exclusive_or(kTwo, 20, 1), draw_exclusive_or(kTwo, 20, 2));
}

class SyntheticSourceTest : public testing::Test {
 protected:
  SourceOptions options(TextReader reader) {
    SourceOptions options;
    options.reader = reader;
    options.paths = {folder_.write("groups.tsv", "man\tpeople\napple\tfruit\n")};
    options.synthetic = {10, 4};
    return options;
  }
  TempFolder folder_;
};

TEST_F(SyntheticSourceTest, ReadersGiveWhatIsDrawn) {
  const WordGroups groups = {{"people", "fruit"}, {{"man", 0}, {"apple", 1}}};
  for (const auto& [reader, text] :
       {std::pair(TextReader::exclusive_or, draw_exclusive_or(groups, 10, 4)),
        std::pair(TextReader::log_linear, draw_log_linear(groups, 10, 4))}) {
    const auto source = open_source(options(reader));
    Document document;
    ASSERT_TRUE(source->next(document));
    EXPECT_EQ(text_of(*source), text);
    EXPECT_EQ(source->bytes_read(), text.size());
    EXPECT_FALSE(source->next(document));
  }
}

TEST_F(SyntheticSourceTest, TheIdentityKnowsGroupsLinesAndSeed) {
  const auto base = open_source(options(TextReader::exclusive_or))->identity();
  auto changed = options(TextReader::exclusive_or);
  changed.synthetic.seed = 5;
  EXPECT_NE(open_source(changed)->identity(), base);
  changed = options(TextReader::exclusive_or);
  changed.synthetic.lines = 11;
  EXPECT_NE(open_source(changed)->identity(), base);
  changed = options(TextReader::exclusive_or);
  folder_.write("groups.tsv", "man\tpeople\npear\tfruit\n");
  EXPECT_NE(open_source(changed)->identity(), base);
}

TEST_F(SyntheticSourceTest, NeedsAGroupsFile) {
  Problems problems;
  SourceOptions none;
  none.reader = TextReader::exclusive_or;
  none.validate(problems, "data");
  ASSERT_EQ(problems.found().size(), 1);
  EXPECT_EQ(problems.found()[0].first, "data.path");
  EXPECT_THAT(problems.found()[0].second, HasSubstr("groups"));
}

class WordGroupsTest : public testing::Test {
 protected:
  std::string error_of(const std::string& content) {
    try {
      read_word_groups(folder_.write("groups.tsv", content));
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
  TempFolder folder_;
};

TEST_F(WordGroupsTest, ReadsWordsAndGroups) {
  const auto groups = read_word_groups(folder_.write(
      "groups.tsv", "# a comment\nman\tpeople\r\n\napple\tfruit\nold woman\tpeople\n"));
  EXPECT_EQ(groups.names, (std::vector<std::string>{"people", "fruit"}));
  EXPECT_EQ(groups.words, (std::vector<std::pair<std::string, std::size_t>>{
                              {"man", 0}, {"apple", 1}, {"old woman", 0}}));
}

TEST_F(WordGroupsTest, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(error_of("man people\n"), HasSubstr("groups.tsv:1"));
  EXPECT_THAT(error_of("man\tpeople\nwoman\t\n"), HasSubstr("groups.tsv:2"));
  EXPECT_THAT(error_of("man\ta\tb\n"), HasSubstr("word TAB group"));
  EXPECT_THAT(error_of("man\tpeople\nman\tfruit\n"), HasSubstr("twice"));
  EXPECT_THAT(error_of("# nothing\n"), HasSubstr("contains no words"));
}

}  // namespace
}  // namespace wordbridge
