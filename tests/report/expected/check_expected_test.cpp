#include "report/expected/check_expected.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A folder with results of two models, three seeds each, and a README.
class CheckExpectedTest : public testing::Test {
 protected:
  CheckExpectedTest() {
    folder_.write("results.csv",
                  "model,seed,score\na,1,1.0\na,2,2.0\na,3,3.0\nb,1,5.5\nb,2,5.5\nb,3,5.5\n");
    readme(
        "| model | score |\n|---|---:|\n| a | 2.0 ± 1.0 |\n| `b` | **5.5** ± 0.0 |\n\nThe score of "
        "a is 2.00.\n");
  }

  void readme(const std::string& text) const { folder_.write("README.md", "# Study\n\n" + text); }
  ExpectedCheck check(const std::string& json, const ExpectedOptions& options = {}) const {
    folder_.write("expected.json", json);
    return check_expected(read_expected_file(folder_.path()), options);
  }
  std::string complaint(const std::string& json, const ExpectedOptions& options = {}) const {
    const auto complaints = check(json, options).complaints;
    EXPECT_EQ(complaints.size(), 1u) << testing::PrintToString(complaints);
    return complaints.empty() ? "" : complaints.front();
  }
  std::string refused(const std::string& json) const {
    return message_of<Error>([&] { check(json); });
  }

  static std::string tables() {
    return R"({"results": {"r": {"file": "results.csv"}}, "tables": [{"file": "README.md",)"
           R"( "results": "r", "seeds": [1, 2, 3]}]})";
  }
  static std::string with_figure(const std::string& figure, const std::string& text) {
    return R"({"results": {"r": {"file": "results.csv"}}, "figures": {"x": )" + figure +
           R"(}, "texts": {"README.md": [")" + text + R"("]}})";
  }

  const TempFolder folder_;
};

const char* const kMean = R"({"results": "r", "row": "a", "column": "score", "seeds": [1, 2, 3]})";

TEST_F(CheckExpectedTest, ATableOfMeansAndDeviations) {
  const auto result = check(tables());
  EXPECT_THAT(result.complaints, IsEmpty());
  EXPECT_EQ(result.figures, 4u);
  EXPECT_EQ(result.places, 4u);
  EXPECT_EQ(result.numbers, 4u);
  EXPECT_THAT(result.uncovered, IsEmpty());
}

TEST_F(CheckExpectedTest, AStaleCell) {
  readme("| model | score |\n|---|---:|\n| a | 2.1 ± 1.0 |\n| b | 5.5 ± 0.0 |\n");
  EXPECT_THAT(complaint(tables()), AllOf(HasSubstr("README.md:5"), HasSubstr("expected: 2.0"),
                                         HasSubstr("got:      2.1")));
}

TEST_F(CheckExpectedTest, AWrongDeviationAndALabelWithoutResults) {
  readme("| model | score |\n|---|---:|\n| a | 2.0 ± 0.8 |\n| c | 1 |\n");
  const auto complaints = check(tables()).complaints;
  EXPECT_THAT(complaints, ElementsAre(HasSubstr("expected: 1.0"),
                                      AllOf(HasSubstr("a seed is missing"), HasSubstr("c"))));
}

TEST_F(CheckExpectedTest, AnEmptyCellHasNoResult) {
  readme("| model | score |\n|---|---:|\n| a | - |\n| c |  |\n");
  EXPECT_THAT(complaint(tables()), AllOf(HasSubstr("is empty although"), HasSubstr("README.md:5")));
}

