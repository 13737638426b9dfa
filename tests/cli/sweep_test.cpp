#include <cmath>

#include "tests/cli/cli_test.h"

// Sweeps on the command line, with models that do not need LibTorch.

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SweepTest : public CliTest {
 protected:
  SweepTest() {
    write("pca.yaml", "extends: small.yaml\nmodel: {type: pca}\n");
    write("words.tsv",
          "man\tpeople\nwoman\tpeople\nboy\tpeople\ngirl\tpeople\ndog\tanimal\ncat\tanimal\n"
          "cow\tanimal\npig\tanimal\napple\tfruit\norange\tfruit\nplum\tfruit\npear\tfruit\n");
    // The text is generated from the seed, so that the results depend on it.
    write("drawn.yaml",
          "threads: 1\n"
          "data:\n"
          "  reader: log-linear\n"
          "  path: words.tsv\n"
          "  synthetic: {lines: 20}\n"
          "  split: {train: 1, valid: 0, test: 0}\n"
          "  vocabulary: {min_count: 1, unknown: ''}\n"
          "  cache: none\n"
          "eval: {groups: words.tsv}\n"
          "model: {type: pca, pca: {dim: 2, counts: {window: 1}}}\n");
  }

  /// Titles of the runs, in order.
  std::vector<std::string> plan(Arguments arguments) const {
    arguments.insert(arguments.begin(), "sweep");
    arguments.push_back("--dry-run");
    const std::string out = succeed(arguments).out;
    std::vector<std::string> titles;
    std::string line;
    for (const char c : out) {
      if (c != '\n') {
        line += c;
      } else if (line.rfind("to train     ", 0) == 0) {
        titles.push_back(line.substr(13));
        line.clear();
      } else {
        line.clear();
      }
    }
    return titles;
  }

  double auc(const std::string& run) const {
    return json(run + "/summary.json").at("eval").at(0).at("auc").get<double>();
  }
};

TEST_F(SweepTest, TheFirstKeyIsTheSlowestAndTheSeedTheFastest) {
  EXPECT_EQ(plan({"pca.yaml", "seed=2,1", "model.pca.dim=3,2", "model.pca.power=0,1"}),
            (std::vector<std::string>{"dim=3,power=0 seed 2", "dim=3,power=0 seed 1",
                                      "dim=3,power=1 seed 2", "dim=3,power=1 seed 1",
                                      "dim=2,power=0 seed 2", "dim=2,power=0 seed 1",
                                      "dim=2,power=1 seed 2", "dim=2,power=1 seed 1"}));
  EXPECT_EQ(plan({"pca.yaml", "model.pca.center=true,false"}),
            (std::vector<std::string>{"center=true", "center=false"}));
  EXPECT_EQ(plan({"pca.yaml", "seed=1,2"}), (std::vector<std::string>{"run seed 1", "run seed 2"}));
  EXPECT_EQ(plan({"data.path=text.txt", "model.type=pca", "model.pca.dim=2.0,3e0"}),
            (std::vector<std::string>{"dim=2", "dim=3"}));
  EXPECT_FALSE(exists("runs"));
}

TEST_F(SweepTest, TheFilesSectionAndTheCommandLineTogether) {
  write("sweep.yaml",
        "extends: pca.yaml\n"
        "sweep:\n"
        "  seed: [1]\n"
        "  model.pca.power: [0, 1]\n"
        "  model: {pca: {dim: [2, 3]}}\n");
  EXPECT_EQ(plan({"sweep.yaml"}),
            (std::vector<std::string>{"power=0,dim=2 seed 1", "power=0,dim=3 seed 1",
                                      "power=1,dim=2 seed 1", "power=1,dim=3 seed 1"}));
  // A list that replaces one of the file, a single value for all points, and an additional key.
  EXPECT_EQ(plan({"sweep.yaml", "model.pca.power=0.5,1", "model.pca.dim=2"}),
            (std::vector<std::string>{"power=0.5 seed 1", "power=1 seed 1"}));
  EXPECT_EQ(
      plan({"sweep.yaml", "model.pca.dim=2", "model.pca.power=1", "model.pca.center=true,false"}),
      (std::vector<std::string>{"center=true seed 1", "center=false seed 1"}));
  write("more.yaml", "extends: sweep.yaml\nsweep: {model.pca.dim: [4], seed: [7]}\n");
  EXPECT_THAT(plan({"more.yaml"}),
              testing::ElementsAre("dim=4,power=0 seed 7", "dim=4,power=1 seed 7"));
}

