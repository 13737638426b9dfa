#include "train/restarted_learner.h"

#include <algorithm>
#include <set>

#include "core/rng.h"
#include "core/text.h"
#include "tests/train/toy_training.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kStarts = 4, kEpochs = 2;  // a quarter of the toy's 6 epochs, rounded up

/// The toy's configuration with restarts, then `set`, which may change them.
RunConfig restarted(const std::function<void(RunConfig&)>& set = {}) {
  RunConfig config = toy_config();
  config.train.restarts = kStarts;
  if (set) set(config);
  return config;
}

std::vector<nlohmann::json> lines_with(const std::string& metrics, const std::string& key) {
  std::vector<nlohmann::json> lines;
  for (const auto text : split(metrics, '\n')) {
    const auto line = nlohmann::json::parse(text, nullptr, false);
    if (line.is_object() && line.contains(key)) lines.push_back(line);
  }
  return lines;
}

std::int64_t steps_per_epoch(const Corpus& corpus) { return (corpus.train().size() + 31) / 32; }

class RestartedLearnerTest : public ToyTrainingTest {};

TEST_F(RestartedLearnerTest, EveryStartIsRecorded) {
  const Corpus corpus = toy_corpus(200);
  const Outcome outcome = train_whole(restarted(), corpus);
  const auto lines = lines_with(outcome.metrics, "start");
  ASSERT_EQ(lines.size(), static_cast<std::size_t>(kStarts * kEpochs));
  std::vector<double> losses;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].at("start"), i / kEpochs + 1);
    EXPECT_EQ(lines[i].at("start_epoch"), i % kEpochs + 1);
    if (i % kEpochs + 1 == kEpochs) losses.push_back(lines[i].at("train_loss"));
  }
  EXPECT_EQ(std::set<double>(losses.begin(), losses.end()).size(), losses.size());
  const auto& restarts = outcome.results.at("restarts");
  EXPECT_EQ(restarts.at("losses").get<std::vector<double>>(), losses);
  EXPECT_EQ(restarts.at("chosen"),
            std::min_element(losses.begin(), losses.end()) - losses.begin() + 1);
  EXPECT_EQ(restarts.at("epochs"), kEpochs);
  EXPECT_EQ(restarts.at("words"), kStarts * kEpochs * corpus.train().size());
  const auto epochs = lines_with(outcome.metrics, "epoch");
  ASSERT_EQ(epochs.size(), 4u);
  EXPECT_EQ(epochs.front().at("epoch"), 3);
  EXPECT_EQ(epochs.back().at("epoch"), 6);
}

TEST_F(RestartedLearnerTest, TheFirstStartIsTheTrainingWithoutRestarts) {
  const Corpus corpus = toy_corpus(200);
  const auto alone = lines_with(train_whole(toy_config(), corpus).metrics, "epoch");
  const auto starts = lines_with(train_whole(restarted(), corpus).metrics, "start");
  for (std::size_t epoch = 0; epoch < kEpochs; ++epoch)
    EXPECT_EQ(starts[epoch].at("train_loss"), alone[epoch].at("train_loss"));
}

TEST_F(RestartedLearnerTest, TheChosenStartGoesOnAsIfItHadBeenAlone) {
  const Corpus corpus = toy_corpus(400);
  std::set<std::int64_t> chosen_starts;
  for (const std::int64_t seed : {1, 2, 3}) {
    const Outcome outcome =
        train_whole(restarted([&](auto& config) { config.seed = seed; }), corpus);
    const std::uint64_t chosen = outcome.results.at("restarts").at("chosen");
    chosen_starts.insert(static_cast<std::int64_t>(chosen));
    RunConfig alone = toy_config();
    alone.seed = seed;
    if (chosen > 1) {
      alone.seed = static_cast<std::int64_t>(
          Rng(static_cast<std::uint64_t>(seed), "restart", chosen).next());
    }
    const Outcome same = train_whole(alone, corpus);
    EXPECT_EQ(outcome.vectors, same.vectors) << seed;
    const auto epochs = lines_with(outcome.metrics, "epoch");
    const auto all = lines_with(same.metrics, "epoch");
    EXPECT_EQ(epochs, decltype(epochs)(all.begin() + kEpochs, all.end())) << seed;
  }
  EXPECT_NE(chosen_starts, std::set<std::int64_t>{1}) << "of three seeds one needs a later start";
}

TEST_F(RestartedLearnerTest, SameBytesOnAnyNumberOfThreads) {
  const Corpus corpus = toy_corpus(200);
  const Outcome first = train_whole(restarted(), corpus);
  for (const int count : {1, 3}) {
    start(count);
    const Outcome other = train_whole(restarted(), corpus);
    EXPECT_EQ(other.vectors, first.vectors) << count;
    EXPECT_EQ(other.metrics, first.metrics) << count;
  }
}

