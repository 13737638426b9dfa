#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/cli/cli_test.h"

// Co-occurrence counts: written to a file, read from it, and kept in the cache.

namespace wordbridge {
namespace {

using testing::HasSubstr;

class CountsTest : public CliTest {
 protected:
  CountsTest() { write("text.txt", "a b a c a b\nb c b a a c\n"); }
  /// Settings of counts of text.txt.
  static Arguments with(Arguments arguments, const Arguments& more) {
    arguments.emplace_back("model.pca.counts.window=1");
    return with_file(arguments, more);
  }
  /// The same with counts of a file.
  static Arguments with_file(Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), {"data.path=text.txt", "data.vocabulary.min_count=1",
                                       "model.type=pca", "model.pca.dim=2"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(CountsTest, ByHand) {
  succeed(with({"counts"}, {"-o", "counts.mtx", "--vocabulary", "words.tsv"}));
  EXPECT_THAT(content("words.tsv"), HasSubstr("a\t5\nb\t4\nc\t3\n"));
  // Neighbours, across the end of the line: ab ba ac ca ab bb bc cb ba aa ac.
  const std::string counts = content("counts.mtx");
  EXPECT_THAT(counts, HasSubstr("%%MatrixMarket matrix coordinate integer general\n% rows: "));
  EXPECT_THAT(counts,
              HasSubstr("\n% counts: context: window, window: 1, weighting: flat, sides: "));
  EXPECT_THAT(counts,
              HasSubstr("\n3 3 8\n1 1 2\n1 2 4\n1 3 3\n2 1 4\n2 2 2\n2 3 2\n3 1 3\n3 2 2\n"));
}

TEST_F(CountsTest, AModelOfTheFileIsThatOfTheText) {
  succeed(with({"counts"}, {"-o", "counts.mtx.gz", "--vocabulary", "words.tsv"}));
  succeed(with({"train"}, {"--out", "text"}));
  succeed(with_file({"train"}, {"model.pca.counts.file=counts.mtx.gz", "--out", "file"}));
  EXPECT_EQ(content("file/vectors.txt"), content("text/vectors.txt"));
  EXPECT_THAT(content("file/log.txt"),
              HasSubstr("counts: context: window, window: 1, weighting: "));
  succeed(with_file({"train"}, {"model.pca.counts.file=counts.mtx.gz",
                                "model.pca.counts.vocabulary=words.tsv", "--out", "words"}));
  EXPECT_EQ(content("words/vectors.txt"), content("text/vectors.txt"));
}

TEST_F(CountsTest, SettingsThatAFileMakesUselessAreRefused) {
  succeed(with({"counts"}, {"-o", "counts.mtx"}));
  const Arguments file = {"model.pca.counts.file=counts.mtx", "--out", "run"};
  for (const std::string setting :
       {"window=7", "weighting=harmonic", "sides=left", "sample=0.001", "cross_documents=true",
        "max_contexts=2", "context=document", "memory=1GB", "cache=false"}) {
    Arguments more = file;
    more.push_back("model.pca.counts." + setting);
    fail(with_file({"train"}, more),
         {"model.pca.counts." + setting.substr(0, setting.find('=')), "has no effect with file"});
  }
  // The defaults of GloVe are other ones.
  const Arguments glove = {"data.path=text.txt",
                           "data.vocabulary.min_count=1",
                           "model.type=glove",
                           "model.glove.counts.file=counts.mtx",
                           "--out",
                           "glove"};
  Arguments usual = glove, window = glove;
  usual.insert(usual.begin(), {"train"});
  window.insert(window.begin(), {"train"});
  usual.emplace_back("model.glove.dim=2");
  window.emplace_back("model.glove.counts.window=5");
  succeed(usual);
  fail(window, {"model.glove.counts.window", "has no effect with file"});
}

TEST_F(CountsTest, MistakesAreNamed) {
  fail(with_file({"train"}, {"model.pca.counts.file=gone.mtx", "--out", "run"}),
       {"model.pca.counts.file", "no such file: 'gone.mtx'"});
  fail(with({"train"}, {"model.pca.counts.memory=much", "--out", "run"}),
       {"model.pca.counts.memory", "such as 512MB", "'much'"});
  for (const char* const size : {"500", "2KB", "17179869184GB"})
    fail(with({"train"}, {"model.pca.counts.memory=" + std::string(size), "--out", "run"}),
         {"model.pca.counts.memory", "from 1MB to 1000TB", size});
  fail(with({"train"}, {"model.pca.max_contexts=2", "--out", "run"}),
       {"is now model.pca.counts.max_contexts"});
  fail({"counts", "data.path=text.txt", "model.type=ngram", "-o", "counts.mtx"},
       {"not computed from counts", "ngram"}, 2);
  fail(with({"counts"}, {"-o", "x.mtx", "--vocabulary", "text.txt"}),
       {"would replace an input", "text.txt"}, 2);
  fail(with({"counts"}, {"-o", "x.mtx", "--vocabulary", "x.mtx"}), {"two outputs"}, 2);
  EXPECT_EQ(content("text.txt"), "a b a c a b\nb c b a a c\n");
  write("words.tsv", "word\tcount\na\t5\nb\t4\nc\t3\n");
  write("bad.mtx", "%%MatrixMarket matrix coordinate real general\n3 3 1\n4 1 1\n");
  fail(with_file({"train"}, {"model.pca.counts.file=bad.mtx",
                             "model.pca.counts.vocabulary=words.tsv", "--out", "run"}),
       {"bad.mtx:3", "row is out of range"});
}

TEST_F(CountsTest, OnlyTheSettingsOfCountingMustFitTogether) {
  for (const Arguments& others :
       {Arguments{"model.pca.counts.max_contexts=1"},
        {"model.pca.power=0.3"},
        {"model.pca.ppmi_shift=5"},
        {"model.pca.counts.max_contexts=2", "model.pca.add_contexts=true"}}) {
    succeed(with({"counts"}, {"-o", "plain.mtx"}));
    Arguments counts = {"-o", "counts.mtx"}, train = {"--out", "run"};
    counts.insert(counts.end(), others.begin(), others.end());
    train.insert(train.end(), others.begin(), others.end());
    succeed(with({"counts"}, counts));
    fail(with({"train"}, train), {"model.pca."});
  }
  EXPECT_THAT(content("counts.mtx"), HasSubstr("\n3 2 6\n"));
  fail(with({"counts"}, {"-o", "c.mtx", "model.pca.counts.context=document",
                         "model.pca.counts.max_contexts=2"}),
       {"model.pca.counts.max_contexts", "only has an effect with context: window"});
  fail(with({"counts"}, {"-o", "c.mtx", "model.pca.counts.window=0"}), {"model.pca.counts.window"});
}

TEST_F(CountsTest, OtherWordsThanThoseOfTheFileAreAnError) {
  succeed(with({"counts"}, {"-o", "counts.mtx", "--vocabulary", "words.tsv"}));
  write("others.tsv", "word\tcount\nb\t4\na\t5\nc\t3\n");
  for (const std::string model : {"pca", "glove"}) {
    Arguments arguments = {"train",
                           "data.path=text.txt",
                           "data.vocabulary.min_count=1",
                           "model.type=" + model,
                           "model." + model + ".dim=2",
                           "model." + model + ".counts.file=counts.mtx",
                           "--out",
                           model};
    Arguments wrong = arguments;
    wrong.push_back("model." + model + ".counts.vocabulary=others.tsv");
    fail(wrong, {"other words", "counts.mtx", "others.tsv", "SHA-256"});
    EXPECT_FALSE(exists(model));
    arguments.push_back("model." + model + ".counts.vocabulary=words.tsv");
    succeed(arguments);
  }
}

TEST_F(CountsTest, ResumeRefusesOtherCountsThanThoseOfTheStart) {
  const std::string counts =
      "%%MatrixMarket matrix coordinate real general\n3 3 5\n1 2 3\n2 1 3\n1 3 2\n3 1 2\n2 2 4\n";
  const std::string words = "word\tcount\na\t5\nb\t4\nc\t3\n";
  write("counts.mtx", counts);
  write("words.tsv", words);
  Arguments train = {"train",
                     "data.path=text.txt",
                     "data.vocabulary.min_count=1",
                     "model.type=glove",
                     "model.glove.dim=2",
                     "model.glove.counts.file=counts.mtx",
                     "model.glove.counts.vocabulary=words.tsv",
                     "train.epochs=4",
                     "--out"};
  const auto into = [&](const std::string& folder, const Arguments& more = {}) {
    Arguments arguments = train;
    arguments.push_back(folder);
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  succeed(into("whole"));
  EXPECT_THAT(json("whole/manifest.json").at("counts").get<std::string>(),
              testing::StartsWith("counts.file counts.mtx (SHA-256 "));
  const auto stopped = run(into("run", {"--stop-after-epoch", "2"}));
  ASSERT_TRUE(exists("run/checkpoints/latest.wb")) << stopped.err;
  const std::string hint = "restore the files";
  write("counts.mtx", counts.substr(0, counts.size() - 2) + "5\n");
  fail({"resume", "run"}, {"what it reads has changed", "counts.file counts.mtx", hint});
  write("counts.mtx", counts);
  write("words.tsv", "word\tcount\nc\t5\nb\t4\na\t3\n");
  fail({"resume", "run"}, {"what it reads has changed", "counts.vocabulary words.tsv", hint});
  write("words.tsv", words);
  succeed({"resume", "run"});
  expect_same_run("whole", "run");
}

class KilledCountsTest : public CliTest {
 protected:
  KilledCountsTest() {
    std::string text;
    std::uint64_t state = 1;
    for (int i = 0; i < 300'000; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      text += "w" + std::to_string((state >> 33) % (1 + (state >> 40) % 20'000)) + " ";
    }
    write("long.txt", text);
  }
  static Arguments counts(const std::string& out) {
    return {"counts",
            "data.path=long.txt",
            "data.cache=kept",
            "data.vocabulary.min_count=1",
            "model.type=pca",
            "-o",
            out};
  }
  /// Number of temporary files in the folder whose names contain `part`, and that have content.
  int temporaries(const std::string& folder, const std::string& part) const {
    int found = 0;
    std::error_code code;
    for (std::filesystem::directory_iterator entry(folder_ / folder, code), end;
         !code && entry != end; entry.increment(code)) {
      const std::string name = entry->path().filename().string();
      std::error_code gone;
      found += name.find(part + ".tmp-") != name.npos && entry->file_size(gone) > 0 && !gone;
    }
    return found;
  }
};

TEST_F(KilledCountsTest, AKilledCommandLeavesNothingThatIsUsed) {
  succeed(counts("whole.mtx"));
  const std::string whole = content("whole.mtx");
  std::filesystem::rename(folder_ / "kept", folder_ / "undisturbed");
  // While it writes the corpus, the counts and the output.
  for (const auto& [folder, part] :
       {std::pair("kept", ".corpus"), {"kept", ".counts"}, {".", "counts.mtx"}}) {
    // On a busy machine the command can be past the point, or complete, before it is killed.
    for (int attempt = 0; attempt < 10; ++attempt) {
      Process process(command(counts("counts.mtx")), options());
      while (process.running() && temporaries(folder, part) == 0)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      process.send(SIGKILL);
      if (process.wait().signal == SIGKILL && temporaries(folder, part) > 0) {
        EXPECT_FALSE(exists("counts.mtx"));
        break;
      }
      std::filesystem::remove(folder_ / "counts.mtx");
      std::filesystem::remove_all(folder_ / "kept");
    }
  }
  succeed(counts("counts.mtx"));
  EXPECT_TRUE(content("counts.mtx") == whole);
  for (const auto& [name, text] : files()) {
    EXPECT_EQ(name.find(".tmp-"), name.npos) << name;
    if (name.rfind("kept/", 0) != 0) continue;
    EXPECT_TRUE(text == content("undisturbed/" + name.substr(5))) << name;
  }
}

}  // namespace
}  // namespace wordbridge
