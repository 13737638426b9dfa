#include "tests/cli/cli_test.h"

// Tests of `wordbridge report`: its input, and its handling of missing and damaged files.

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;

class ReportTest : public CliTest {
 protected:
  void train(const std::string& out, const Arguments& more = {}) const {
    Arguments arguments = {"-q", "train", "small.yaml", "model.type=pca", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    succeed(arguments);
  }
  /// The JSON data of the page.
  nlohmann::json data(const std::string& page) const {
    const std::string text = content(page), begin = "type=\"application/json\">";
    const auto from = text.find(begin) + begin.size();
    return nlohmann::json::parse(text.substr(from, text.find("</script>", from) - from));
  }
};

TEST_F(ReportTest, RunsAndFilesOfVectorsStandSideBySide) {
  train("runs/a");
  train("runs/b", {"model.pca.dim=2"});
  succeed(
      {"report", "runs/a", "runs/b", "runs/a/vectors.txt", "--words", "man,apple", "-o", "r.html"});
  const auto page = data("r.html");
  ASSERT_EQ(page["sections"].size(), 1u);
  const auto& section = page["sections"][0];
  EXPECT_EQ(section["title"], "text: text");
  ASSERT_EQ(section["runs"].size(), 3u);
  EXPECT_EQ(section["runs"][0]["label"], "a");
  EXPECT_EQ(section["runs"][2]["label"], "vectors.txt");
  EXPECT_EQ(section["runs"][1]["options"][0]["key"], "dim");
  EXPECT_EQ(section["runs"][1]["options"][0]["differs"], true);
  EXPECT_EQ(section["maps"].size(), 3u);
  EXPECT_EQ(section["neighbors"][1]["word"], "apple");
  EXPECT_THAT(content("r.html"), HasSubstr("Content-Security-Policy"));
}

TEST_F(ReportTest, SeveralSeedsAreOneRun) {
  write("groups.tsv", "man\tpeople\nwoman\tpeople\napple\tfruit\norange\tfruit\n");
  train("runs/a", {"--seeds", "1,2,3", "eval.groups=groups.tsv", "model.pca.solver=randomized"});
  succeed({"report", "runs/a"});
  const auto section = data("report.html")["sections"][0];
  ASSERT_EQ(section["runs"].size(), 1u);
  EXPECT_EQ(section["runs"][0]["seeds"], 3);
  EXPECT_THAT(section["runs"][0]["facts"].dump(), HasSubstr("1\u20133"));
  EXPECT_EQ(section["maps"].size(), 1u);
  EXPECT_EQ(section["groups"], nlohmann::json({"people", "fruit"}));
  EXPECT_EQ(section["scores"][0]["cells"][0]["n"], 3);
  fail({"neighbors", "runs/a", "man"}, {"several seeds", "runs/a/seed-"});
}

TEST_F(ReportTest, SectionsAreThoseThatAreNamed) {
  train("one/a");
  train("two/a");
  succeed({"report", "--section", "First", "one/a", "--section", "Second & last", "one/a", "two/a",
           "-o", "r.html", "--title", "Title"});
  const auto page = data("r.html");
  EXPECT_EQ(page["title"], "Title");
  ASSERT_EQ(page["sections"].size(), 2u);
  EXPECT_EQ(page["sections"][0]["title"], "First");
  EXPECT_EQ(page["sections"][1]["title"], "Second & last");
  EXPECT_EQ(page["sections"][1]["runs"][1]["label"],
            "two/a");  // distinguished by the parent folder
}

TEST_F(ReportTest, ARunThatIsNotCompleteIsSaidAndShownAsFarAsItGoes) {
  train("runs/a");
  train("runs/b");
  std::filesystem::remove(folder_ / "runs/b/summary.json");
  std::filesystem::remove(folder_ / "runs/b/vectors.txt");
  write("runs/b/metrics.jsonl",
        "{\"epoch\": 1, \"train_perplexity\": 9.5}\n{\"epoch\": 2, \"train_perp");
  const auto result = succeed({"report", "runs/a", "runs/b"});
  EXPECT_THAT(result.err, HasSubstr("runs/b is incomplete"));
  const auto section = data("report.html")["sections"][0];
  EXPECT_EQ(section["runs"][0]["missing"], "");
  EXPECT_THAT(section["runs"][1]["missing"].get<std::string>(), HasSubstr("incomplete"));
  EXPECT_EQ(section["maps"].size(), 1u);
  EXPECT_EQ(section["curves"][0]["train"].size(), 1u);
  succeed({"report", "runs/a", "runs/b", "-o", "r.md"});
  EXPECT_THAT(content("r.md"), HasSubstr("\n\n- b: incomplete"));
}

TEST_F(ReportTest, FilesOfAnotherFormAreDamaged) {
  train("runs/a");
  write("runs/a/summary.json", "{}");
  fail({"report", "runs/a"}, {"damaged", "runs/a", "results"});
  write("runs/a/seeds.json", "{\"seeds\": []}");
  fail({"report", "runs/a"}, {"no seeds", "runs/a/seeds.json"});
}

TEST_F(ReportTest, SeedsThatAreLeftAreSaid) {
  train("runs/a", {"--seeds", "1,2"});
  std::filesystem::remove(folder_ / "runs/a/seed-1/summary.json");
  EXPECT_THAT(succeed({"report", "runs/a"}).err, HasSubstr("1 of 2 seeds"));
  EXPECT_EQ(data("report.html")["sections"][0]["runs"][0]["seeds"], 1);
}

TEST_F(ReportTest, WhatIsNotThereIsAnError) {
  train("runs/a");
  fail({"report", "runs/a", "runs/gone"}, {"no such run", "runs/gone"});
  fail({"report", "runs"}, {"not a run folder", "runs", "wordbridge train"});
  fail({"report"}, {"nothing to report"}, 2);
  fail({"report", "--section", "Alone"}, {"a title and at least one run", "Alone"}, 2);
  fail({"report", "runs/a", "--map-words", "1"}, {"--map-words"}, 2);
  fail({"report", "runs/a", "--groups", "gone.tsv"}, {"gone.tsv"});
  EXPECT_FALSE(exists("report.html"));
}

TEST_F(ReportTest, AnOutputThatCantBeWrittenIsRefusedBeforeTheWork) {
  train("runs/a");
  const auto result = fail({"report", "runs/a", "-o", "no/folder/r.html"}, {"no/folder"});
  EXPECT_THAT(result.err, Not(HasSubstr("map of")));
  fail({"report", "runs/a", "-o", "runs"}, {"runs"});
  fail({"report", "runs/a", "-o", ""}, {"name of the output file is empty"});
  fail({"report", "runs/a", "-o", "r.pdf"}, {"r.pdf", "FILE.html"}, 2);
}

TEST_F(ReportTest, ADamagedFileOfARunIsNamed) {
  train("runs/a");
  write("runs/a/eval.json", "[{");
  fail({"report", "runs/a"}, {"damaged", "eval.json"});
  write("runs/a/eval.json", "[]");
  write("runs/a/config.yaml", "model: {type: [");
  fail({"report", "runs/a"}, {"damaged", "config.yaml"});
}

TEST_F(ReportTest, AManifestOfAnotherFormIsAnError) {
  train("runs/a");
  write("runs/a/manifest.json", R"({"data": {"stream_sha256": "x"}})");
  fail({"report", "runs/a"}, {"damaged", "runs/a", "wordbridge train"});
}

}  // namespace
}  // namespace wordbridge
