#include "eval/analogy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "core/error.h"
#include "core/rng.h"
#include "core/threads.h"
#include "eval/cosine.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Analogies, ReadsSections) {
  const TempFolder folder;
  const auto sections = read_analogies(folder.write(
      "q.txt", ": family\r\nking queen man woman\r\n\r\n: gram1-adverb\na\tb  c d \ne f g h"));
  ASSERT_EQ(sections.size(), 2u);
  EXPECT_EQ(sections[0].name, "family");
  EXPECT_FALSE(sections[0].syntactic());
  EXPECT_EQ(sections[0].questions,
            (std::vector<std::array<std::string, 4>>{{"king", "queen", "man", "woman"}}));
  EXPECT_TRUE(sections[1].syntactic());
  EXPECT_EQ(sections[1].questions.size(), 2u);
}

TEST(Analogies, SaysWhatIsWrong) {
  const TempFolder folder;
  EXPECT_THAT(message_of<Error>(
                  [&] { read_analogies(folder.write("q.txt", ": a\nw x y z\nking queen man\n")); }),
              AllOf(HasSubstr("q.txt:3"), HasSubstr("four words"), HasSubstr("king queen man")));
  EXPECT_THAT(message_of<Error>([&] { read_analogies(folder.write("q.txt", ": a\n: b\n")); }),
              AllOf(HasSubstr("q.txt"), HasSubstr("no analogies")));
}

/// The plane: king - man + woman = queen; "noise" is near king.
EmbeddingTable royal_table() {
  return EmbeddingTable({"king", "queen", "man", "woman", "noise", "zero"},
                        {1, 1, 0, 1, -1, 0, 1, 1, 1, 1, -1, 1, 1, 1, 0.2f, 0, 0, 0}, 3, "by hand");
}

TEST(Analogies, CountsByHand) {
  const std::vector<AnalogySection> sections = {
      {"family",
       {{"man", "king", "woman", "queen"},     // right
        {"man", "king", "woman", "noise"},     // wrong
        {"man", "king", "woman", "duchess"},   // not in the table
        {"zero", "king", "woman", "queen"}}},  // no direction
      {"gram-none", {{"a", "b", "c", "d"}}},
      {"gram-one", {{"woman", "queen", "man", "king"}}},
  };
  const auto scores = score_analogies(royal_table(), sections);
  ASSERT_EQ(scores.sections.size(), 3u);
  EXPECT_EQ(scores.sections[0].first, "family");
  const auto& family = scores.sections[0].second;
  EXPECT_EQ(family.total, 4);
  EXPECT_EQ(family.used, 2);
  EXPECT_EQ(family.correct_add, 1);
  EXPECT_EQ(family.correct_mul, 1);
  EXPECT_DOUBLE_EQ(family.accuracy_add(), 0.5);
  EXPECT_TRUE(std::isnan(scores.sections[1].second.accuracy_add()));
  EXPECT_TRUE(std::isnan(scores.sections[1].second.accuracy_mul()));
  EXPECT_EQ(scores.semantic.used, 2);
  EXPECT_EQ(scores.syntactic.used, 1);
  EXPECT_EQ(scores.syntactic.total, 2);
  EXPECT_EQ(scores.syntactic.correct_add, 1);
  EXPECT_EQ(scores.total.used, 3);
  EXPECT_EQ(scores.total.total, 6);
}

TEST(Analogies, AnswersAreAmongTheFirstWords) {
  const std::vector<AnalogySection> sections = {
      {"family", {{"man", "king", "woman", "queen"}, {"man", "king", "woman", "noise"}}}};
  const auto scores = score_analogies(royal_table().first(4), sections);
  EXPECT_EQ(scores.total.used, 1) << "noise is beyond the cut";
  EXPECT_EQ(scores.total.correct_add, 1);
  EXPECT_EQ(score_analogies(royal_table().first(1), sections).total.used, 0);
}

TEST(Analogies, FoldsToLowerCaseOnRequest) {
  const std::vector<AnalogySection> sections = {{"family", {{"Man", "King", "WOMAN", "Queen"}}}};
  EXPECT_EQ(score_analogies(royal_table(), sections).total.used, 0);
  EXPECT_EQ(score_analogies({royal_table(), {LetterCase::lower}}, sections).total.correct_add, 1);
}