TEST_F(SweepTest, ValuesMayBeListsTextsAndGroups) {
  write("sweep.yaml",
        "extends: small.yaml\n"
        "sweep:\n"
        "  model.nplm.hidden: [[5], [5, 6]]\n"
        "  train.optimizer: ['sgd', adam]\n");
  EXPECT_EQ(
      plan({"sweep.yaml"}),
      (std::vector<std::string>{"hidden=[5],optimizer=sgd", "hidden=[5],optimizer=adam",
                                "hidden=[5,6],optimizer=sgd", "hidden=[5,6],optimizer=adam"}));
  EXPECT_EQ(plan({"small.yaml", "model.nplm.hidden=[5],[5,6]"}),
            (std::vector<std::string>{"hidden=[5]", "hidden=[5,6]"}));
  EXPECT_EQ(plan({"small.yaml", "model.nplm.hidden=[5,6]", "seed=1,2"}),
            (std::vector<std::string>{"run seed 1", "run seed 2"}));
  const auto groups = plan({"small.yaml", "model={type: pca, pca: {dim: 2}},{type: nplm}"});
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_THAT(groups[0], StartsWith("model=_type"));
}

TEST_F(SweepTest, TrainSaysThatTheFileIsOfASweep) {
  write("sweep.yaml", "extends: pca.yaml\nsweep:\n  model.pca.dim: [2, 3]\n");
  fail({"train", "sweep.yaml"}, {"sweep.yaml:2", "describes a sweep", "wordbridge sweep"});
}

TEST_F(SweepTest, AllProblemsAreReportedOnceAndNothingIsWritten) {
  write("bad.yaml",
        "extends: pca.yaml\n"
        "model: {pca: {center: maybe}}\n"
        "sweep:\n"
        "  model.pca.dims: [2, 3]\n"
        "  model.pca.power:\n"
        "    - 1\n"
        "    - 0.7\n"
        "  seed: [1, -4]\n");
  const auto result = fail(
      {"sweep", "bad.yaml", "model.pca.dim=2,0,3", "model.pca.counts.max_contexts=0,2"},
      {"bad.yaml:2: model.pca.center",
       "bad.yaml:4: model.pca.dims: unknown key; did you mean model.pca.dim?",
       "bad.yaml:7: model.pca.power: must be 0, 0.5 or 1", "bad.yaml:8: seed: must be >= 0, got -4",
       "command line: model.pca.dim=0: model.pca.dim: must be in [1, 8192]", "must be at least dim",
       "6 problems in the sweep"});
  const std::string line = "model.pca.dims: unknown";
  const auto first = result.err.find(line);
  EXPECT_EQ(result.err.find(line, first + 1), std::string::npos) << result.err;
  EXPECT_FALSE(exists("runs"));
}

TEST_F(SweepTest, BadAxesAreRefused) {
  const auto refuse = [&](const std::string& section, const std::vector<std::string>& parts) {
    write("bad.yaml", "extends: pca.yaml\nsweep:\n" + section);
    fail({"sweep", "bad.yaml"}, parts);
  };
  refuse("  model.pca.dim: []\n", {"bad.yaml:3", "sweep.model.pca.dim", "at least one value"});
  refuse("  model.pca.dim: 3\n", {"bad.yaml:3", "a list of values, such as [3]"});
  refuse("  model.pca.dim: [2, 2.0]\n", {"dim=2", "same run"});
  refuse("  model.pca.dim: [2]\n  model.nplm.dim: [2, 3]\n",
         {"pca.dim=2,nplm.dim=2 and pca.dim=2,nplm.dim=3", "same run"});
  write("bad.yaml", "extends: pca.yaml\nsweep: [1, 2]\n");
  fail({"sweep", "bad.yaml"}, {"bad.yaml:2", "keys with lists of values"});
  fail({"sweep", "pca.yaml", "seed=1,1"}, {"run seed 1 and run seed 1"});
  fail({"sweep", "pca.yaml", "model.pca.dim=2"}, {"nothing to sweep", "wordbridge train"});
  fail({"sweep", "pca.yaml", "model.pca.dim=2,3", "model.pca.dim=4"}, {"repeated"}, 2);
  fail({"sweep", "pca.yaml", "model.pca.dim=2,,3"}, {"missing"}, 2);
  fail({"sweep", "pca.yaml", "model.pca.dim=2,[3"}, {"[3"}, 2);
  fail({"sweep", "pca.yaml", "model.pca.dim"}, {"no '='"}, 2);
  fail({"sweep", "pca.yaml", "model.pca.dim=2,3", "data.path=-"}, {"standard input"});
  fail({"sweep", "none.yaml", "model.pca.dim=2,3"}, {"none.yaml"});
  fail({"sweep", "pca.yaml", "model.pca.dim=2,3", "--jobs", "0"}, {"--jobs"}, 2);
  EXPECT_FALSE(exists("runs"));
}