TEST_F(RestartedLearnerTest, StoppedAnywhereAndResumedEqualsNeverStopped) {
  const Corpus corpus = toy_corpus(200);
  const auto steps = steps_per_epoch(corpus);
  const auto start = kEpochs * steps;
  const RunConfig config = restarted();
  // In the first start, at the end of its first epoch, at its end, in the third, after the choice.
  for (const auto step : {steps / 2, steps, start, 2 * start + steps + 3, kStarts * start + 5}) {
    const TempFolder folder;
    expect_exact_resume(config, corpus, folder / "run", step, std::to_string(step));
  }
  const Outcome whole = train_whole(config, corpus);
  for (const std::int64_t epochs : {1, 2, 5, 8, 10}) {  // 8: when the last start is complete
    const TempFolder folder;
    StopAfter stop;
    stop.epoch = epochs;
    EXPECT_FALSE(train_part(config, corpus, folder / "run", Mode::create, stop)) << epochs;
    Outcome resumed;
    EXPECT_TRUE(train_part(config, corpus, folder / "run", Mode::resume, {}, &resumed)) << epochs;
    EXPECT_EQ(resumed.vectors, whole.vectors) << epochs;
    EXPECT_EQ(resumed.metrics, whole.metrics) << epochs;
    EXPECT_EQ(resumed.results, whole.results) << epochs;
  }
}

TEST_F(RestartedLearnerTest, StopsCountTheEpochsOfAllStarts) {
  const Corpus corpus = toy_corpus(200);
  for (const std::int64_t epochs : {1, 5, 8}) {
    const TempFolder folder;
    StopAfter stop;
    stop.epoch = epochs;
    EXPECT_FALSE(train_part(restarted(), corpus, folder / "run", Mode::create, stop));
    EXPECT_EQ(lines_with(slurp(folder / "run/metrics.jsonl"), "train_loss").size(),
              static_cast<std::size_t>(epochs));
    // A training that has come to the point, or past it, does not go on.
    const std::string metrics = slurp(folder / "run/metrics.jsonl");
    for (stop.epoch = epochs; stop.epoch >= 1; --stop.epoch)
      EXPECT_FALSE(train_part(restarted(), corpus, folder / "run", Mode::resume, stop));
    stop = {-1, 1};
    EXPECT_FALSE(train_part(restarted(), corpus, folder / "run", Mode::resume, stop));
    EXPECT_EQ(slurp(folder / "run/metrics.jsonl"), metrics) << epochs;
  }
}

TEST_F(RestartedLearnerTest, EveryStateOfTrainingBeginsAnew) {
  const Corpus corpus = toy_corpus(100);
  const auto start = kEpochs * steps_per_epoch(corpus);
  const auto check = [&](const RunConfig& config, std::int64_t step, const std::string& name) {
    const TempFolder folder;
    expect_exact_resume(config, corpus, folder / "run", step, name);
    // The losses of the starts differ, so that none has continued another.
    const auto results = train_whole(config, corpus).results;
    const auto losses = results.at("restarts").at("losses").get<std::vector<double>>();
    EXPECT_EQ(std::set<double>(losses.begin(), losses.end()).size(), losses.size()) << name;
    EXPECT_LT(*std::max_element(losses.begin(), losses.end()),
              1.5 * *std::min_element(losses.begin(), losses.end()))
        << name;
  };
  check(restarted([](auto& config) { config.train.average_epochs = 1.5; }), start + 40, "average");
  const std::string restarts = "restarts: 4, lr: 0.02, epochs: 6, ";
  const auto parse = [&](const std::string& model, const std::string& train) {
    return RunConfig::parse(
        "data: {reader: wordnet}\nmodel: " + model + "\ntrain: {" + restarts + train + "}\n",
        "toy");
  };
  check(parse("{type: nplm, nplm: {n: 3, dim: 4, hidden: [8]}}",
              "batch_size: 1, optimizer: online_sgd"),
        32 * start + 1000, "online_sgd");
  check(parse("{type: nplm, nplm: {n: 3, dim: 4, hidden: [8], output: {type: sampled, sampled: "
              "{proposal: bigram, samples: 4, adaptation: 0.05}}}}",
              "batch_size: 32"),
        start + 40, "adapting");
  check(parse("{type: nplm, nplm: {n: 3, dim: 4, hidden: [8], output: {type: classes, classes: "
              "{by: learned}}}}",
              "batch_size: 32"),
        start + 40, "classes");
  check(parse("{type: lbl, lbl: {n: 3, dim: 4}}", "batch_size: 32"), start + 40, "lbl");
}

TEST_F(RestartedLearnerTest, AnOldCheckpointBesideANewerBestStartLeadsToTheSameBytes) {
  // As if the process had been killed when the best start was saved and `latest` was not yet.
  const Corpus corpus = toy_corpus(200);
  const auto steps = steps_per_epoch(corpus);
  const RunConfig config = restarted();
  const Outcome whole = train_whole(config, corpus);
  const auto chosen = whole.results.at("restarts").at("chosen").get<std::int64_t>();
  const TempFolder folder;
  const fs::path run = folder / "run";
  StopAfter in_chosen, after_chosen;
  in_chosen.step = (chosen - 1) * kEpochs * steps + steps + 3;
  after_chosen.epoch = chosen * kEpochs;
  EXPECT_FALSE(train_part(config, corpus, run, Mode::create, in_chosen));
  const auto old = slurp(run / run_files::kLatest);
  EXPECT_FALSE(train_part(config, corpus, run, Mode::resume, after_chosen));
  write_file(run / run_files::kLatest, old);
  Outcome resumed;
  EXPECT_TRUE(train_part(config, corpus, run, Mode::resume, {}, &resumed));
  EXPECT_EQ(resumed.vectors, whole.vectors);
  EXPECT_EQ(resumed.metrics, whole.metrics);
}

}  // namespace
}  // namespace wordbridge
