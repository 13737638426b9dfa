#include "train/runs/run_directory.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/log.h"
#include "tests/support/folder_changes.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

/// A learner whose state is one number.
class NumberLearner : public Learner {
 public:
  float number = 0;
  void announce() override {}
  bool train(TrainingLog&, const StopAfter&) override { return true; }
  nlohmann::json state() const override { return {{"half", number / 2}}; }
  void add_arrays(ContainerWriter& writer) const override {
    writer.add("number", DType::f32, {1}, &number);
  }
  void restore(const nlohmann::json&, const ContainerReader& reader) override {
    number = reader.f32("number")[0];
  }
  void finish(TrainingLog&) override {}
  std::optional<EmbeddingTable> vectors() override {
    return EmbeddingTable({"a"}, {number}, 1, "test");
  }
  std::optional<TokenScores> token_scores() override { return std::nullopt; }
  nlohmann::ordered_json results() const override { return {}; }
};

using Mode = RunDirectory::Mode;

TEST(RunDirectoryTest, LatestCheckpointCutsTheMetricsBack) {
  const TempFolder folder;
  NumberLearner learner;
  {
    RunDirectory run(folder / "run", Mode::create);
    write_file(run.file("config.yaml"), "");
    run.metrics({{"epoch", 1}});
    learner.number = 1;
    run.save_checkpoint(Checkpoint::latest, learner);
    run.metrics({{"epoch", 2}});
  }
  RunDirectory run(folder / "run", Mode::resume);
  learner.number = 5;
  run.restore_checkpoint(Checkpoint::latest, learner);
  EXPECT_EQ(learner.number, 1);
  run.metrics({{"epoch", "two again"}});
  EXPECT_EQ(slurp(run.file("metrics.jsonl")), "{\"epoch\":1}\n{\"epoch\":\"two again\"}\n");
}

TEST(RunDirectoryTest, AnExistingRunIsKeptUnlessOverwritten) {
  const TempFolder folder;
  write_file((RunDirectory(folder / "run", Mode::create)).file("config.yaml"), "");
  const auto message = message_of<Error>([&] { RunDirectory(folder / "run", Mode::create); });
  EXPECT_NE(message.find("resume"), std::string::npos) << message;
  const auto mine = folder.write("run/notes.txt", "mine");
  folder.write("run/summary.json", "{}");
  RunDirectory run(folder / "run", Mode::overwrite);
  EXPECT_FALSE(RunDirectory::is_complete(run.folder()));
  EXPECT_TRUE(fs::exists(mine)) << "other files are kept";
}

TEST(RunDirectoryTest, AnOverwrittenRunCanBeResumedUntilItsLastFileIsRemoved) {
  const TempFolder folder;
  for (const char* const name :
       {"config.yaml", "manifest.json", "vocabulary.tsv", "model.wb", "vectors.txt", "pairs.tsv",
        "token_scores.wb", "summary.json", "checkpoints/latest.wb", "checkpoints/best.wb"})
    folder.write(std::string("run/") + name, "x");
  const FolderChanges files(folder / "run"), checkpoints(folder / "run/checkpoints");
  RunDirectory(folder / "run", Mode::overwrite);
  std::vector<std::string> removed;
  for (const auto& change : files.changes())
    if (change[0] == '-' && change.find(".tmp-") == change.npos)
      removed.push_back(change.substr(1));
  ASSERT_EQ(removed.size(), 9u);
  EXPECT_EQ(removed.front(), "summary.json");
  EXPECT_EQ(removed.back(), "config.yaml");
  EXPECT_THAT(checkpoints.changes(), testing::ElementsAre("-latest.wb", "-best.wb"));
}

TEST(RunDirectoryTest, ResumeNeedsARun) {
  const TempFolder folder;
  EXPECT_THROW(RunDirectory(folder / "none", Mode::resume), Error);
}

TEST(RunDirectoryTest, CheckpointOfOtherDataIsRefused) {
  const TempFolder folder;
  NumberLearner learner;
  RunDirectory run(folder / "run", Mode::create);
  run.set_identity({{"vocabulary_sha256", "a"}});
  run.save_checkpoint(Checkpoint::latest, learner);
  run.set_identity({{"vocabulary_sha256", "b"}});
  const auto message =
      message_of<Error>([&] { run.restore_checkpoint(Checkpoint::latest, learner); });
  EXPECT_NE(message.find("different data"), std::string::npos) << message;
  EXPECT_NE(message.find("vocabulary with SHA-256 a"), std::string::npos) << message;
}

TEST(RunDirectoryTest, LogLinesAreCopied) {
  const TempFolder folder;
  const RunDirectory run(folder / "run", Mode::create);
  log_line("test", "hello");
  EXPECT_EQ(slurp(run.file("log.txt")), "[test] hello\n");
}

}  // namespace
}  // namespace wordbridge