TEST_F(SweepTest, APointIsWhatTrainMakes) {
  succeed({"sweep", "pca.yaml", "model.pca.dim=2,3", "seed=1,2", "-o", "with seeds"});
  succeed({"train", "pca.yaml", "model.pca.dim=3", "--seeds", "1,2", "-o", "trained"});
  const std::string point = "with seeds/dim=3";
  for (const char* const name : {"seeds.json", "summary.json", "seed-2/config.yaml",
                                 "seed-2/summary.json", "seed-1/manifest.json"})
    EXPECT_EQ(content(point + "/" + name), content("trained/" + std::string(name))) << name;
  expect_same_run(point + "/seed-1", "trained/seed-1");
  expect_same_run(point + "/seed-2", "trained/seed-2");
  EXPECT_FALSE(exists(point + "/seed-1/error.txt"));
  EXPECT_THAT(content(point + "/seed-1/log.txt"), HasSubstr("complete: "));

  succeed({"sweep", "pca.yaml", "model.pca.dim=2,3", "-o", "without"});
  succeed({"train", "pca.yaml", "model.pca.dim=3", "-o", "one"});
  expect_same_run("without/dim=3", "one");
  EXPECT_EQ(content("without/dim=3/config.yaml"), content("one/config.yaml"));
  // Other commands accept the folders.
  EXPECT_THAT(succeed({"eval", "without/dim=2", "--groups", "words.tsv"}).out, HasSubstr("dim=2"));
  succeed({"report", "with seeds/dim=2", "without/dim=3", "-o", "both.html"});
  EXPECT_THAT(succeed({"resume", "with seeds/dim=2"}).err, HasSubstr("nothing to do"));
  EXPECT_THAT(content("with seeds/report.html"), HasSubstr("dim=3"));
}

TEST_F(SweepTest, TheTableHasMeanAndDeviationOfEachPoint) {
  const auto result =
      succeed({"sweep", "drawn.yaml", "model.pca.dim=1,2", "seed=1,2,3", "-o", "out"});
  const auto table = json("out/table.json");
  double means[2] = {0, 0};
  for (int dim = 1; dim <= 2; ++dim) {
    const std::string point = "out/dim=" + std::to_string(dim);
    const double a = auc(point + "/seed-1"), b = auc(point + "/seed-2"), c = auc(point + "/seed-3");
    const double mean = means[dim - 1] = (a + b + c) / 3;
    const double sd = std::sqrt(
        ((a - mean) * (a - mean) + (b - mean) * (b - mean) + (c - mean) * (c - mean)) / 2);
    ASSERT_GT(sd, 0);
    const auto& row = table.at("points").at(static_cast<std::size_t>(dim - 1));
    EXPECT_EQ(row.at("folder"), "dim=" + std::to_string(dim));
    EXPECT_EQ(row.at("runs").at(1).at("metrics").at("groups words auc"), b);
    const auto& all = row.at("metrics").at("groups words auc");
    EXPECT_NEAR(all.at("mean").get<double>(), mean, 1e-12);
    EXPECT_NEAR(all.at("sd").get<double>(), sd, 1e-12);
    EXPECT_EQ(all.at("n"), 3);
    char text[64];
    std::snprintf(text, sizeof text, "%.4g ± %.2g (3)", mean, sd);
    EXPECT_THAT(result.out, HasSubstr(text));
    EXPECT_THAT(content("out/table.md"), HasSubstr(text));
    EXPECT_THAT(content("out/table.csv"), HasSubstr("\ndim=" + std::to_string(dim) + ",complete,"));
  }
  EXPECT_THAT(content("out/table.csv"),
              StartsWith("point,status,dim,groups words auc mean,groups words auc sd,groups words "
                         "auc n\n"));
  ASSERT_NE(means[0], means[1]);
  char best[64];
  std::snprintf(best, sizeof best, "| **%.4g ±", std::max(means[0], means[1]));
  EXPECT_THAT(content("out/table.md"), HasSubstr(best));
  const auto other = succeed({"sweep", "drawn.yaml", "model.pca.dim=1,2", "seed=1,2,3", "-o", "out",
                              "--metrics", "p,explained_variance_ratio", "--no-report"});
  EXPECT_THAT(other.out, HasSubstr("groups words p"));
  EXPECT_THAT(other.out, Not(HasSubstr("auc")));
  fail({"sweep", "drawn.yaml", "model.pca.dim=1,2", "seed=1,2,3", "-o", "out", "--metrics", "acu"},
       {"no run of the sweep has this metric", "groups words auc"});
}

