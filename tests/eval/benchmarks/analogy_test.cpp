#include "eval/benchmarks/analogy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <set>

#include "core/error.h"
#include "core/rng.h"
#include "core/text.h"
#include "core/threads.h"
#include "eval/statistics/cosine.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
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

/// "section: a b c d, e f g h; ..."
std::string summary(const std::vector<AnalogySection>& sections) {
  std::string text;
  for (const auto& section : sections) {
    text += section.name + ":";
    for (const auto& question : section.questions)
      text += " " + join({question.begin(), question.end()}, " ") + ",";
    text += ";";
  }
  return text;
}

TEST(Analogies, KeepsEmoticonsAndHashtags) {
  const TempFolder folder;
  const auto read = [&](const std::string& content) {
    return summary(read_analogies(folder.write("q.txt", content)));
  };
  EXPECT_EQ(read(": mood\n:) :( happy sad\nhappy sad :) :(\n: gram1\nman woman king queen\n"),
            "mood: :) :( happy sad, happy sad :) :(,;gram1: man woman king queen,;");
  EXPECT_EQ(read(":) :( happy sad\n"), "questions: :) :( happy sad,;");
  EXPECT_EQ(read(":family\n#love love #cat cat\n: a b c\n# a b c\n"),
            "family: #love love #cat cat,;a b c: # a b c,;");
  testing::internal::CaptureStderr();
  EXPECT_EQ(read("# a comment\na b c e\n#\n"), "questions: a b c e,;");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("q.txt: skipped 2 comment lines"));
}

TEST(Analogies, MarksAndNoBreakSpacesAreNotPartOfWords) {
  const TempFolder folder;
  EXPECT_EQ(
      summary(read_analogies(folder.write(
          "q.txt",
          "\ufeff: one\nman woman\u00a0 king queen\n\ufeff: two\u00a0\n\ufeffa,b,c,\u00a0e\n"))),
      "one: man woman king queen,;two: a b c e,;");
}

TEST(Analogies, NamesOfColumnsAreNoQuestion) {
  const TempFolder folder;
  for (const char* header :
       {"a b c d", "A,B,C,D", ": questions\nword1 word2 word3 target", "w1\tw2\tw3\tw4"})
    EXPECT_EQ(summary(read_analogies(folder.write(
                  "q.txt", std::string(header) + "\nman woman king queen\na b c d\n"))),
              "questions: man woman king queen, a b c d,;")
        << header;
}

TEST(Analogies, FollowsTheRulesOfTextFiles) {
  const TempFolder folder;
  for (const auto* const content :
       {"\xef\xbb\xbfman woman king queen\t\r\nboy girl he she \r\n",
        "\xef\xbb\xbf: questions\nman, woman, king, queen\nboy,girl,he,she\n",
        "word1,word2,word3,word4\n\"man\",\"woman\",\"king\",\"queen\"\nboy;girl;he;she\n",
        "Word1 Word2 Word3 Target\nman\twoman king\tqueen\nboy girl he she\n"})
    EXPECT_EQ(summary(read_analogies(folder.write("q.txt", content))),
              "questions: man woman king queen, boy girl he she,;")
        << content;
  EXPECT_EQ(summary(read_analogies(folder.write("q.txt", "Athens\tGreece\tNew York\tUSA\n"))),
            "questions: Athens Greece New York USA,;");
  EXPECT_EQ(summary(read_analogies(folder.write("q.txt", "1,000 2,000 3,000 x\n, . ; :\n"))),
            "questions: 1,000 2,000 3,000 x, , . ; :,;");
}

TEST(Analogies, SaysWhatIsWrong) {
  const TempFolder folder;
  EXPECT_THAT(message_of<Error>(
                  [&] { read_analogies(folder.write("q.txt", ": a\nw x y z\nking queen man\n")); }),
              AllOf(HasSubstr("q.txt:3"), HasSubstr("four words"), HasSubstr("king queen man")));
  EXPECT_THAT(message_of<Error>([&] { read_analogies(folder.write("q.txt", ": a\n: b\n")); }),
              AllOf(HasSubstr("q.txt"), HasSubstr("no analogy questions")));
}

/// king - man + woman = queen; "noise" is close to king.
EmbeddingTable royal_table() {
  return EmbeddingTable({"king", "queen", "man", "woman", "noise", "zero"},
                        {1, 1, 0, 1, -1, 0, 1, 1, 1, 1, -1, 1, 1, 1, 0.2f, 0, 0, 0}, 3, "by hand");
}