TEST_F(CheckExpectedTest, RangesAndNumbersOfSeveralColumns) {
  folder_.write("two.csv", "model,valid,test\na,1.26,7\n");
  readme("| m | range |\n|---|---|\n| a | 1 to 3 |\n\n| m | both |\n|---|---|\n| a | 1.3 / 7 |\n");
  const std::string json =
      R"({"results": {"r": {"file": "results.csv"}, "two": {"file": "two.csv"}}, "tables": [
    {"file": "README.md", "results": "r", "seeds": [1, 2, 3], "columns": {"range": "score"}},
    {"file": "README.md", "table": 2, "results": "two", "columns": {"both": ["valid", "test"]}}]})";
  EXPECT_THAT(check(json).complaints, IsEmpty());
  readme("| m | range |\n|---|---|\n| a | 1 to 2 |\n\n| m | both |\n|---|---|\n| a | 1.3 / 8 |\n");
  EXPECT_THAT(check(json).complaints,
              ElementsAre(HasSubstr("expected: 3"), HasSubstr("expected: 7")));
}

TEST_F(CheckExpectedTest, Differences) {
  readme("| B - a | score |\n|---|---|\n| b | **+3.5 [+1.0, +6.0]** |\n");
  const auto json = [](const char* tolerance) {
    return R"({"results": {"r": {"file": "results.csv"}}, "tables": [{"file": "README.md", "results": "r",
      "seeds": [1, 2, 3], "columns": {"score": "score"}, "where": {"model": "{row}"}, "minus": {"model": "a"}, "tolerance": )" +
           std::string(tolerance) + "}]}";
  };
  auto result = check(json("0"));
  EXPECT_THAT(result.complaints, IsEmpty());
  EXPECT_THAT(result.uncovered, ElementsAre(HasSubstr("README.md:5: +1.0"), HasSubstr("+6.0")));
  readme("| B - a | score |\n|---|---|\n| b | +3.6 |\n");
  EXPECT_THAT(complaint(json("0")), HasSubstr("expected: 3.5"));
  EXPECT_THAT(check(json("0.05")).complaints, IsEmpty());
}

TEST_F(CheckExpectedTest, Sentences) {
  EXPECT_THAT(check(with_figure(kMean, "score of a is {x}")).complaints, IsEmpty());
  EXPECT_THAT(check(with_figure(kMean, "score of\\n a is {2 * x.sd}")).complaints, IsEmpty());
  EXPECT_THAT(check(with_figure(kMean, "score of a is {x.max - x.min}")).complaints, IsEmpty());
  EXPECT_THAT(complaint(with_figure(kMean, "score of a is {x.max}")),
              AllOf(HasSubstr("README.md:8"), HasSubstr("expected: 3.00"), HasSubstr("2.00")));
  EXPECT_THAT(complaint(with_figure(kMean, "score of b is {x}")),
              AllOf(HasSubstr("is not in the file"), HasSubstr("README.md:8"), HasSubstr("'b is")));
  EXPECT_THAT(complaint(with_figure(kMean, "score of a is {y}")), HasSubstr("unknown figure"));
  EXPECT_THAT(complaint(R"({"texts": {"gone.md": ["is {1}"]}})"), HasSubstr("gone.md"));
}