TEST_F(SweepTest, CompleteRunsStayAndMoreValuesAddPoints) {
  succeed({"sweep", "pca.yaml", "model.pca.dim=2,3", "seed=1,2", "-o", "out"});
  auto before = files();
  const std::string log = content("out/dim=2/seed-1/log.txt");
  const auto again = succeed({"sweep", "pca.yaml", "model.pca.dim=2,3", "seed=1,2", "-o", "out"});
  EXPECT_THAT(again.err, HasSubstr("4 of 4 runs are already complete"));
  EXPECT_EQ(files(), before);
  EXPECT_EQ(content("out/dim=2/seed-1/log.txt"), log);
  const auto listed =
      succeed({"sweep", "pca.yaml", "model.pca.dim=4,2", "seed=2,3", "-o", "out", "--dry-run"});
  EXPECT_EQ(listed.out.substr(0, 13), "to train     ");
  EXPECT_THAT(listed.out, HasSubstr("complete     dim=2 seed 2\nto train     dim=2 seed 3\n"));
  succeed({"sweep", "pca.yaml", "model.pca.dim=4,2", "seed=2,3", "-o", "out"});
  EXPECT_EQ(content("out/dim=2/seed-1/log.txt"), log);
  EXPECT_EQ(json("out/dim=2/seeds.json").at("seeds"), nlohmann::json({2, 3, 1}));
  EXPECT_EQ(json("out/dim=2/summary.json").at("seeds"), nlohmann::json({2, 3, 1}));
  EXPECT_EQ(json("out/dim=3/summary.json").at("seeds"), nlohmann::json({1, 2}));
  EXPECT_EQ(json("out/table.json").at("points").size(), 3u);
  EXPECT_EQ(json("out/sweep.json").at("axes").at(0).at("values"), nlohmann::json({4, 2, 3}));
}

TEST_F(SweepTest, WhatFailsIsNamedAndTheOthersGoOn) {
  const Arguments dims = {"sweep", "pca.yaml", "model.pca.dim=2,100,3", "seed=1,2", "-o", "out"};
  const auto result = run(dims);
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("2 of 6 runs failed"));
  EXPECT_THAT(result.err, HasSubstr("dim=100 seed 2: more components than"));
  EXPECT_THAT(result.out, HasSubstr("failed"));
  EXPECT_THAT(content("out/dim=100/seed-1/error.txt"), HasSubstr("more components than"));
  EXPECT_THAT(content("out/table.md"), HasSubstr("| failed |"));
  EXPECT_TRUE(exists("out/dim=3/summary.json"));
  EXPECT_FALSE(exists("out/dim=100/summary.json"));
  EXPECT_FALSE(exists("out/dim=3/seed-1/error.txt"));
  EXPECT_TRUE(exists("out/report.html"));
}