TEST(Analogies, CountsByHand) {
  const std::vector<AnalogySection> sections = {
      {"family",
       {{"man", "king", "woman", "queen"},     // correct
        {"man", "king", "woman", "noise"},     // wrong
        {"man", "king", "woman", "duchess"},   // not in the table
        {"zero", "king", "woman", "queen"}}},  // zero vector, not used
      {"gram-none", {{"a", "b", "c", "d"}}},
      {"gram-one", {{"woman", "queen", "man", "king"}}},
  };
  const auto scores = score_analogies(royal_table(), sections);
  ASSERT_EQ(scores.sections.size(), 3u);
  EXPECT_EQ(scores.sections[0].first, "family");
  const auto& family = scores.sections[0].second;
  EXPECT_EQ(family.total, 4);
  EXPECT_EQ(family.used, 2);
  EXPECT_EQ(family.add.correct, 1);
  EXPECT_EQ(family.mul.correct, 1);
  EXPECT_DOUBLE_EQ(family.accuracy(family.add), 0.5);
  const auto& none = scores.sections[1].second;
  EXPECT_TRUE(std::isnan(none.accuracy(none.add)));
  EXPECT_TRUE(std::isnan(none.accuracy(none.mul)));
  EXPECT_TRUE(std::isnan(none.mean_reciprocal_rank(none.add)));
  EXPECT_EQ(scores.semantic.used, 2);
  EXPECT_EQ(scores.syntactic.used, 1);
  EXPECT_EQ(scores.syntactic.total, 2);
  EXPECT_EQ(scores.syntactic.add.correct, 1);
  EXPECT_EQ(scores.total.used, 3);
  EXPECT_EQ(scores.total.total, 6);
}

TEST(Analogies, AnswersAreAmongTheFirstWords) {
  const std::vector<AnalogySection> sections = {
      {"family", {{"man", "king", "woman", "queen"}, {"man", "king", "woman", "noise"}}}};
  const auto scores = score_analogies(royal_table().first(4), sections);
  EXPECT_EQ(scores.total.used, 1) << "noise is not among the first four words";
  EXPECT_EQ(scores.total.add.correct, 1);
  EXPECT_EQ(score_analogies(royal_table().first(1), sections).total.used, 0);
}

TEST(Analogies, FoldsToLowerCaseOnRequest) {
  const std::vector<AnalogySection> sections = {{"family", {{"Man", "King", "WOMAN", "Queen"}}}};
  EXPECT_EQ(score_analogies(royal_table(), sections).total.used, 0);
  EXPECT_EQ(score_analogies({royal_table(), {LetterCase::lower}}, sections).total.add.correct, 1);
}

TEST(Analogies, AddAndMulCanDiffer) {
  // Unit vectors at these angles. Their cosine similarities are the cosines of the angle
  // differences.
  const auto at = [](double degrees) {
    const double angle = degrees * std::acos(-1.0) / 180;
    return std::pair(static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)));
  };
  // a = 180, b = 0, c = 90 degrees. For x at angle x, 3CosAdd is cos b - cos a + cos c = 2 cos x +
  // sin x, which is largest near 26.6; 3CosMul is (1 + cos x)(1 + sin x) / (1 - cos x + 0.002),
  // which is largest near 0.
  std::vector<float> rows;
  for (const double degrees : {180.0, 0.0, 90.0, 27.0, 2.0}) {
    rows.push_back(at(degrees).first);
    rows.push_back(at(degrees).second);
  }
  const EmbeddingTable table({"a", "b", "c", "sum", "product"}, rows, 2, "by hand");
  const auto scores = score_analogies(table, {{"s", {{"a", "b", "c", "sum"}}}});
  EXPECT_EQ(scores.total.add.correct, 1);
  EXPECT_EQ(scores.total.mul.correct, 0);
  const auto other = score_analogies(table, {{"s", {{"a", "b", "c", "product"}}}});
  EXPECT_EQ(other.total.add.correct, 0);
  EXPECT_EQ(other.total.mul.correct, 1);
}

TEST(Analogies, RanksByHand) {
  const auto items = analogy_items(
      royal_table(), {{"family",
                       {{"man", "king", "woman", "queen"},       // rank 1, before noise
                        {"man", "king", "woman", "noise"},       // rank 2
                        {"man", "king", "woman", "king"},        // given, not an allowed answer
                        {"man", "king", "woman", "duchess"},     // not in the table
                        {"zero", "king", "woman", "queen"}}}});  // zero vector
  constexpr auto kNotUsed = AnalogyItems::kNotUsed;
  for (const auto method : {&AnalogyItems::add, &AnalogyItems::mul}) {
    EXPECT_THAT((items.*method).right, ElementsAre(1, 0, 0, kNotUsed, kNotUsed));
    EXPECT_THAT((items.*method).rank, ElementsAre(1, 2, 0, 0, 0));
  }
  EXPECT_TRUE(items.pair_direction.empty());
  EXPECT_TRUE(items.average.empty());
  const auto counts = analogy_scores(items).total;
  EXPECT_EQ(counts.used, 3);
  EXPECT_DOUBLE_EQ(counts.accuracy(counts.add), 1.0 / 3);
  EXPECT_DOUBLE_EQ(counts.mean_reciprocal_rank(counts.add), 0.5);
}