TEST_F(CheckExpectedTest, AHeadingLimitsASentence) {
  readme("It is 1.\n\n## Other\n\nIt is 2.\n");
  EXPECT_THAT(
      check(R"({"texts": {"README.md#Study": ["It is {1}."], "README.md#Other": ["It is {2}."]}})")
          .complaints,
      IsEmpty());
  EXPECT_THAT(complaint(R"({"texts": {"README.md": ["It is {1}."]}})"), HasSubstr("README.md:7"));
  EXPECT_THAT(complaint(R"({"texts": {"README.md#No": ["It is {1}."]}})"),
              HasSubstr("no such heading"));
}

TEST_F(CheckExpectedTest, AValueIsComparedWithTheResults) {
  const auto figure = [](const std::string& more) {
    return with_figure(
        R"({"results": "r", "row": "a", "column": "score", "seeds": [1, 2, 3], )" + more + "}",
        "a is {x}");
  };
  EXPECT_THAT(check(figure(R"("value": 2)")).complaints, IsEmpty());
  EXPECT_THAT(
      complaint(figure(R"("value": 2.004, "tolerance": 0.001)")),
      AllOf(HasSubstr("differs from the results"), HasSubstr("results.csv"), HasSubstr("2.004")));
  EXPECT_THAT(check(figure(R"("value": 2.004, "tolerance": 0.01)")).complaints, IsEmpty());
}

TEST_F(CheckExpectedTest, SeedsAreCounted) {
  const auto figure = [](const std::string& seeds) {
    return with_figure(R"({"results": "r", "row": "a", "column": "score")" + seeds + "}",
                       "a is {x}");
  };
  EXPECT_THAT(complaint(figure(R"(, "seeds": [1, 2, 3, 4])")),
              AllOf(HasSubstr("a seed is missing"), HasSubstr("1, 2, 3, 4"),
                    HasSubstr("got:      1, 2, 3")));
  EXPECT_THAT(complaint(figure(R"(, "seeds": [1, 2])")), HasSubstr("more seeds than expected"));
  EXPECT_THAT(complaint(figure("")), HasSubstr("several rows match"));
}

TEST_F(CheckExpectedTest, DerivedFigures) {
  const std::string json =
      R"({"figures": {"a": {"value": 3}, "b": {"is": "a / 4", "tolerance": 0.05}},
    "texts": {"README.md": ["b is {b}, again {a / 4}"]}})";
  readme("b is 0.8, again 0.8\n");
  EXPECT_THAT(check(json).complaints, IsEmpty());
  readme("b is 0.7, again 0.7\n");  // 0.75 is a tie
  EXPECT_THAT(check(json).complaints, IsEmpty());
  readme("b is 0.85, again 0.85\n");
  EXPECT_EQ(check(json).complaints.size(), 2u);
  readme("b is 0.80, again 0.75\n");  // within the tolerance of b
  EXPECT_THAT(check(json).complaints, IsEmpty());
  EXPECT_THAT(check(R"({"figures": {"a": {"is": "b"}, "b": {"is": "a"}}})").complaints,
              testing::Contains(HasSubstr("computed from itself")));
}

TEST_F(CheckExpectedTest, ScriptsAreRunOnlyOnRequest) {
  folder_.write(
      "table",
      "#!/bin/sh\necho '| model | score |'\necho '|---|---|'\necho \"| a | $(cat \"$1\") |\"\n");
  folder_.write("score.txt", "**+2.0 [1, 3]**");
  std::filesystem::permissions(folder_ / "table", std::filesystem::perms::owner_all);
  readme("| model | score |\n|---|---|\n| a | **+2.0 [1, 3]** |\n");
  const std::string json =
      R"({"results": {"s": {"script": ["table", "score.txt"]}}, "tables": [{"file": "README.md", "results": "s"}]})";
  ExpectedOptions options;
  auto result = check(json, options);
  EXPECT_THAT(result.complaints, IsEmpty());
  EXPECT_EQ(result.left_out, 1u);
  EXPECT_EQ(result.uncovered.size(), 3u);
  options.scripts = true;
  result = check(json, options);
  EXPECT_THAT(result.complaints, IsEmpty());
  EXPECT_EQ(result.left_out, 0u);
  EXPECT_THAT(result.uncovered, IsEmpty());
  folder_.write("score.txt", "+2.0 [1, 3]");
  EXPECT_THAT(complaint(json, options), HasSubstr("a cell differs"));
  std::filesystem::remove(folder_ / "score.txt");
  folder_.write("table", "#!/bin/sh\necho no luck >&2\nexit 3\n");
  EXPECT_THAT(complaint(json, options), AllOf(HasSubstr("no luck"), HasSubstr("exit status 3")));
  for (const char* const elsewhere : {"../table", "/bin/true", "..", "gone"}) {
    EXPECT_THAT(complaint(R"({"results": {"s": {"script": [")" + std::string(elsewhere) +
                              R"("]}}, "tables": [{"file": "README.md", "results": "s"}]})",
                          options),
                HasSubstr("not a script of this folder"));
  }
}

