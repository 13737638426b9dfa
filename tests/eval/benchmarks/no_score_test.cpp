#include "eval/benchmarks/no_score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "eval/benchmarks/tasks.h"
#include "eval/evaluation.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

/// "nil" has a zero vector.
EmbeddingTable small_table() {
  return EmbeddingTable({"Tiger", "cat", "car", "nil"}, {1, 0, 1, 1, 0, 1, 0, 0}, 2, "v.txt");
}

TEST(NoScore, SaysWhichWordsAreMissing) {
  const NoScore found{"p.tsv", "pairs", 0, 3, "two are", {"tiger", "nil", "x", "tiger", "y", "z"}};
  EXPECT_EQ(no_score_warning(WordLookup(small_table()), found),
            "p.tsv: no score: 0 of 3 pairs can be used, two are needed; not in v.txt: 4 of 5 words "
            "('tiger', 'x', 'y', ...); with a zero vector: 1 of 5 ('nil'); case: insensitive finds "
            "1 of them");
  const WordLookup any_case(small_table(), {LetterCase::insensitive, UnknownWords::drop});
  EXPECT_THAT(no_score_warning(any_case, {"p", "pairs", 1, 1, "two are", {"tiger", "cat"}}),
              EndsWith("two are needed"));
}

/// Every task warns about a benchmark of which no word is known, and not about one with a score.
TEST(NoScore, IsSaidByEveryTask) {
  const TempFolder folder;
  const auto scored = [&](const BenchmarkTask& task, const std::string& content) {
    json results = json::array();
    task.score(TaskInput{WordLookup(small_table())}, {folder.write("b", content)}, results);
    return results.at(0).value("warning", "");
  };
  const auto is_unknown = [](const char* total) {
    return AllOf(HasSubstr("/b"), HasSubstr("no score: 0 of " + std::string(total)),
                 HasSubstr("not in v.txt: "), HasSubstr("'x'"));
  };
  EXPECT_THAT(scored(similarity_task(), "x\ty\t1\nz\ty\t2\n"), is_unknown("2 pairs"));
  EXPECT_THAT(scored(analogy_task(), "x y z w\n"), is_unknown("1 questions"));
  EXPECT_THAT(scored(groups_task(), "x\ta\ny\ta\nz\tb\n"), is_unknown("3 words"));
  EXPECT_THAT(scored(categories_task(), "x\ta\ny\ta\nz\tb\n"), is_unknown("3 words"));
  EXPECT_THAT(scored(outliers_task(), "x\ny\n\nz\n"), is_unknown("1 outliers"));
  EXPECT_THAT(scored(associations_task(),
                     "t\ttarg1\tA\tx\nt\ttarg2\tB\ty\nt\tattr1\tC\tz\nt\tattr2\tD\tw\n"),
              is_unknown("4 words"));
  EXPECT_THAT(scored(similarity_task(), "cat\tcar\t1\nx\ty\t2\n"), HasSubstr("1 of 2 pairs"));
  EXPECT_EQ(scored(similarity_task(), "cat\tcar\t1\nTiger\tcar\t0\n"), "");
  EXPECT_EQ(scored(groups_task(), "Tiger\ta\ncat\ta\ncar\tb\n"), "");
}

TEST(NoScore, IsAWarningOfTheEvaluation) {
  const TempFolder folder;
  EvalOptions options;
  options.files["similarity"] = {folder.write("p.tsv", "x\ty\t1\n")};
  options.postprocess = {"center"};
  testing::internal::CaptureStderr();
  evaluate(small_table(), options);
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, HasSubstr("warning: " + (folder / "p.tsv").string() + ": no score: 0 of 1"));
  EXPECT_EQ(text.find("warning"), text.rfind("warning")) << text;
}

}  // namespace
}  // namespace wordbridge