TEST(Analogies, AddAndMulCanDiffer) {
  // Unit vectors at angles; cosines are those of the differences.
  const auto at = [](double degrees) {
    const double angle = degrees * std::acos(-1.0) / 180;
    return std::pair(static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)));
  };
  // a = 180, b = 0, c = 90 degrees; x at 0 + e: 3CosAdd cos b - cos a + cos c = 2 cos x + sin x,
  // best near 26.6; 3CosMul (1 + cos x)(1 + sin x) / (1 - cos x + .002) is largest near 0.
  std::vector<float> rows;
  for (const double degrees : {180.0, 0.0, 90.0, 27.0, 2.0}) {
    rows.push_back(at(degrees).first);
    rows.push_back(at(degrees).second);
  }
  const EmbeddingTable table({"a", "b", "c", "sum", "product"}, rows, 2, "by hand");
  const auto scores = score_analogies(table, {{"s", {{"a", "b", "c", "sum"}}}});
  EXPECT_EQ(scores.total.correct_add, 1);
  EXPECT_EQ(scores.total.correct_mul, 0);
  const auto other = score_analogies(table, {{"s", {{"a", "b", "c", "product"}}}});
  EXPECT_EQ(other.total.correct_add, 0);
  EXPECT_EQ(other.total.correct_mul, 1);
}

/// Both measures in double precision, one question at a time.
std::pair<std::int64_t, std::int64_t> naive_answers(const EmbeddingTable& table,
                                                    const std::array<std::int64_t, 3>& given) {
  std::pair<std::int64_t, std::int64_t> best{-1, -1};
  double most_add = -HUGE_VAL, most_mul = -HUGE_VAL;
  for (std::int64_t x = 0; x < table.size(); ++x) {
    if (x == given[0] || x == given[1] || x == given[2]) continue;
    double cos[3];
    for (std::size_t i = 0; i < 3; ++i)
      cos[i] = cosine(table.row(x), table.row(given[i]), table.dim());
    const double add = cos[1] - cos[0] + cos[2];
    const double mul = (1 + cos[1]) / 2 * (1 + cos[2]) / 2 / ((1 + cos[0]) / 2 + 0.001);
    if (add > most_add) most_add = add, best.first = x;
    if (mul > most_mul) most_mul = mul, best.second = x;
  }
  return best;
}

TEST(Analogies, AgreesWithTheNaiveSearch) {
  Rng rng(8, "analogies");
  const std::int64_t size = 1500, dim = 11, count = 60;
  std::vector<float> rows;
  for (std::int64_t i = 0; i < size * dim; ++i) rows.push_back(static_cast<float>(rng.normal()));
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < size; ++i) words.push_back("w" + std::to_string(i));
  const EmbeddingTable table(words, rows, dim, "random");
  std::vector<AnalogySection> add{{"s", {}}}, mul{{"s", {}}};
  for (std::int64_t i = 0; i < count; ++i) {
    // Some questions give a word twice.
    std::array<std::int64_t, 3> given;
    for (auto& row : given) row = static_cast<std::int64_t>(rng.below(i % 2 ? size : 5));
    const auto best = naive_answers(table, given);
    const auto word = [&](std::int64_t row) { return words[static_cast<std::size_t>(row)]; };
    add[0].questions.push_back({word(given[0]), word(given[1]), word(given[2]), word(best.first)});
    mul[0].questions.push_back({word(given[0]), word(given[1]), word(given[2]), word(best.second)});
  }
  for (const int threads_count : {1, 3}) {
    set_threads(threads_count);
    EXPECT_EQ(score_analogies(table, add).total.correct_add, count);
    EXPECT_EQ(score_analogies(table, mul).total.correct_mul, count);
  }
  set_threads(0);
}

TEST(PublicAnalogies, HaveTheirSizes) {
  const char* mirror = std::getenv("WORDBRIDGE_MIRROR");
  if (!mirror) GTEST_SKIP() << "no local data mirror (WORDBRIDGE_MIRROR)";
  const auto folder = std::filesystem::path(mirror) / "google-analogy";
  const auto sections = read_analogies(folder / "questions-words.txt");
  EXPECT_EQ(sections.size(), 14u);
  std::size_t semantic = 0, syntactic = 0;
  for (const auto& section : sections)
    (section.syntactic() ? syntactic : semantic) += section.questions.size();
  EXPECT_EQ(semantic, 8869u);
  EXPECT_EQ(syntactic, 10675u);
  EXPECT_EQ(read_analogies(folder / "questions-phrases.txt").size(), 5u);
}

}  // namespace
}  // namespace wordbridge
