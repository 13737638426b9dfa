#include "train/sweeps/search.h"

#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/text.h"
#include "tests/support/temp_folder.h"
#include "train/sweeps/plan.h"
#include "train/sweeps/train.h"

namespace wordbridge {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Type = Distribution::Type;

TEST(DistributionTest, DrawsAsByHand) {
  EXPECT_EQ((Distribution{Type::uniform, 2, 4}).draw(0), "2");
  EXPECT_EQ((Distribution{Type::uniform, 2, 4}).draw(0.25), "2.5");
  EXPECT_EQ((Distribution{Type::log_uniform, 0.01, 1}).draw(0.5), "0.1");
  EXPECT_EQ((Distribution{Type::log_uniform, 0.01, 1}).draw(0.25), "0.031623");  // 10^-1.5
  // Each of 3, 4 and 5 has a third.
  const Distribution integer{Type::integer, 3, 5};
  EXPECT_EQ(integer.draw(0), "3");
  EXPECT_EQ(integer.draw(0.33), "3");
  EXPECT_EQ(integer.draw(0.34), "4");
  EXPECT_EQ(integer.draw(0.67), "5");
  EXPECT_EQ(integer.draw(0.9999999), "5");
  // 1/2 * 7^u: 3/2 at u = ln 3 / ln 7 = 0.565, 5/2 at u = ln 5 / ln 7 = 0.827.
  const Distribution log_integer{Type::log_integer, 1, 3};
  EXPECT_EQ(log_integer.draw(0), "1");
  EXPECT_EQ(log_integer.draw(0.56), "1");
  EXPECT_EQ(log_integer.draw(0.57), "2");
  EXPECT_EQ(log_integer.draw(0.82), "2");
  EXPECT_EQ(log_integer.draw(0.83), "3");
  EXPECT_EQ(log_integer.draw(0.9999999), "3");
}

TEST(DistributionTest, RealNumbersHaveFiveDigitsWithinTheBounds) {
  EXPECT_EQ((Distribution{Type::uniform, 0, 1}).draw(1.0 / 3), "0.33333");
  EXPECT_EQ((Distribution{Type::uniform, 0.123454, 0.2}).draw(0), "0.123454");
  EXPECT_EQ((Distribution{Type::uniform, 0, 0.123456}).draw(0.9999999), "0.123456");
  EXPECT_EQ((Distribution{Type::uniform, -2, -1}).draw(0.5), "-1.5");
}

TEST(HalvingTest, RungsAreAsByHand) {
  const auto rungs = [](std::int64_t points, std::int64_t factor, std::int64_t least,
                        double epochs) {
    SearchOptions options;
    options.points = points;
    options.reduction_factor = factor;
    options.min_epochs = least;
    std::vector<std::string> texts;
    for (const auto& rung : halving_rungs(options, epochs))
      texts.push_back(
          fmt::format("{} to {}, stop {}", rung.points, number_text(rung.epochs), rung.stop_epoch));
    return texts;
  };
  EXPECT_THAT(rungs(9, 3, 1, 9), ElementsAre("9 to 1, stop 1", "3 to 3, stop 3", "1 to 9, stop 0"));
  EXPECT_THAT(rungs(60, 3, 1, 10), ElementsAre("60 to 1, stop 1", "20 to 3, stop 3",
                                               "6 to 9, stop 9", "2 to 10, stop 0"));
  EXPECT_THAT(rungs(5, 2, 2, 7.5),
              ElementsAre("5 to 2, stop 2", "2 to 4, stop 4", "1 to 7.5, stop 0"));
  EXPECT_THAT(rungs(2, 3, 1, 9), ElementsAre("2 to 1, stop 1", "1 to 3, stop 3", "1 to 9, stop 0"));
  EXPECT_THAT(rungs(4, 3, 5, 5), ElementsAre("4 to 5, stop 0"));
}

TEST(HalvingTest, TheLowestAreChosenAndTheFirstOfEqualOnes) {
  const std::vector<double> scores = {3, 1, std::nan(""), 1, 2, 1};
  EXPECT_THAT(lowest(scores, 1), ElementsAre(1));
  EXPECT_THAT(lowest(scores, 2), ElementsAre(1, 3));
  EXPECT_THAT(lowest(scores, 4), ElementsAre(1, 3, 4, 5));
  EXPECT_THAT(lowest(scores, 9), ElementsAre(0, 1, 3, 4, 5));
}

/// metrics.jsonl of a run with these validation perplexities, interrupted while it writes a line.
std::string metrics(const std::vector<double>& perplexities) {
  std::string text;
  for (std::size_t i = 0; i < perplexities.size(); ++i)
    text += fmt::format("{{\"epoch\":{},\"valid_perplexity\":{}}}\n{{\"step\":7,\"loss\":0.1}}\n",
                        i + 1, perplexities[i]);
  return text + "{\"epoch\":9,\"valid_perp";
}

TEST(HalvingTest, EpochsAreReadFromTheMetrics) {
  const TempFolder folder;
  folder.write("run/metrics.jsonl", metrics({50, 40, 45}));
  const auto read = [&](std::int64_t most) {
    const EpochScore score = read_epochs(folder / "run", most);
    return std::pair(score.epochs, score.perplexity);
  };
  EXPECT_EQ(read(1), std::pair(std::int64_t{1}, 50.0));
  EXPECT_EQ(read(2), std::pair(std::int64_t{2}, 40.0));
  EXPECT_EQ(read(3), std::pair(std::int64_t{3}, 40.0));
  EXPECT_EQ(read(0), std::pair(std::int64_t{3}, 40.0));
  EXPECT_TRUE(has_reached(folder / "run", 3));
  EXPECT_FALSE(has_reached(folder / "run", 4));
  EXPECT_FALSE(has_reached(folder / "run", 0)) << "it is not complete";
  EXPECT_EQ(read_epochs(folder / "none", 0).epochs, 0);
  EXPECT_TRUE(std::isnan(read_epochs(folder / "none", 0).perplexity));
  folder.write("run/summary.json", "{}");
  EXPECT_TRUE(has_reached(folder / "run", 4)) << "early stopping";
}

TEST(HalvingTest, PointsArePromotedByTheMeanOfTheirSeeds) {
  const TempFolder folder;
  std::vector<SweepRun> runs;
  const auto add = [&](const std::string& point, const std::vector<double>& perplexities) {
    SweepRun run;
    run.point = folder / point;
    run.folder = run.point / std::to_string(runs.size());
    folder.write(fmt::format("{}/{}/metrics.jsonl", point, runs.size()), metrics(perplexities));
    runs.push_back(run);
  };
  add("a", {10, 1});
  add("a", {30, 1});  // mean 20; later epochs do not count
  add("b", {20});
  add("b", {18});  // mean 19
  add("c", {1});
  add("c", {});  // failed
  add("d", {21});
  add("d", {19});  // mean 20
  const auto chosen = [&](std::int64_t points) {
    std::vector<std::string> names;
    for (const auto& run : promoted(runs, 1, points)) names.push_back(run.point.filename());
    return names;
  };
  EXPECT_THAT(chosen(1), ElementsAre("b", "b"));
  EXPECT_THAT(chosen(2), ElementsAre("a", "a", "b", "b"));
  EXPECT_THAT(chosen(4), ElementsAre("a", "a", "b", "b", "d", "d"));
}

class SearchPlanTest : public testing::Test {
 protected:
  Sweep plan(const std::string& search, const std::string& axes,
             const std::string& train = "{epochs: 9}", const std::string& model = "nplm") {
    return plan_sweep({folder_.write("a.yaml", "data: {reader: wordnet}\nmodel: {type: " + model +
                                                   "}\ntrain: " + train +
                                                   "\nsweep:\n  search: " + search + "\n" + axes)});
  }
  std::vector<std::string> folders(const std::string& search, const std::string& axes) {
    std::vector<std::string> names;
    for (const auto& point : plan(search, axes).points) names.push_back(point.folder);
    return names;
  }
  std::string problem(const std::string& search, const std::string& axes,
                      const std::string& train = "{epochs: 9}", const std::string& model = "nplm") {
    return message_of<Error>([&] { plan(search, axes, train, model); });
  }