TEST(Analogies, MeanOfSections) {
  const auto scores = score_analogies(royal_table(), {{"one", {{"man", "king", "woman", "queen"}}},
                                                      {"three",
                                                       {{"man", "king", "woman", "queen"},
                                                        {"man", "king", "woman", "noise"},
                                                        {"man", "king", "woman", "noise"}}},
                                                      {"none", {{"a", "b", "c", "d"}}}});
  EXPECT_DOUBLE_EQ(scores.total.accuracy(scores.total.add), 0.5);
  EXPECT_DOUBLE_EQ(scores.mean_accuracy(&AnalogyCounts::add), (1 + 1.0 / 3) / 2);
  EXPECT_TRUE(std::isnan(AnalogyScores().mean_accuracy(&AnalogyCounts::add)));
}

EmbeddingTable random_table(std::int64_t size, std::int64_t dim) {
  Rng rng(8, "analogies");
  std::vector<float> rows;
  for (std::int64_t i = 0; i < size * dim; ++i) rows.push_back(static_cast<float>(rng.normal()));
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < size; ++i) words.push_back("w" + std::to_string(i));
  return EmbeddingTable(words, rows, dim, "random");
}

TEST(Analogies, TheFirstOfEqualAnswersCounts) {
  // Rows 2, 100, 3000 and 9000 have the vector of the best answer.
  const std::vector<std::int64_t> equal = {2, 100, 3000, 9000};
  const EmbeddingTable random = random_table(9100, 4);
  std::vector<float> rows(random.data(), random.data() + random.size() * 4);
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < random.size(); ++i) words.emplace_back(random.word(i));
  const auto unit = [&](std::size_t row, std::size_t i) {
    return static_cast<double>(rows[row * 4 + i]) / norm(rows.data() + row * 4, 4);
  };
  std::vector<float> best;
  for (std::size_t i = 0; i < 4; ++i)
    best.push_back(static_cast<float>(unit(5, i) - unit(4, i) + unit(6, i)));
  for (const auto row : equal) std::copy(best.begin(), best.end(), rows.begin() + row * 4);
  const EmbeddingTable table(words, rows, 4, "by hand");
  std::vector<AnalogySection> sections{{"s", {}}};
  for (const auto row : equal)
    sections[0].questions.push_back({"w4", "w5", "w6", "w" + std::to_string(row)});
  EXPECT_THAT(analogy_items(table, sections).add.rank, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(analogy_items(table, sections).add.right, ElementsAre(1, 0, 0, 0));
}

/// Multiples of the answer, the longest first: they tie, so the first is right by every method.
TEST(Analogies, AnswersOfEqualDirectionTie) {
  const std::int64_t dim = 50, words = 500;
  const EmbeddingTable random = random_table(words, dim);
  std::vector<float> rows(random.data(), random.data() + words * dim);
  std::vector<AnalogySection> sections{{"s", {{"w1", "w2", "w3", "w4"}}}};
  for (std::int64_t time = 1; time < 40; ++time) {
    const auto row = time * 12;
    for (std::int64_t i = 0; i < dim; ++i) {
      const auto place = static_cast<std::size_t>(row * dim + i);
      if (time == 1) {  // w12 is near the answer of the question
        rows[place] = 0;
        for (const auto& [word, sign] : {std::pair{1, -1.0}, {2, 1.0}, {3, 1.0}})
          rows[place] +=
              static_cast<float>(sign * random.row(word)[i] / norm(random.row(word), dim));
      } else {
        rows[place] = static_cast<float>(5 - 0.1 * static_cast<double>(time)) *
                      rows[static_cast<std::size_t>(12 * dim + i)];
      }
    }
    sections[0].questions.push_back({"w1", "w2", "w3", "w" + std::to_string(row)});
  }
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < words; ++i) names.emplace_back(random.word(i));
  AnalogyOptions options;
  options.average = options.pair_direction = true;
  const auto items = analogy_items(EmbeddingTable(names, rows, dim, "by hand"), sections, options);
  for (std::size_t i = 1; i < 40; ++i) {
    const auto rank = static_cast<std::int32_t>(i);
    EXPECT_EQ(items.add.rank[i], rank);
    EXPECT_EQ(items.mul.rank[i], rank);
    EXPECT_EQ(items.pair_direction.rank[i] - items.pair_direction.rank[1], rank - 1);
  }
}

