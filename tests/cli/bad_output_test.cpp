#include <fmt/format.h>

#include "tests/cli/cli_test.h"

// Full disks, file size limits, files in the way, existing runs, damaged checkpoints.

namespace wordbridge {
namespace {

using BadOutputTest = CliTest;
using testing::HasSubstr;

TEST_F(BadOutputTest, AFileInTheWayOfTheRunIsNamed) {
  write("taken", "mine");
  fail({"train", "small.yaml", "model.type=pca", "--out", "taken"}, {"can't create", "taken"});
  fail({"train", "small.yaml", "model.type=pca", "--out", "taken/run"},
       {"can't create", "taken/run"});
}

TEST_F(BadOutputTest, AnExistingRunIsKept) {
  succeed({"train", "small.yaml", "model.type=pca", "--out", "run"});
  fail({"train", "small.yaml", "model.type=pca", "seed=2", "--out", "run"},
       {"the run already exists", "run", "--overwrite"});
  const auto result = succeed({"resume", "run"});
  EXPECT_THAT(result.err, HasSubstr("nothing to do"));
}

TEST_F(BadOutputTest, OverwritingNeverDeletesAnInput) {
  const Arguments train = {
      "train", "small.yaml", "model.type=word2vec", "model.word2vec.dim=4", "train.epochs=1",
      "--out", "run"};
  succeed(train);
  const auto vectors = content("run/vectors.txt");
  for (const std::string start : {"run", "./run/vectors.txt"}) {
    Arguments again = train;
    again.insert(again.end(), {"--overwrite", "model.word2vec.start=" + start});
    fail(again, {"--overwrite would delete an input", "model.word2vec.start", "--out"});
    EXPECT_EQ(content("run/vectors.txt"), vectors);
  }
  Arguments others = train;
  others.back() = "others";
  others.insert(others.end(), {"--overwrite", "model.word2vec.start=run"});
  succeed(others);
  fail({"train", "small.yaml", "model.type=pca", "--seeds", "2,2", "--out", "seeds"},
       {"a seed is repeated", "2, 2"});
}

TEST_F(BadOutputTest, ARunWithADamagedSummaryIsCompletedAgain) {
  succeed({"train", "small.yaml", "model.type=pca", "--out", "run"});
  const auto whole = json("run/summary.json");
  write("run/summary.json", content("run/summary.json").substr(0, 40));
  EXPECT_THAT(succeed({"resume", "run"}).err, testing::Not(HasSubstr("nothing to do")));
  EXPECT_EQ(json("run/summary.json").at("results"), whole.at("results"));
}

TEST_F(BadOutputTest, ThereMustBeARunToGoOnWith) {
  fail({"resume", "gone"}, {"no run to resume", "gone", "config.yaml"});
}

TEST_F(BadOutputTest, AnOutputNeverReplacesAnInputOrAnotherOutput) {
  write("vectors.txt", "king 1 0\nqueen 0 1\nman 1 1\n");
  write("pairs.tsv", "king\tqueen\t1\nking\tman\t2\nman\tqueen\t3\n");
  write("groups.tsv", "king\ta\nqueen\tb\nman\ta\n");
  std::filesystem::create_symlink("pairs.tsv", folder_ / "link.tsv");
  const Arguments eval = {"eval", "vectors.txt", "--similarity", "pairs.tsv"};
  const auto with = [](Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  const char* const input = "the output would replace an input";
  fail(with(eval, {"--csv", "vectors.txt"}), {input, "vectors.txt"}, 2);
  fail(with(eval, {"--json", "./pairs.tsv"}), {input, "pairs.tsv"}, 2);
  fail(with(eval, {"--report", "link.tsv"}), {input, "link.tsv"}, 2);
  fail({"eval", "a=vectors.txt", "--neighbors", "king", "--json", "vectors.txt"}, {input}, 2);
  fail(with(eval, {"--json", "o", "--csv", "./o"}), {"two outputs are the same file", "o"}, 2);
  succeed(with(eval, {"--json", "/dev/null", "--csv", "/dev/null"}));
  succeed(with(eval, {"--json", "o.json"}));
  succeed(with(eval, {"--json", "o.json"}));
  fail({"plot", "map", "vectors.txt", "--groups", "groups.tsv", "-o", "groups.tsv"}, {}, 2);
  write("v.words", content("vectors.txt"));
  fail({"convert", "v.words", "v.npy", "--overwrite"}, {input, "v.words"}, 2);
  write("lexicon.txt", "king queen\n");
  write("counts.tsv", "word\tcount\nking\t3\nqueen\t2\nman\t1\n");
  for (const auto& [steps, file] :
       {std::pair("retrofit:lexicon.txt", "lexicon.txt"),
        {"center,retrofit:definitions:pairs.tsv+lexicon.txt", "lexicon.txt"},
        {"sif:counts.tsv", "counts.tsv"}}) {
    fail(
        {"convert", "vectors.txt", file, "--format", "text", "--overwrite", "--postprocess", steps},
        {input, file}, 2);
    fail({"join", "vectors.txt", "x=vectors.txt", "--after", steps, "-o", file, "--format", "text",
          "--overwrite"},
         {input, file}, 2);
    fail(with(eval, {"--postprocess", steps, "--json", file}), {input, file}, 2);
  }
  fail({"join", "vectors.txt", "x=vectors.txt", "--similarity", "pairs.tsv", "-o", "pairs.tsv",
        "--format", "text", "--overwrite"},
       {input, "pairs.tsv"}, 2);
  succeed({"train", "small.yaml", "model.type=ngram", "model.ngram.order=2", "--out", "run"});
  succeed({"train", "small.yaml", "model.type=ngram", "model.ngram.order=3", "--out", "run3"});
  write("t.txt", "the man eats\n");
  fail({"score", "run", "t.txt", "--json", "t.txt"}, {input, "t.txt"}, 2);
  fail({"score", "run", "t.txt", "--json", "run/model.wb"}, {input, "run/model.wb"}, 2);
  write("trained.txt", "the man eats the cat\nthe cat eats the man\n");
  succeed({"train", "small.yaml", "model.type=ngram", "model.ngram.order=2", "data.reader=text",
           "data.path=trained.txt", "data.vocabulary.min_count=1", "--out", "short"});
  fail({"score", "short", "t.txt", "--json", "trained.txt"}, {input, "trained.txt"}, 2);
  fail({"compare", "run", "run3", "--json", "run3/summary.json"}, {input}, 2);
  fail({"arpa", "run", "-o", "run/model.wb"}, {input}, 2);
  succeed({"arpa", "run", "-o", "m.arpa"});
  fail({"arpa", "m.arpa", "-o", "m.arpa"}, {input, "m.arpa"}, 2);
  succeed({"score", "run", "t.txt", "--json", "run/mine.json"});
  succeed({"score", "run", "t.txt", "--json", "run/mine.json"});

  // A run that is not an input.
  const std::string of_run = "would replace a file of a run";
  fail({"arpa", "run", "-o", "run3/model.wb"}, {of_run, "run3/model.wb"}, 2);
  fail({"score", "run", "t.txt", "--json", "run3/summary.json"}, {of_run}, 2);
  fail({"counts", "small.yaml", "model.type=pca", "-o", "c.mtx", "--vocabulary",
        "run3/vocabulary.tsv"},
       {of_run, "run3/vocabulary.tsv"}, 2);
  succeed({"score", "run", "t.txt", "--json", "run3/mine.json"});
}

TEST_F(BadOutputTest, AFullDiskIsAnError) {
  write("vectors.txt", "king 1 0\nqueen 0 1\n");
  for (const char* const option : {"--report", "--json"}) {
    fail({"eval", "vectors.txt", "--neighbors", "king", option, "/dev/full"},
         {"can't write", "/dev/full", "No space left", "the disk is full"});
  }
}

TEST_F(BadOutputTest, AFullDiskLeavesNoVocabularyWithoutItsCounts) {
  ProcessOptions full = options();
  full.file_size_limit = 1000;
  fail({"counts", "small.yaml", "data.cache=none", "model.type=pca", "-o", "c.mtx", "--vocabulary",
        "words.tsv"},
       {"can't write", "c.mtx"}, 1, full);
  EXPECT_FALSE(exists("words.tsv"));
}

TEST_F(BadOutputTest, AFullDiskKeepsEarlierVectorsOfSeveralFilesWhole) {
  std::string old_rows, new_rows;
  for (int i = 0; i < 100; ++i) {
    old_rows += fmt::format("a{}", i) + fmt::format(" {}", i) + " 1\n";
    new_rows += fmt::format("b{}", i);
    for (int j = 0; j < 50; ++j) new_rows += fmt::format(" {}", i + j);
    new_rows += "\n";
  }
  write("old.txt", old_rows);
  write("new.txt", new_rows);
  // Enough for the words and the smaller files, but not for the vectors.
  ProcessOptions full = options();
  full.file_size_limit = 8000;
  for (const auto& [out, format] :
       {std::pair("v.npy", "numpy"), {"v.tsv", "projector"}, {"folder", "model2vec"}}) {
    succeed({"convert", "old.txt", out, "--format", format});
    const auto before = files();
    fail({"convert", "new.txt", out, "--format", format, "--overwrite"}, {"can't write", out}, 1,
         full);
    EXPECT_TRUE(files() == before) << out << ": temporary files are left";
  }
}

TEST_F(BadOutputTest, ADiskThatIsFullBeforeTrainingLeavesNoRun) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += fmt::format("word{} ", i);
  write("words.txt", text);
  ProcessOptions full = options();
  full.file_size_limit = 20000;
  fail({"train", "data.path=words.txt", "data.vocabulary.min_count=1", "data.cache=none",
        "model.type=ngram", "--out", "run"},
       {"can't write", "run/vocabulary.tsv"}, 1, full);
  EXPECT_FALSE(exists("run"));
}

TEST_F(BadOutputTest, AMissingFolderForTemporaryFilesIsNamed) {
  ProcessOptions gone = options();
  gone.environment["TMPDIR"] = (folder_ / "gone").string();
  for (const Arguments& model : {Arguments{"model.type=pca", "model.pca.counts.memory=1MB"},
                                 {"model.type=ngram", "model.ngram.memory=1MB"}}) {
    std::string text;
    for (int i = 0; i < 300'000; ++i)
      text += "w" + std::to_string(std::int64_t{i} * 7919 % 60'013) + " ";
    write("long.txt", text);
    Arguments arguments = {"train",           "data.path=long.txt",
                           "data.cache=none", "data.vocabulary.min_count=1",
                           "--out",           "run"};
    arguments.insert(arguments.end(), model.begin(), model.end());
    fail(arguments, {"folder for temporary files", "TMPDIR: "}, 1, gone);
    EXPECT_FALSE(exists("run")) << model.front();
  }
}

TEST_F(BadOutputTest, FullStandardOutputIsAnError) {
  write("vectors.txt", "king 1 0\nqueen 0 1\n");
  ProcessOptions full = options();
  full.output_path = "/dev/full";
  for (const Arguments& arguments :
       {Arguments{"keys"}, Arguments{"models"}, Arguments{"train", "small.yaml", "--dump-config"},
        Arguments{"neighbors", "vectors.txt", "king"},
        Arguments{"eval", "vectors.txt", "--neighbors", "king"}})
    fail(arguments, {"can't write to standard output"}, 1, full);
}

TEST_F(BadOutputTest, ALimitOnFileSizesIsAnError) {
  ProcessOptions limited = options();
  limited.file_size_limit = 100;
  const auto result =
      fail({"train", "small.yaml", "model.type=pca", "data.cache=none", "--out", "run"},
           {"can't write", "File too large", "ulimit -f"}, 1, limited);
  EXPECT_FALSE(exists("run/vectors.txt"));
}

#ifdef WB_HAS_TORCH

TEST_F(BadOutputTest, TrainingOutgrowsALimitAndGoesOnWithoutIt) {
  const Arguments train = {
      "train",           "small.yaml", "train.log_steps=1", "train.checkpoint_steps=7",
      "train.epochs=20", "--out"};
  const auto into = [&](const std::string& folder) {
    Arguments arguments = train;
    arguments.push_back(folder);
    return arguments;
  };
  succeed(into("whole"));
  // Enough for each checkpoint, but not for metrics.jsonl.
  ProcessOptions limited = options();
  limited.file_size_limit = 15000;
  ASSERT_GT(content("whole/metrics.jsonl").size(), 16000u);
  ASSERT_LT(content("whole/checkpoints/latest.wb").size(), 12000u);
  fail(into("cut"), {"can't write", "metrics.jsonl", "ulimit -f"}, 1, limited);
  EXPECT_TRUE(exists("cut/checkpoints/latest.wb"));
  succeed({"resume", "cut"});
  expect_same_run("whole", "cut");
}

TEST_F(BadOutputTest, ACheckpointThatCannotBeWrittenLeavesTheEarlierOne) {
  succeed({"train", "small.yaml", "model.nplm.dim=64", "--out", "whole"});
  succeed({"train", "small.yaml", "model.nplm.dim=64", "--stop-after-step", "30", "--out", "cut"});
  ProcessOptions limited = options();
  limited.file_size_limit = 14000;
  ASSERT_GT(content("cut/checkpoints/latest.wb").size(), 16000u);
  const std::string earlier = content("cut/checkpoints/latest.wb");
  const ProcessResult result = run({"resume", "cut"}, limited);
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("ulimit -f"));
  EXPECT_EQ(content("cut/checkpoints/latest.wb"), earlier);
  for (const auto& [name, text] : files()) EXPECT_EQ(name.find(".tmp-"), name.npos) << name;
  succeed({"resume", "cut"});
  expect_same_run("whole", "cut");
}

TEST_F(BadOutputTest, ADamagedCheckpointIsRefused) {
  succeed({"train", "small.yaml", "--stop-after-step", "30", "--out", "run"});
  const std::string whole = content("run/checkpoints/latest.wb");
  write("run/checkpoints/latest.wb", whole.substr(0, whole.size() / 2));
  fail({"resume", "run"},
       {"damaged", "truncated", "run/checkpoints/latest.wb", std::to_string(whole.size())});
  std::string flipped = whole;
  flipped[whole.size() / 2] ^= 1;
  write("run/checkpoints/latest.wb", flipped);
  fail({"resume", "run"}, {"damaged", "checksum", "run/checkpoints/latest.wb"});
  write("run/checkpoints/latest.wb", whole);
  succeed({"resume", "run"});
}

TEST_F(BadOutputTest, AChangedConfigurationIsRefused) {
  succeed({"train", "small.yaml", "--stop-after-step", "30", "--out", "run"});
  const std::string config = content("run/config.yaml");
  const auto epochs = config.find("epochs: 3");
  ASSERT_NE(epochs, config.npos);
  write("run/config.yaml", std::string(config).replace(epochs, 9, "epochs: 4"));
  fail({"resume", "run"},
       {"a different configuration", "run/checkpoints/latest.wb", "config.yaml"});
  // Settings that do not affect results may change.
  const auto threads = config.find("threads: 1");
  ASSERT_NE(threads, config.npos);
  write("run/config.yaml", std::string(config).replace(threads, 10, "threads: 2"));
  succeed({"resume", "run"});
}

TEST_F(BadOutputTest, InitialVectorsOfAnotherDimensionAreRefused) {
  write("vectors.txt", "dog 1 0 0\ncat 0 1 0\n");
  fail({"train", "small.yaml", "model.nplm.init.vectors=vectors.txt"},
       {"vectors.txt", "4 columns, model.nplm.dim", "got:      3", "set it to 3"});
  EXPECT_FALSE(exists("runs/small/config.yaml"));
}

TEST_F(BadOutputTest, AnOutputNeverReplacesACheckpoint) {
  succeed({"train", "small.yaml", "--out", "run"});
  write("t.txt", "the man eats\n");
  for (const std::string file : {"run/checkpoints/best.wb", "run/checkpoints/latest.wb"})
    fail({"score", "run", "t.txt", "--json", file}, {"the output would replace an input", file}, 2);
}

TEST_F(BadOutputTest, ATrainedModelDoesNotNeedItsInitialVectors) {
  write("v.txt", "the 1 0\nman 0 1\n");
  const Arguments train = {"train",
                           "small.yaml",
                           "model.nplm.dim=2",
                           "model.nplm.init.vectors=v.txt",
                           "model.nplm.init.frozen=true",
                           "--out"};
  Arguments first = train, second = train;
  first.push_back("run");
  second.push_back("run2");
  succeed(first);
  std::filesystem::remove(folder_ / "v.txt");
  write("t.txt", "the man eats\n");
  succeed({"score", "run", "t.txt"});
  fail(second, {"model.nplm.init.vectors", "no such file", "v.txt"});
}

TEST_F(BadOutputTest, ADeviceThatIsNotThereIsNamed) {
  fail({"train", "small.yaml", "device=cuda:99"}, {"GPU", "device: cuda:99"});
}

TEST_F(BadOutputTest, ALossThatIsNotFiniteStops) {
  fail({"train", "small.yaml", "train.optimizer=sgd", "train.lr=1e30", "train.weight_decay=0"},
       {"not finite", "epoch 1", "train.lr", "clip_norm"});
}

#endif

}  // namespace
}  // namespace wordbridge