TEST_F(CheckExpectedTest, Runs) {
  const std::string json = R"({"results": {"r": {"file": "results.csv"}}, "runs": [
    {"results": "r", "folder": "{model}-{seed}", "fields": {"score": "/results/score"}, "tolerance": 0.01}]})";
  ExpectedOptions options;
  options.runs = folder_ / "runs";
  folder_.write("runs/a-2/summary.json", R"({"results": {"score": 2.04}})");
  folder_.write("runs/a-9/summary.json", R"({"results": {"score": 77}})");
  auto result = check(json, options);
  EXPECT_THAT(result.complaints, IsEmpty());  // "2.0" is rounded
  EXPECT_EQ(result.runs, 1u);
  folder_.write("runs/a-3/summary.json", R"({"results": {"score": 3.07}})");
  EXPECT_THAT(complaint(json, options),
              AllOf(HasSubstr("a-3/summary.json"), HasSubstr("results.csv:4"), HasSubstr("3.07")));
  folder_.write("runs/a-3/summary.json", R"({"results": {}})");
  EXPECT_THAT(complaint(json, options), HasSubstr("no such number"));
  folder_.write("runs/a-3/summary.json", R"({"results": {"score": null}})");
  EXPECT_THAT(complaint(json, options),
              AllOf(HasSubstr("a run differs"), HasSubstr("got:      nan")));
}

TEST_F(CheckExpectedTest, ResultsThatCannotBeReadAreReportedOnce) {
  EXPECT_THAT(complaint(R"({"results": {"r": {"file": "gone.csv"}}, "figures": {
    "a": {"results": "r", "row": "1", "column": "2"}, "b": {"results": "r", "row": "1", "column": "2"}},
    "tables": [{"file": "README.md", "results": "r"}]})"),
              HasSubstr("gone.csv"));
}

TEST_F(CheckExpectedTest, MistakesInTheFileAreNamed) {
  EXPECT_THAT(refused("{"), AllOf(HasSubstr("invalid JSON"), HasSubstr("expected.json")));
  EXPECT_THAT(refused("[]"), HasSubstr("an object"));
  EXPECT_THAT(refused(R"({"figure": {}})"), HasSubstr("did you mean figures?"));
  EXPECT_THAT(refused(R"({"figures": {"x": {"value": "2"}}})"),
              AllOf(HasSubstr("figures/x/value"), HasSubstr("a number")));
  EXPECT_THAT(refused(R"({"figures": {"x": {}}})"), HasSubstr("a figure needs a value"));
  EXPECT_THAT(refused(R"({"figures": {"x": {"value": 1}, "x": {"value": 2}}})"),
              HasSubstr("occurs twice"));
  EXPECT_THAT(refused(R"({"figures": {"x": {"value": 1, "tolerance": -1}}})"),
              HasSubstr("negative"));
  EXPECT_THAT(refused(R"({"figures": {"x": {"results": "r", "column": "c"}}})"),
              HasSubstr("unknown results"));
  EXPECT_THAT(refused(R"({"results": {"r": {"heading": "h"}}})"), HasSubstr("'file' or 'script'"));
  EXPECT_THAT(refused(R"({"tables": {}})"), HasSubstr("a list"));
  EXPECT_THAT(refused(R"({"tables": [{"file": "README.md"}]})"),
              AllOf(HasSubstr("tables/1"), HasSubstr("'results'")));
  EXPECT_THAT(refused(R"({"texts": {"README.md": "x"}})"), HasSubstr("a list"));
  EXPECT_THAT(refused(R"({"results": {"r": {"file": "a.csv", "table": 0}}})"), HasSubstr("from 1"));
  EXPECT_THAT(complaint(R"({"texts": {"README.md": ["none"]}})"), HasSubstr("a placeholder"));
  std::filesystem::remove(folder_ / "expected.json");
  EXPECT_THAT(message_of<Error>([&] { read_expected_file(folder_.path()); }),
              HasSubstr("expected.json"));
}

}  // namespace
}  // namespace wordbridge
