#pragma once

#include <gtest/gtest.h>
#include <torch/utils.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/threads.h"
#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"
#include "train/restarted_learner.h"
#include "train/runs/run_config.h"
#include "train/runs/run_directory.h"

namespace wordbridge {

using Mode = RunDirectory::Mode;

const char* const kToy =
    "data: {reader: wordnet}\n"  // not read: the test creates the corpus
    "model: {type: nplm, nplm: {n: 3, dim: 4, hidden: [8], dropout: 0.2}}\n"
    "train: {epochs: 6, batch_size: 32, lr: 0.02, patience: 0, schedule: {warmup_steps: 5}}\n";

inline RunConfig toy_config(const std::string& more = "") {
  return RunConfig::parse(kToy + more, "toy");
}

/// What a complete training leaves.
struct Outcome {
  std::vector<float> vectors;
  std::string metrics;
  nlohmann::ordered_json results;
};

inline bool train_part(const RunConfig& config, const Corpus& corpus, const fs::path& folder,
                       Mode mode, const StopAfter& stop, Outcome* outcome = nullptr) {
  RunDirectory run(folder, mode);
  write_file(run.file("config.yaml"), "");
  const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
  if (run.has_checkpoint(Checkpoint::latest)) run.restore_checkpoint(Checkpoint::latest, *learner);
  if (!learner->train(run, stop)) return false;
  learner->finish(run);
  if (outcome != nullptr) {
    const EmbeddingTable table = *learner->vectors();
    outcome->vectors.assign(table.data(), table.data() + table.size() * table.dim());
    outcome->metrics = slurp(run.file("metrics.jsonl"));
    outcome->results = learner->results();
  }
  return true;
}

inline Outcome train_whole(const RunConfig& config, const Corpus& corpus) {
  const TempFolder folder;
  Outcome outcome;
  EXPECT_TRUE(train_part(config, corpus, folder / "run", Mode::create, {}, &outcome));
  return outcome;
}

/// Trains without interruption, then with a stop after `step` updates, and expects the same bytes.
/// The folder of the second run is kept.
inline void expect_exact_resume(const RunConfig& config, const Corpus& corpus,
                                const fs::path& folder, std::int64_t step,
                                const std::string& name) {
  const Outcome whole = train_whole(config, corpus);
  StopAfter in_epoch;
  in_epoch.step = step;
  EXPECT_FALSE(train_part(config, corpus, folder, Mode::create, in_epoch)) << name;
  Outcome resumed;
  EXPECT_TRUE(train_part(config, corpus, folder, Mode::resume, {}, &resumed)) << name;
  EXPECT_EQ(resumed.vectors, whole.vectors) << name;
  EXPECT_EQ(resumed.metrics, whole.metrics) << name;
}

/// Trains on two threads, each of which uses one thread within the libraries.
class ToyTrainingTest : public ::testing::Test {
 protected:
  void SetUp() override { start(2); }
  void TearDown() override { start(0); }
  static void start(int count) {
    set_threads(count, [] { at::set_num_threads(1); });
  }
};

}  // namespace wordbridge
