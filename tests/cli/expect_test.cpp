#include "tests/cli/cli_test.h"

// `wordbridge expect`: exit statuses, what is printed, and which folders are checked.

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ExpectTest : public CliTest {
 protected:
  ExpectTest() {
    study("experiments/one", "2.5");
    study("bench/two", "2.5");
    write("experiments/without/README.md", "# Nothing\n");
  }
  void study(const std::string& folder, const std::string& printed) const {
    write(folder + "/README.md",
          "# Study\n\n| model | score |\n|---|---|\n| a | " + printed + " |\n| b | 7 |\n");
    write(folder + "/results.csv", "model,seed,score\na,1,2.48\n");
    write(folder + "/expected.json",
          R"({"results": {"r": {"file": "results.csv"}},
              "tables": [{"file": "README.md", "results": "r", "skip": ["b"]}],
              "runs": [{"results": "r", "folder": "{model}", "fields": {"score": "/results/score"}}]})");
  }
};

TEST_F(ExpectTest, AllFolders) {
  for (const Arguments& arguments : {Arguments{"expect"}, {"expect", "--all"}}) {
    const auto out = succeed(arguments).out;
    EXPECT_THAT(out, AllOf(HasSubstr("bench/two: 1 figure, 1 place; README.md: 1 of 2 numbers in "
                                     "tables are covered\nexperiments/one: "),
                           HasSubstr("\n2 figures, 2 places, all agree\n")));
    EXPECT_THAT(out, Not(HasSubstr("without")));
  }
  EXPECT_THAT(succeed({"expect", "experiments/one", "--uncovered"}).out,
              HasSubstr("  experiments/one/README.md:6: 7 (b)\n"));
}

TEST_F(ExpectTest, AStaleFigureFails) {
  study("experiments/one", "2.4");
  const auto result = fail({"expect"}, {"experiments/one/README.md:5", "expected: 2.5",
                                        "got:      2.4", "error: 1 complaint\n"});
  EXPECT_THAT(result.out, AllOf(HasSubstr("bench/two"), Not(HasSubstr("all agree"))));
  succeed({"expect", "bench/two"});
}

TEST_F(ExpectTest, ADamagedFileFailsAfterTheOthers) {
  write("bench/two/expected.json", "{\"figures\": {");
  const auto result = fail({"expect"}, {"bench/two/expected.json", "invalid JSON"});
  EXPECT_THAT(result.out, HasSubstr("experiments/one: 1 figure,"));
}

TEST_F(ExpectTest, RunsOfAFolder) {
  write("runs/a/summary.json", R"({"results": {"score": 2.48}})");
  EXPECT_THAT(succeed({"expect", "experiments/one", "--runs", "runs"}).out, HasSubstr("; 1 run\n"));
  write("runs/a/summary.json", R"({"results": {"score": 2.6}})");
  fail({"expect", "experiments/one", "--runs", "runs"}, {"runs/a/summary.json", "2.48", "2.6"});
  write("empty/a-file", "");
  fail({"expect", "experiments/one", "--runs", "empty"}, {"none of the runs", "empty"});
  fail({"expect", "bench/two", "--runs", "gone"}, {"no such folder of runs", "gone"});
  fail({"expect", "--runs", "runs"}, {"--runs are those of one study", "all"}, 2);
}

TEST_F(ExpectTest, WrongUsage) {
  fail({"expect", "--all", "experiments/one"}, {"--all checks all folders"}, 2);
  fail({"expect", "experiments/without"}, {"experiments/without/expected.json"});
  auto elsewhere = options();
  elsewhere.folder /= "experiments";
  fail({"expect"}, {"nothing to check", "expected.json"}, 2, elsewhere);
}

}  // namespace
}  // namespace wordbridge
