#include "eval/benchmarks/relatedness.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/data/wordnet/tiny_wordnet.h"

namespace wordbridge {
namespace {

using Values = std::vector<double>;

void expect_values(const Values& found, const Values& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(std::isnan(found[i]), std::isnan(expected[i])) << i;
    if (!std::isnan(expected[i])) {
      EXPECT_NEAR(found[i], expected[i], 1e-12) << i;
    }
  }
}

const double kNan = std::nan("");

/// Two steps: dog - pet - cat; pug - artifact - car. Three steps: dog - canine - animal - bat (a
/// bat is also an animal); dog - pet - animal - entity.
TEST(MeaningTest, PathsByHand) {
  const WordNet wordnet = TinyTaxonomy().load();
  expect_values(path_similarities(wordnet, {{"dog", "cat"},
                                            {"Cat", "DOG"},
                                            {"pug", "car"},
                                            {"bat", "dog"},
                                            {"bat", "car"},
                                            {"dog", "entity"},
                                            {"animal", "beast"},
                                            {"dog", "unknown"}}),
                {1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 4, 1.0 / 3, 1.0 / 4, 1, kNan});
}

TEST(MeaningTest, WordsWithBlanks) {
  TinyTaxonomy files;
  files.add('n', 20, 15, {"New_York"}, {up(1)});
  const WordNet wordnet = files.load();
  expect_values(path_similarities(wordnet, {{"New York", "entity"}, {"new_york", "New York"}}),
                {0.5, 1});
  expect_values(gloss_overlaps(wordnet, {{"New York", "new_york"}, {"new  york", "entity"}}),
                {1, kNan});
}

/// Verbs have several roots, which are not connected; adjectives have no hypernyms.
TEST(MeaningTest, NoWayIsNotANumber) {
  TinyWordNet files;
  files.add('v', 1, 30, {"run"});
  files.add('v', 2, 30, {"think"});
  files.add('v', 3, 30, {"jog"}, {"@ 00000001 v 0000"});
  files.add('a', 4, 0, {"big", "large"});
  const WordNet wordnet = files.load();
  expect_values(path_similarities(wordnet, {{"run", "think"}, {"run", "jog"}, {"big", "large"}}),
                {kNan, 0.5, kNan});
}

TEST(MeaningTest, ContentWordsOfAGloss) {
  EXPECT_EQ(content_words("a motor-driven Vehicle with the four wheels; a vehicle; \"my car\""),
            (std::vector<std::string>{"driven", "four", "motor", "vehicle", "wheels"}));
  EXPECT_TRUE(content_words("of the; 2 (3)").empty());
  EXPECT_TRUE(content_words("").empty());
}

/// The verb "bank" is tagged most often, followed by its second noun sense; the gloss of the first
/// noun sense is not used. {money, deposit, institution, lends} and {institution, money, keeps}
/// share 2 of 5 words.
TEST(MeaningTest, GlossesByHand) {
  TinyWordNet files;
  files.add('n', 1, 3, {"bank"}, {}, "sloping land beside water");
  files.add('n', 2, 3, {"bank 1"}, {}, "an institution that lends money; \"he keeps his cash\"");
  files.add('v', 3, 30, {"bank"}, {}, "deposit money");
  files.add('n', 4, 3, {"treasury"}, {}, "the institution that keeps money");
  files.add('n', 5, 3, {"shore"}, {}, "land beside water");
  files.add('n', 6, 3, {"it"}, {}, "");
  files.count("bank%1:03:00:: 1 1");
  files.count("bank%1:03:01:: 2 5");
  files.count("bank%2:30:00:: 1 9");
  const WordNet wordnet = files.load();
  EXPECT_EQ(wordnet.synset(wordnet.senses("shore", PartOfSpeech::noun).front().synset).gloss,
            "land beside water");
  expect_values(gloss_overlaps(wordnet, {{"Bank", "treasury"},
                                         {"bank", "shore"},
                                         {"shore", "shore"},
                                         {"bank", "it"},
                                         {"unknown", "bank"}}),
                {0.4, 0, 1, kNan, kNan});
}

/// Counts (0 4 0, 4 0 2, 0 2 0) with sum 12. Words 0 and 1 co-occur 4 times: 4 * 12 / (4 * 6) = 2.
TEST(MeaningTest, PpmiByHand) {
  SparseMatrix counts;
  counts.rows = counts.cols = 4;
  counts.begin = {0, 1, 3, 4, 4};
  counts.column = {1, 0, 2, 1};
  counts.value = {4, 4, 2, 2};
  expect_values(ppmi_of_pairs(counts, {{0, 1}, {1, 2}, {0, 2}, {0, -1}, {3, 0}}),
                {std::log(2.0), std::log(2.0), 0, kNan, kNan});
}

TEST(MeaningTest, TableOfWhatBothHave) {
  const auto table = relatedness_table({0.1, 0.2, 0.3, kNan, 0.4},
                                       {{"people", {1, 2, 3, 9, 4}}, {"path", {3, kNan, 2, 1, 1}}});
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table[0].name, "people");
  EXPECT_DOUBLE_EQ(table[0].spearman, 1);
  EXPECT_EQ(table[0].used, 4);
  EXPECT_EQ(table[0].total, 5);
  EXPECT_DOUBLE_EQ(table[1].spearman, -1);
  EXPECT_EQ(table[1].used, 3);
  EXPECT_TRUE(std::isnan(relatedness_table({kNan}, {{"none", {1}}})[0].spearman));
}

}  // namespace
}  // namespace wordbridge
