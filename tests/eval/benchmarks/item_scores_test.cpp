#include "eval/benchmarks/item_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/container.h"
#include "eval/evaluation.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

EmbeddingTable table() {
  return EmbeddingTable({"king", "queen", "man", "woman", "noise", "nil"},
                        {1, 1, 0, 1, -1, 0, 1, 1, 1, 1, -1, 1, 1, 1, 0.2f, 0, 0, 0}, 3, "by hand");
}

const std::vector<WordPair> kPairs = {
    {"king", "queen", 1}, {"king", "duke", 2}, {"king", "nil", 3}, {"king", "noise", 4.1}};
const std::vector<AnalogySection> kSections = {
    {"family", {{"man", "king", "woman", "queen"}, {"man", "king", "woman", "duchess"}}},
    {"gram1", {{"man", "king", "woman", "noise"}}}};

TEST(EvalItems, OfPairs) {
  const auto items = similarity_items(table(), kPairs);
  ASSERT_EQ(items.cosines.size(), 4u);
  EXPECT_NEAR(items.cosines[0], 0, 1e-12);
  EXPECT_TRUE(std::isnan(items.cosines[1])) << "out-of-vocabulary word";
  EXPECT_TRUE(std::isnan(items.cosines[2])) << "zero vector";
  EXPECT_GT(items.cosines[3], 0.9);
  EXPECT_THAT(items.judged, ElementsAre(1, 2, 3, 4.1));
  EXPECT_EQ(items.unknown, 1);
  const auto scores = similarity_scores(items);
  EXPECT_EQ(scores.used, 2);
  EXPECT_EQ(scores.unknown, 1);
  EXPECT_EQ(scores.undefined, 1);
  EXPECT_EQ(scores.spearman, 1);
}

TEST(EvalItems, OfQuestions) {
  const auto items = analogy_items(table(), kSections);
  EXPECT_THAT(items.sections, ElementsAre("family", "gram1"));
  EXPECT_THAT(items.section, ElementsAre(0, 0, 1));
  EXPECT_THAT(items.add.right, ElementsAre(1, AnalogyItems::kNotUsed, 0));
  EXPECT_THAT(items.mul.right, ElementsAre(1, AnalogyItems::kNotUsed, 0));
  const auto scores = analogy_scores(items);
  EXPECT_EQ(scores.total.total, 3);
  EXPECT_EQ(scores.total.used, 2);
  EXPECT_EQ(scores.total.add.correct, 1);
  EXPECT_EQ(scores.semantic.mul.correct, 1);
  EXPECT_EQ(scores.syntactic.used, 1);
}

TEST(EvalItems, AreKeptInAFile) {
  const TempFolder folder;
  EvalOptions options;
  options.files["similarity"] = {
      folder.write("pairs.txt", "king queen 1\nking duke 2\nking noise 4.1\n")};
  options.files["analogy"] = {folder.write(
      "questions.txt", ": family\nman king woman queen\n: gram1\nman king woman noise\n")};
  options.analogy_vocabulary = 5;
  EvalItems items;
  EXPECT_TRUE(items.empty());
  EXPECT_EQ(evaluate(table(), options, &items), evaluate(table(), options));
  EXPECT_FALSE(items.empty());
  items.save(folder / "eval_items.wb");
  const auto read = EvalItems::load(folder / "eval_items.wb");
  ASSERT_EQ(read.similarity.size(), 1u);
  EXPECT_EQ(read.similarity[0].name, "pairs");
  EXPECT_EQ(read.similarity[0].sha256, items.similarity[0].sha256);
  EXPECT_EQ(read.similarity[0].items.unknown, 1);
  EXPECT_TRUE(std::isnan(read.similarity[0].items.cosines[1]));
  EXPECT_EQ(read.similarity[0].items.cosines[2],
            static_cast<float>(items.similarity[0].items.cosines[2]));
  EXPECT_EQ(read.similarity[0].items.judged[2], 4.1f);
  ASSERT_EQ(read.analogy.size(), 1u);
  EXPECT_EQ(read.analogy[0].name, "questions");
  EXPECT_EQ(read.analogy[0].vocabulary, 5);
  EXPECT_EQ(read.analogy[0].items.sections, items.analogy[0].items.sections);
  EXPECT_EQ(read.analogy[0].items.section, items.analogy[0].items.section);
  for (const auto method : {&AnalogyItems::add, &AnalogyItems::mul}) {
    EXPECT_EQ((read.analogy[0].items.*method).right, (items.analogy[0].items.*method).right);
    EXPECT_EQ((read.analogy[0].items.*method).rank, (items.analogy[0].items.*method).rank);
  }
  EXPECT_TRUE(read.analogy[0].items.average.empty());
}