TEST_F(SweepTest, WhatFailedIsTriedAgain) {
  const Arguments texts = {"sweep", "pca.yaml", "data.path=text.txt,later.txt", "-o", "out"};
  const auto result = run(texts);
  EXPECT_EQ(result.status, 1);
  EXPECT_TRUE(exists("out/path=later.txt/error.txt"));
  write("later.txt", content("text.txt") + "the man sees a dog .\n");
  succeed(texts);
  EXPECT_FALSE(exists("out/path=later.txt/error.txt"));
  EXPECT_TRUE(exists("out/path=later.txt/summary.json"));
}

TEST_F(SweepTest, TheConfigurationsAreFrozen) {
  const auto first = run({"sweep", "pca.yaml", "data.path=text.txt,later.txt", "-o", "out"});
  EXPECT_EQ(first.status, 1);
  // Editing the file does not change a sweep that has begun.
  write("pca.yaml", "extends: small.yaml\nmodel: {type: pca, pca: {dim: 7}}\n");
  write("later.txt", content("text.txt"));
  succeed({"resume", "out/path=later.txt"});
  EXPECT_THAT(content("out/path=later.txt/vectors.txt"), HasSubstr(" 4\n"));
  fail({"sweep", "pca.yaml", "data.path=text.txt,later.txt", "-o", "out"},
       {"path=text.txt", "a different configuration", "--overwrite"});
  succeed({"sweep", "pca.yaml", "data.path=text.txt,later.txt", "-o", "out", "--overwrite"});
  EXPECT_THAT(content("out/path=text.txt/vectors.txt"), HasSubstr(" 7\n"));
}

TEST_F(SweepTest, ARunWithoutVectorsCostsNoReport) {
  succeed({"sweep", "pca.yaml", "model.pca.dim=2,3", "-o", "out"});
  std::filesystem::remove(folder_ / "out/dim=2/vectors.txt");
  const auto result = succeed({"sweep", "pca.yaml", "model.pca.dim=2,3,4", "-o", "out"});
  EXPECT_THAT(content("out/report.html"), HasSubstr("dim=2"));
  EXPECT_THAT(content("out/report.html"), HasSubstr("dim=4"));
  EXPECT_THAT(result.out, HasSubstr("\n2    "));
}

TEST_F(SweepTest, AnyNumberOfJobsGivesTheSameBytes) {
  const Arguments sweep = {"sweep",    "drawn.yaml",        "model.pca.solver=randomized",
                           "seed=1,2", "model.pca.dim=1,2", "model.pca.power=0,1"};
  for (const char* const jobs : {"1", "2", "8"}) {
    Arguments arguments = sweep;
    arguments.insert(arguments.end(), {"--jobs", jobs, "-o", std::string("jobs-") + jobs});
    succeed(arguments);
  }
  for (const char* const other : {"jobs-2/", "jobs-8/"}) {
    for (const char* const name : {"table.md", "table.csv", "table.json", "sweep.json"})
      EXPECT_EQ(content(std::string("jobs-1/") + name), content(other + std::string(name)));
    for (const char* const dim : {"dim=1", "dim=2"})
      for (const char* const power : {",power=0", ",power=1"})
        for (const char* const seed : {"/seed-1", "/seed-2"}) {
          const std::string name = std::string(dim) + power + seed;
          expect_same_run("jobs-1/" + name, other + name);
        }
  }
}

TEST_F(SweepTest, AFolderOfSomethingElseIsRefused) {
  succeed({"train", "pca.yaml", "-o", "run"});
  fail({"sweep", "pca.yaml", "model.pca.dim=2,3", "-o", "run"}, {"run", "contains a run", "--out"});
  succeed({"sweep", "pca.yaml", "model.pca.dim=2,3", "-o", "out"});
  fail({"sweep", "pca.yaml", "model.pca.dim=2,3", "seed=1,2", "-o", "out"},
       {"out/dim=2", "a single run"});
  write("out/sweep.json", "[");
  fail({"sweep", "pca.yaml", "model.pca.dim=2,4", "-o", "out"}, {"sweep.json", "damaged"});
}

TEST_F(SweepTest, HelpTeaches) {
  const std::string help = succeed({"sweep", "--help"}).out;
  for (const char* const part : {"Examples", "seed=1,2,3", "sweep:", "--dry-run", "table.csv"})
    EXPECT_THAT(help, HasSubstr(part));
}

}  // namespace
}  // namespace wordbridge