TEST(Analogies, WordsOfAnyLength) {
  // man : king :: woman : queen, with lengths that single precision hardly has.
  const EmbeddingTable table({"man", "king", "woman", "queen", "other"},
                             {3e-40f, 0, 0, 1e-35f, 1e-35f, 0, 0, 0, 2e38f, 0, 1, 1, 1, 0, 1}, 3,
                             "by hand");
  const auto items = analogy_items(table, {{"s", {{"man", "king", "woman", "queen"}}}});
  EXPECT_THAT(items.add.rank, ElementsAre(1));
  EXPECT_THAT(items.mul.rank, ElementsAre(1));
}

/// Reference implementation of the formulas in double precision.
struct Naive {
  const EmbeddingTable& table;
  using Rows = std::array<std::int64_t, 4>;
  std::vector<Rows> questions;  // questions of one section

  std::vector<double> unit(std::int64_t row) const {
    std::vector<double> v(table.row(row), table.row(row) + table.dim());
    for (auto& value : v) value /= norm(table.row(row), table.dim());
    return v;
  }
  static double dot(const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  }
  static double cos(const std::vector<double>& a, const std::vector<double>& b) {
    return dot(a, b) / std::sqrt(dot(a, a) * dot(b, b));
  }
  /// a + scale * b
  static std::vector<double> sum(std::vector<double> a, double scale,
                                 const std::vector<double>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += scale * b[i];
    return a;
  }
  std::vector<double> average_answer(const Rows& q) const {
    std::set<std::pair<std::int64_t, std::int64_t>> pairs;
    for (const auto& other : questions) pairs.insert({{other[0], other[1]}, {other[2], other[3]}});
    pairs.erase({q[2], q[3]});
    auto answer = unit(q[2]);
    for (const auto& [from, to] : pairs)
      answer = sum(answer, 1.0 / static_cast<double>(pairs.size()), sum(unit(to), -1, unit(from)));
    return answer;
  }
  using Answers = AnalogyAnswers AnalogyItems::*;
  std::int32_t rank(Answers method, const Rows& q) const {
    const auto a = unit(q[0]), b = unit(q[1]), c = unit(q[2]), average = average_answer(q);
    const auto score = [&](std::int64_t row) {
      const auto x = unit(row);
      if (method == &AnalogyItems::add) return dot(x, b) - dot(x, a) + dot(x, c);
      if (method == &AnalogyItems::mul)
        return (1 + dot(x, b)) / 2 * (1 + dot(x, c)) / 2 / ((1 + dot(x, a)) / 2 + 0.001);
      if (method == &AnalogyItems::average) return cos(x, average);
      return cos(sum(x, -1, c), sum(b, -1, a));
    };
    const auto is_given = [&](std::int64_t x) { return x == q[0] || x == q[1] || x == q[2]; };
    if (is_given(q[3]) || (method == &AnalogyItems::pair_direction && q[0] == q[1])) return 0;
    std::int32_t found = 1;
    for (std::int64_t x = 0; x < table.size(); ++x)
      found += !is_given(x) && x != q[3] && norm(table.row(x), table.dim()) > 0 &&
               score(x) > score(q[3]);
    return found;
  }
};

TEST(Analogies, AgreeWithTheNaiveSearch) {
  const EmbeddingTable random = random_table(700, 11);
  std::vector<float> rows(random.data(), random.data() + 700 * 11);
  std::fill_n(rows.begin() + 300 * 11, 11, 0.0f);  // a word with a zero vector is never an answer
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < random.size(); ++i) words.emplace_back(random.word(i));
  const EmbeddingTable table(words, rows, 11, "random");
  Naive naive{table, {}};
  AnalogySection section{"s", {}};
  Rng rng(9, "analogies");
  for (int i = 0; i < 40; ++i) {
    // Some questions contain a word twice. Some have the same a and b as the preceding question.
    auto& q = naive.questions.emplace_back();
    for (auto& row : q) row = static_cast<std::int64_t>(rng.below(i % 2 ? 300 : 5));
    if (i % 4 == 3) std::copy_n(naive.questions.rbegin()[1].begin(), 2, q.begin());
    auto& texts = section.questions.emplace_back();
    std::transform(q.begin(), q.end(), texts.begin(),
                   [&](std::int64_t row) { return words[static_cast<std::size_t>(row)]; });
  }
  AnalogyOptions options;
  options.average = options.pair_direction = true;
  for (const int threads_count : {1, 3}) {
    set_threads(threads_count);
    const auto items = analogy_items(table, {section}, options);
    for (const auto method : {&AnalogyItems::add, &AnalogyItems::mul, &AnalogyItems::pair_direction,
                              &AnalogyItems::average}) {
      for (std::size_t i = 0; i < naive.questions.size(); ++i)
        EXPECT_EQ((items.*method).rank[i], naive.rank(method, naive.questions[i]))
            << "question " << i;
    }
  }
  set_threads(0);
}

