#include <chrono>
#include <memory>
#include <thread>

#include "core/io/file.h"
#include "tests/cli/cli_test.h"

// Tests of `wordbridge runs`.

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class RunsTest : public CliTest {
 protected:
  RunsTest() {
    write("pairs.tsv", "man\twoman\t9\napple\torange\t8\ndog\tcat\t8\nman\tapple\t2\n");
    train("runs/two", {"model.type=ngram", "model.ngram.order=2"});
    train("runs/pca", {"model.type=pca", "eval.similarity=pairs.tsv", "seed=3"});
    train("runs/w2v", {"model.type=word2vec", "train.epochs=2", "--stop-after-epoch", "1"});
    // Files that have just been written are not stored in the index.
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
  }
  void train(const std::string& out, const Arguments& more) const {
    Arguments arguments = {"-q", "train", "small.yaml", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    succeed(arguments);
  }
  std::string list(Arguments arguments = {}) const {
    arguments.insert(arguments.begin(), "runs");
    return succeed(arguments).out;
  }
  nlohmann::json as_json(Arguments arguments) const {
    arguments.insert(arguments.end(), {"--format", "json"});
    return nlohmann::json::parse(list(arguments));
  }
  /// Names of the runs that meet a condition.
  std::vector<std::string> where(const std::string& condition) const {
    std::vector<std::string> names;
    for (const auto& run : as_json({"--where", condition})) names.push_back(run.at("name"));
    return names;
  }
};

TEST_F(RunsTest, FieldsOfRealRuns) {
  const auto runs = as_json({"--columns", "all"});
  ASSERT_EQ(runs.size(), 3u);
  const auto &pca = runs[0], &two = runs[1], &w2v = runs[2];
  EXPECT_EQ(pca.at("name"), "runs/pca");
  EXPECT_EQ(pca.at("model"), "pca");
  EXPECT_EQ(pca.at("status"), "complete");
  EXPECT_EQ(pca.at("seed"), 3);
  EXPECT_EQ(pca.at("model.pca.dim"), 4);
  EXPECT_EQ(pca.at("results.similarity pairs spearman"),
            json("runs/pca/eval.json").at(0).at("spearman"));
  EXPECT_EQ(two.at("corpus"), "text.txt");
  EXPECT_EQ(two.at("results.test_perplexity"),
            json("runs/two/summary.json").at("results").at("test_perplexity"));
  EXPECT_EQ(two.at("started"), json("runs/two/manifest.json").at("started"));
  EXPECT_EQ(two.at("model.pca.dim"), nullptr);
  EXPECT_EQ(w2v.at("status"), "stopped");
  EXPECT_EQ(w2v.at("epoch"), 1);
  EXPECT_EQ(w2v.at("data.tokenizer.lowercase"), true);
  EXPECT_GT(w2v.at("time"), 0);
}

TEST_F(RunsTest, ConditionsColumnsAndOrder) {
  EXPECT_THAT(where("model=ngram"), ElementsAre("runs/two"));
  EXPECT_THAT(where("status!=complete"), ElementsAre("runs/w2v"));
  EXPECT_THAT(where("test_perplexity<1e6"), ElementsAre("runs/two"));
  fail({"runs", "--where", "modle=ngram"}, {"no run has this field", "did you mean model?"}, 2);
  fail({"runs", "--where", "model"}, {"not a condition"}, 2);
  fail({"runs", "none"}, {"no such folder", "none"});
  EXPECT_EQ(list({"--columns", "name,seed", "--format", "tsv", "--sort", "seed", "--descending",
                  "--limit", "2"}),
            "name\tseed\nruns/pca\t3\nruns/two\t1\n");
  const auto limited = succeed({"runs", "--limit", "1"});
  EXPECT_THAT(limited.out, HasSubstr("runs/pca"));
  EXPECT_THAT(limited.out, Not(HasSubstr("runs/two")));
  EXPECT_THAT(limited.err, HasSubstr("1 of 3 runs"));
  const std::string table = list();
  EXPECT_THAT(table, testing::StartsWith("name      model     corpus    status    seed  "));
  EXPECT_THAT(table, HasSubstr("test_perplexity"));
}

TEST_F(RunsTest, SweepsSeedsAndSeveralFolders) {
  succeed({"-q", "sweep", "small.yaml", "model.type=ngram", "model.ngram.order=1,2", "seed=1,2",
           "--out", "sweep", "--no-report"});
  std::vector<std::string> names;
  for (const auto& run : as_json({"sweep", "runs/two", "sweep"})) names.push_back(run.at("name"));
  EXPECT_THAT(names, ElementsAre("runs/two", "sweep/order=1/seed-1", "sweep/order=1/seed-2",
                                 "sweep/order=2/seed-1", "sweep/order=2/seed-2"));
  EXPECT_FALSE(exists("runs/two/.runs.sqlite"));
}

TEST_F(RunsTest, TheIndexIsUsedAndChangesNothing) {
  const auto first = succeed({"-v", "runs"});
  EXPECT_THAT(first.err, HasSubstr("3 runs, of which 3 were read"));
  EXPECT_TRUE(exists("runs/.runs.sqlite"));
  const auto second = succeed({"-v", "runs"});
  EXPECT_THAT(second.err, HasSubstr("3 runs, of which 0 were read"));
  EXPECT_EQ(second.out, first.out);
  EXPECT_EQ(list({"--no-index"}), first.out);
  EXPECT_EQ(list({"--rebuild-index"}), first.out);
  train("runs/two", {"model.type=ngram", "model.ngram.order=1", "--overwrite"});
  const auto third = succeed({"-v", "runs"});
  EXPECT_THAT(third.err, HasSubstr("3 runs, of which 1 were read"));
  EXPECT_NE(third.out, first.out);
  EXPECT_EQ(list({"--no-index"}), third.out);
  write("runs/.runs.sqlite", "damaged");
  EXPECT_EQ(list(), third.out);
  fail({"runs", "--no-index", "--rebuild-index"}, {"--rebuild-index"}, 2);
}

TEST_F(RunsTest, CommandsAtTheSameTime) {
  const std::string expected = list({"--no-index"});
  for (const bool is_rebuilt : {false, true}) {
    std::vector<std::unique_ptr<Process>> processes;
    for (int i = 0; i < 6; ++i) {
      Arguments arguments = {"runs"};
      if (is_rebuilt && i % 2 == 0) arguments.emplace_back("--rebuild-index");
      processes.push_back(std::make_unique<Process>(command(arguments), options()));
    }
    for (const auto& process : processes) {
      const auto result = process->wait();
      EXPECT_EQ(result.status, 0) << result.err;
      EXPECT_EQ(result.out, expected);
    }
  }
  EXPECT_EQ(list(), expected);
}

TEST_F(RunsTest, ARunningTrainingIsShown) {
  {
    const AppendFile log(folder_ / "runs/w2v/log.txt", ~std::uint64_t{0});
    EXPECT_THAT(where("status=running"), ElementsAre("runs/w2v"));
  }
  EXPECT_THAT(where("status=running"), ElementsAre());
}

TEST_F(RunsTest, NamesThatAreNotPlain) {
  std::filesystem::rename(folder_ / "runs/two", folder_ / "runs/t'w\"o;\n--");
  EXPECT_THAT(list({"--format", "tsv"}), HasSubstr("runs/t'w\"o;\\x0A--\tngram"));
  EXPECT_THAT(where("name~';"), ElementsAre());
  EXPECT_THAT(where("name~t'w\"o;"), ElementsAre("runs/t'w\"o;\n--"));
  EXPECT_EQ(list(), list({"--no-index"}));
}

TEST_F(RunsTest, AFolderWithoutRuns) {
  std::filesystem::create_directories(folder_ / "empty");
  const auto result = succeed({"runs", "empty"});
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("0 of 0 runs"));
  EXPECT_EQ(list({"empty", "--format", "json", "--where", "model=pca"}), "[]\n");
}

}  // namespace
}  // namespace wordbridge