  const TempFolder folder_;
  const std::string rates_ = "  train.lr: {log_uniform: [0.0001, 0.1]}\n";
};

TEST_F(SearchPlanTest, TheSameSeedDrawsTheSameOnEveryMachine) {
  EXPECT_THAT(folders("{points: 3}", rates_ + "  train.batch_size: [32, 64]\n"),
              ElementsAre("lr=0.069633,batch_size=32", "lr=0.0027524,batch_size=32",
                          "lr=0.0027215,batch_size=64"));
  EXPECT_NE(folders("{points: 3}", rates_), folders("{points: 3, seed: 2}", rates_));
}

TEST_F(SearchPlanTest, MorePointsBeginWithTheSameOnes) {
  const std::string axes = rates_ + "  model.nplm.dim: {integer: [1, 3]}\n  train.momentum: [0]\n" +
                           "  train.optimizer: [adam, adamw]\n";
  auto many = folders("{points: 40}", axes);
  const auto few = folders("{points: 25}", axes);
  EXPECT_EQ(std::set<std::string>(many.begin(), many.end()).size(), 40u);
  many.resize(few.size());
  EXPECT_EQ(few, many);
  // Also if draws that repeat a point are skipped: 3 x 2 points.
  const std::string discrete =
      "  model.nplm.dim: {integer: [1, 3]}\n  train.optimizer: [adam, adamw]\n";
  auto all = folders("{points: 6}", discrete);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 6u);
  const auto some = folders("{points: 4}", discrete);
  all.resize(some.size());
  EXPECT_EQ(some, all);
  EXPECT_THAT(problem("{points: 7}", discrete), HasSubstr("too few different points"));
  EXPECT_THAT(problem("{points: 7}", discrete), HasSubstr("6 or fewer"));
}