/// Files of earlier versions contain no ranks and only two methods.
TEST(EvalItems, FilesWithoutRanksAreRead) {
  const TempFolder folder;
  const nlohmann::json meta = {
      {"similarity", nlohmann::json::array()},
      {"analogy",
       {{{"name", "questions"}, {"sha256", ""}, {"vocabulary", 5}, {"sections", {"family"}}}}}};
  ContainerWriter writer("evaluation items", meta);
  const std::vector<std::int32_t> section = {0, 0};
  const std::vector<std::uint8_t> add = {1, AnalogyItems::kNotUsed}, mul = {0, 255};
  writer.add("analogy.0.section", section);
  writer.add("analogy.0.add", DType::u8, {2}, add.data());
  writer.add("analogy.0.mul", DType::u8, {2}, mul.data());
  writer.write(folder / "old.wb");
  const auto items = EvalItems::load(folder / "old.wb").analogy.at(0).items;
  EXPECT_EQ(items.add.right, add);
  EXPECT_TRUE(items.add.rank.empty());
  EXPECT_TRUE(items.pair_direction.empty());
  const auto counts = analogy_scores(items).total;
  EXPECT_EQ(counts.accuracy(counts.add), 1);
  EXPECT_TRUE(std::isnan(counts.mean_reciprocal_rank(counts.add)));
}

TEST(EvalItems, AllMethodsAreKept) {
  const TempFolder folder;
  AnalogyOptions options;
  options.pair_direction = options.average = true;
  EvalItems items;
  items.analogy.push_back({"q", "", 6, analogy_items(table(), kSections, options)});
  items.save(folder / "items.wb");
  const auto read = EvalItems::load(folder / "items.wb").analogy.at(0).items;
  for (const auto method : {&AnalogyItems::add, &AnalogyItems::mul, &AnalogyItems::pair_direction,
                            &AnalogyItems::average}) {
    EXPECT_EQ((read.*method).right, (items.analogy[0].items.*method).right);
    EXPECT_EQ((read.*method).rank, (items.analogy[0].items.*method).rank);
    EXPECT_EQ((read.*method).rank.size(), 3u);
  }
}

TEST(EvalItems, ChecksumIsThatOfTheItems) {
  const TempFolder folder;
  const auto tabs = read_word_pairs(folder.write("a", "king\tqueen\t1.50\n"));
  const auto commas = read_word_pairs(folder.write("b", "Word 1,Word 2,Human\r\nking,queen,1.5\n"));
  EXPECT_EQ(items_sha256(tabs), items_sha256(commas));
  EXPECT_NE(items_sha256(kPairs), items_sha256(tabs));
  auto changed = kPairs;
  changed[3].score = 4.2;
  EXPECT_NE(items_sha256(kPairs), items_sha256(changed));
  auto sections = kSections;
  sections[1].name = "gram2";
  EXPECT_NE(items_sha256(kSections), items_sha256(sections));
}

TEST(EvalItems, DamagedFilesAreRefused) {
  const TempFolder folder;
  folder.write("text.wb", "nothing of the kind");
  EXPECT_THAT(message_of<Error>([&] { EvalItems::load(folder / "text.wb"); }),
              HasSubstr("not a wordbridge file"));
  ContainerWriter("evaluation items", {{"similarity", 1}}).write(folder / "form.wb");
  EXPECT_THAT(message_of<Error>([&] { EvalItems::load(folder / "form.wb"); }),
              HasSubstr("damaged"));
  const std::vector<float> two = {1, 2}, one = {1};
  ContainerWriter writer("evaluation items",
                         {{"similarity", {{{"name", "x"}, {"sha256", "y"}, {"unknown", 0}}}},
                          {"analogy", nlohmann::json::array()}});
  writer.add("similarity.0.cosine", two);
  writer.add("similarity.0.judged", one);
  writer.write(folder / "sizes.wb");
  EXPECT_THAT(message_of<Error>([&] { EvalItems::load(folder / "sizes.wb"); }),
              HasSubstr("2 human scores"));
}

}  // namespace
}  // namespace wordbridge