TEST(Analogies, AverageWithoutAnotherPairIsUndefined) {
  AnalogyOptions options;
  options.average = true;
  const auto items = analogy_items(
      royal_table(),
      {{"one", {{"man", "king", "man", "king"}}}, {"two", {{"man", "king", "woman", "queen"}}}},
      options);
  EXPECT_THAT(items.average.rank, ElementsAre(0, 1));
  EXPECT_THAT(items.average.right, ElementsAre(0, 1));
}

/// Case variants of a word have similar vectors: king and King as b, queen and QUEEN as d.
EmbeddingTable table_with_forms() {
  return EmbeddingTable(
      {"man", "King", "woman", "king", "QUEEN", "queen", "KING", "other"},
      {0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1.1f, 1, -1, 0.2f, 1, -1, 1, 1, 0, 1.2f, 1, -0.5f, 0.3f}, 3,
      "by hand");
}

TEST(Analogies, FormsOfOneWordCountAsOne) {
  const std::vector<AnalogySection> sections = {{"s", {{"man", "king", "woman", "queen"}}}};
  const WordLookup insensitive(table_with_forms(), {LetterCase::insensitive});
  EXPECT_THAT(analogy_items(insensitive, sections).add.rank, ElementsAre(1));
  // As written, only `king` itself is excluded, and only `queen` is correct.
  const auto written = analogy_items(table_with_forms(), sections);
  EXPECT_THAT(written.add.rank, ElementsAre(1));
  const std::vector<AnalogySection> other = {{"s", {{"man", "king", "woman", "other"}}}};
  // queen, KING and King rank higher; the latter two are excluded in case-insensitive lookup.
  EXPECT_THAT(analogy_items(insensitive, other).add.rank, ElementsAre(2));
  EXPECT_THAT(analogy_items(table_with_forms(), other).add.rank, ElementsAre(4));
  // The highest-ranked form of d determines the rank.
  const std::vector<AnalogySection> upper = {{"s", {{"MAN", "KING", "Woman", "Queen"}}}};
  EXPECT_THAT(analogy_items(insensitive, upper).add.right, ElementsAre(1));
  // A form of a given word is not an allowed answer.
  const std::vector<AnalogySection> given = {{"s", {{"man", "king", "woman", "KING"}}}};
  EXPECT_THAT(analogy_items(insensitive, given).add.rank, ElementsAre(0));
}

TEST(Analogies, ConventionsOfGensim) {
  AnalogyOptions gensim;
  gensim.as_gensim = true;
  const auto zero = analogy_items(
      royal_table(),
      {{"s", {{"zero", "king", "woman", "queen"}, {"man", "king", "woman", "duchess"}}}}, gensim);
  EXPECT_THAT(zero.add.right, ElementsAre(0, AnalogyItems::kNotUsed));
  // Forms of king that rank above the answer: with four of them the question is still correct, with
  // five it is not.
  for (const int forms : {4, 5}) {
    std::vector<std::string> words = {"man", "king", "woman", "queen"};
    std::vector<float> rows = {0, 1, 0, 1, 0, 1, 0, 0, 1, 0.5f, -1, 1};
    for (int i = 0; i < forms; ++i) {
      words.push_back(std::vector<std::string>{"King", "kIng", "kiNg", "kinG",
                                               "KING"}[static_cast<std::size_t>(i)]);
      for (const float value : {1.0f, -1.0f, 2.0f}) rows.push_back(value);
    }
    const WordLookup lookup(EmbeddingTable(words, rows, 3, "by hand"), {LetterCase::insensitive});
    const std::vector<AnalogySection> sections = {{"s", {{"man", "king", "woman", "queen"}}}};
    EXPECT_THAT(analogy_items(lookup, sections).add.right, ElementsAre(1));
    const auto as_gensim = analogy_items(lookup, sections, gensim);
    EXPECT_THAT(as_gensim.add.right, ElementsAre(forms == 4));
    EXPECT_THAT(as_gensim.add.rank, ElementsAre(1));
  }
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