TEST_F(SearchPlanTest, AnAxisDrawsTheSameBesideOthers) {
  const auto rate = [](const Sweep& sweep, std::size_t point, const std::string& name) {
    for (const auto& [axis, value] : sweep.points[point].values)
      if (axis == name) return value;
    return std::string("none");
  };
  const Sweep one = plan("{points: 5}", rates_);
  const Sweep two = plan("{points: 5}", "  model.nplm.dim: {log_integer: [2, 200]}\n" + rates_);
  std::set<std::string> dims;
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(rate(one, i, "lr"), rate(two, i, "lr"));
    dims.insert(rate(two, i, "dim"));
    const auto number = parse_double(rate(one, i, "lr")).value();
    EXPECT_TRUE(number >= 0.0001 && number <= 0.1) << number;
  }
  EXPECT_GE(dims.size(), 4u);
}

TEST_F(SearchPlanTest, SeedsAreOfEachPoint) {
  const Sweep sweep = plan("{type: halving, points: 2}", rates_ + "  seed: [3, 4]\n");
  ASSERT_EQ(sweep.points.size(), 2u);
  EXPECT_THAT(sweep.points[1].seeds, ElementsAre(3, 4));
  EXPECT_EQ(sweep.rungs.size(), 3u);
  EXPECT_EQ(plan("{points: 2}", rates_).rungs.size(), 1u);
}

TEST_F(SearchPlanTest, BadSearchesAreRefused) {
  const auto expect = [&](const std::string& search, const std::string& axes,
                          const std::vector<std::string>& parts) {
    const std::string message = problem(search, axes);
    for (const auto& part : parts) EXPECT_THAT(message, HasSubstr(part));
  };
  expect("{seed: 1}", rates_, {"sweep.search.points: expected the number of points"});
  expect("{points: 0}", rates_, {"a.yaml:5: sweep.search.points: must be in [1, 10000], got 0"});
  expect("{points: 5001}", rates_ + "  seed: [1, 2]\n", {"too many points"});
  expect("{points: 3, type: grid}", rates_, {"must be one of random, halving, got 'grid'"});
  expect("{points: 3, reduction_factor: 1}", rates_, {"reduction_factor: must be in [2, 1000]"});
  expect("{points: 3, min_epochs: 0}", rates_, {"min_epochs: must be"});
  expect("{points: 3, eta: 3}", rates_, {"sweep.search.eta: unknown key"});
  expect("5", rates_, {"sweep.search: expected a group of keys, got '5'"});
  expect("{points: 3}", "", {"nothing to search", "log_uniform"});
  const auto refuse = [&](const std::string& distribution, const std::vector<std::string>& parts) {
    expect("{points: 3}", "  train.lr: " + distribution + "\n", parts);
  };
  refuse("{uniform: []}",
         {"a.yaml:6: sweep.train.lr.uniform: expected [low, high], two numbers", "got []"});
  refuse("{uniform: 3}", {"expected [low, high]", "got 3"});
  refuse("{uniform: [1, 2, 3]}", {"got [1, 2, 3]"});
  refuse("{uniform: [a, 2]}", {"two numbers, got [a, 2]"});
  refuse("{uniform: [1, .inf]}", {"two"});
  refuse("{uniform: [2, 2]}", {"a low number, then a higher one, got [2, 2]"});
  refuse("{uniform: [2, 1]}", {"a low number, then a higher one, got [2, 1]"});
  refuse("{log_uniform: [0, 1]}", {"numbers above 0, got [0, 1]"});
  refuse("{log_integer: [-2, 3]}", {"numbers above 0"});
  refuse("{integer: [1, 2.5]}", {"two integers, got [1, 2.5]"});
  refuse("{integer: [1, 1e17]}", {"two integers"});
  refuse("{loguniform: [1, 2]}", {"sweep.train.lr: expected a distribution (uniform, log_uniform",
                                  "got loguniform; did you mean log_uniform?"});
  refuse("{choice: [1, 2]}", {"or a list of values, got choice"});
  refuse("{uniform: [1, 2], integer: [1, 2]}", {"expected one distribution", "got 2"});
  refuse("{}", {"expected one distribution"});
  refuse("3", {"expected a list of values, such as [3]"});
  expect("{points: 3}", "  seed: {integer: [1, 9]}\n", {"sweep.seed: expected a list of seeds"});
  // A drawn value is checked like any other.
  expect("{points: 3}", "  model.nplm.dim: {uniform: [1, 9]}\n",
         {"a.yaml:6: model.nplm.dim: expected an integer"});
  const auto message = message_of<Error>([&] {
    plan_sweep({"data.reader=wordnet", "model.type=pca", "model.pca.dim={integer: [2, 9]}"});
  });
  EXPECT_THAT(message, HasSubstr("a distribution needs `search: {points: N}`"));
}

TEST_F(SearchPlanTest, WhatHalvingCanNotCompareIsRefused) {
  const auto expect = [&](const std::string& axes, const std::string& part,
                          const std::string& train = "{epochs: 9}",
                          const std::string& model = "nplm", const std::string& more = "") {
    const std::string message =
        problem("{type: halving, points: 3" + more + "}", axes, train, model);
    EXPECT_THAT(message, HasSubstr(part));
    EXPECT_THAT(message, HasSubstr("halving"));
  };
  expect(rates_, "train.epochs: expected the epochs of the last rung, got auto", "{patience: 0}");
  expect(rates_, "expected at least sweep.search.min_epochs, 10, got 9", "{epochs: 9}", "nplm",
         ", min_epochs: 10");
  expect(rates_, "train.restarts: not supported", "{epochs: 9, restarts: 2}");
  expect(rates_, "train.budget: not supported", "{epochs: 9, budget: 10m}");
  expect("  train.epochs: {integer: [3, 99]}\n", "train.epochs: must be the same for all points");
  expect("  data.vocabulary.min_count: [1, 2, 3]\n", "data: must be the same for all points");
  expect("  model.pca.dim: {integer: [2, 99]}\n", "model.type: pca has no validation perplexity",
         "{epochs: 9}", "pca");
  expect("  model.word2vec.dim: {integer: [2, 99]}\n", "word2vec has no validation perplexity",
         "{epochs: 9}", "word2vec");
  expect("  data.split.valid: [0]\n" + rates_, "data.split.valid: expected a validation split");
}

TEST_F(SearchPlanTest, TheCommandLineDefinesASearch) {
  const auto file = folder_.write("a.yaml", "data: {reader: wordnet}\nmodel: {type: nplm}\n");
  const Sweep sweep = plan_sweep({file, "sweep.search.points=4", "sweep.search.seed=2",
                                  "train.lr={log_uniform: [1e-4, 0.1]}", "train.batch_size=32,64"});
  EXPECT_EQ(sweep.points.size(), 4u);
  EXPECT_EQ(sweep.search->seed, 2);
  for (const auto& point : sweep.points) EXPECT_THAT(point.values[1].second, AnyOf("32", "64"));
  EXPECT_THAT(message_of<Error>([&] {
                plan_sweep({file, "sweep.search.points=4", "train.lr={log_uniform: [1, 0.1]}"});
              }),
              HasSubstr("a low number, then a higher one, got [1, 0.1]"));
}

}  // namespace
}  // namespace wordbridge
