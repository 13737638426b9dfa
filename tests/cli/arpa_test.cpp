#include <chrono>
#include <cmath>
#include <thread>

#include "tests/cli/language_models_test.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;

/// `wordbridge arpa`, and ARPA files as models.
class ArpaCommandTest : public LanguageModelsCliTest {};

TEST_F(ArpaCommandTest, AnArpaFileIsTheSameModel) {
  train("run", {"model.ngram.order=3"});
  write("other.txt", "the man eats a cat .\n");
  const auto wanted = scored(succeed({"score", "run", "other.txt"}).out);
  for (const char* name : {"model.arpa", "model.arpa.gz", "model.wb"}) {
    succeed({"arpa", "run", "-o", name});
    EXPECT_NEAR(scored(succeed({"score", name, "other.txt"}).out), wanted, 2e-3) << name;
  }
  succeed({"arpa", "model.arpa.gz", "-o", "again.arpa"});
  EXPECT_NEAR(scored(succeed({"score", "again.arpa", "other.txt"}).out), wanted, 2e-3);
}

TEST_F(ArpaCommandTest, ModelsAreInterpolatedAndPruned) {
  train("long", {"model.ngram.order=3"});
  train("short", {"model.ngram.order=1", "model.ngram.smoothing=witten-bell"});
  write("other.txt", "the man eats a cat .\n");
  const auto perplexity = [&](const std::string& model) {
    return scored(succeed({"score", model, "other.txt"}).out);
  };
  succeed({"arpa", "long", "short", "--weights", "0.999999,0.000001", "-o", "long.arpa"});
  EXPECT_NEAR(perplexity("long.arpa"), perplexity("long"), 1e-2);
  succeed({"arpa", "long", "short", "-o", "both.arpa"});
  EXPECT_GT(std::abs(perplexity("both.arpa") - perplexity("long")), 0.1);
  const auto refused = run({"arpa", "long", "short", "--weights", "0.5,0.6", "-o", "no.arpa"});
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.err, HasSubstr("the sum 1.1"));
  EXPECT_FALSE(exists("no.arpa"));

  succeed({"arpa", "long", "--prune", "0.001", "-o", "pruned.arpa"});
  EXPECT_LT(content("pruned.arpa").size(), content("long.arpa").size());
  train("pruned", {"model.ngram.order=3", "model.ngram.prune=0.001"});
  EXPECT_NEAR(perplexity("pruned.arpa"), perplexity("pruned"), 1e-2);
  EXPECT_GT(std::abs(perplexity("pruned.arpa") - perplexity("long")), 1e-3);
}

TEST_F(ArpaCommandTest, OptionsOfArpaAreChecked) {
  write("a.arpa", small_arpa("<unk>"));
  write("b.arpa", small_arpa("<unk>"));
  succeed({"arpa", "--weights", "0.7,0.3", "a.arpa", "b.arpa", "-o", "c.arpa"});
  succeed({"arpa", "--weights", "0.7", "--weights", "0.3", "a.arpa", "b.arpa", "-o", "c.arpa"});
  const auto refused = [&](const Arguments& options, const std::vector<std::string>& parts,
                           int status) {
    Arguments arguments = {"arpa", "a.arpa", "b.arpa", "-o", "no.arpa"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    fail(arguments, parts, status);
  };
  for (const char* weights : {",", "0.5,", "x,0.5", "nan,1", "1,0", "1.5,-0.5"})
    refused({"--weights", weights}, {"--weights"}, 2);
  refused({"--weights", "1,0"}, {"must be > 0, got 0"}, 2);
  fail({"arpa", "--weights", ",", "a.arpa", "b.arpa", "-o", "no.arpa"},
       {"--weights: must be numbers separated by commas, got ,"}, 2);
  refused({"--weights", "0.5,0.6"}, {"--weights 0.5,0.6", "the sum 1.1"}, 1);
  refused({"--weights", "1"}, {"2 positive numbers"}, 1);
  for (const char* prune : {"nan", "-1", "inf", "x"}) refused({"--prune", prune}, {"--prune"}, 2);
  fail({"arpa", "a.arpa", "-o", "z.bin"}, {"unknown output format", "z.bin", ".arpa.gz"}, 2);
  succeed({"arpa", "a.arpa", "-o", "/dev/null"});
}

TEST_F(ArpaCommandTest, BackoffWeightsThatCannotBeComputedStayWithAWarning) {
  // The words listed after cat and dog have a probability of 1.1 by the unigrams.
  write("m.arpa",
        "\\data\\\nngram 1=3\nngram 2=3\n\n\\1-grams:\n-0.5\t<unk>\n-0.2\tcat\t-0.2\n"
        "-0.3\tdog\t-0.25\n\n\\2-grams:\n-0.1\tcat dog\n-0.4\tcat cat\n-0.2\tdog cat\n\n"
        "\\end\\\n");
  write("t.txt", "cat dog dog cat fish\n");
  const auto wanted = succeed({"score", "m.arpa", "t.txt", "--tokens"}).out;
  const auto both = succeed({"arpa", "m.arpa", "m.arpa", "-o", "both.arpa"});
  EXPECT_THAT(both.err, HasSubstr("the back-off weight of 1 history can't be computed"));
  EXPECT_THAT(both.err, HasSubstr("('cat')"));
  EXPECT_EQ(succeed({"score", "both.arpa", "t.txt", "--tokens"}).out, wanted);
}

TEST_F(ArpaCommandTest, CtrlCKeepsTheOldFile) {
  std::string text;
  std::uint64_t state = 1;
  for (int i = 0; i < 300'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    text += "w" + std::to_string((state >> 33) % 5000) + (i % 10 == 9 ? "\n" : " ");
  }
  write("text.txt", text);
  train("a", {"model.ngram.order=3"});
  train("b", {"model.ngram.order=2"});
  write("both.arpa", "an earlier file");
  Process process(command({"arpa", "a", "b", "-o", "both.arpa"}), options());
  // As soon as it has written something: a file of another 20 MB follows.
  const auto written = [&] {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      std::error_code gone;
      if (entry.path().filename().string().rfind("both.arpa.tmp-", 0) == 0 &&
          entry.file_size(gone) > 0 && !gone)
        return true;
    }
    return false;
  };
  while (process.running() && !written())
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  process.send(SIGINT);
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.status, 130) << result.err;
  EXPECT_THAT(result.err, HasSubstr("stopped while writing n-grams"));
  EXPECT_EQ(content("both.arpa"), "an earlier file");
  for (const auto& [name, content] : files()) EXPECT_EQ(name.find(".tmp-"), name.npos) << name;
}

TEST_F(ArpaCommandTest, ModelsWithOneSymbolForUnknownWordsAndWithBothFormsAreInterpolated) {
  write("u3.arpa", small_arpa("<UNK>"));
  std::string both = small_arpa("<UNK>");
  both.replace(both.find("ngram 1=5"), 9, "ngram 1=6");
  both.insert(both.find("-0.5\tcat"), "-0.9\t<unk>\n");
  write("u4.arpa", both);
  write("t.txt", "cat dog fish\n");
  for (const Arguments& models : {Arguments{"u3.arpa", "u4.arpa"}, {"u4.arpa", "u3.arpa"}}) {
    succeed({"arpa", models[0], models[1], "-o", "both.arpa"});
    EXPECT_THAT(succeed({"score", "both.arpa", "t.txt", "--tokens"}).out, HasSubstr("<unk>\t"));
  }
}

TEST_F(ArpaCommandTest, TheUnknownSymbolOfAnArpaFileMayBeInCapitals) {
  write("t.txt", "cat dog\ndog fish\n");
  for (const char* symbol : {"<unk>", "<UNK>"}) {
    write("m.arpa", small_arpa(symbol));
    const auto result = succeed({"score", "m.arpa", "t.txt", "--tokens"});
    EXPECT_THAT(result.out, HasSubstr(std::string(symbol) + "\t-2.532844\n"));  // -1.1 ln 10
    EXPECT_NEAR(scored(result.out), 3.687, 1e-3);
    EXPECT_THAT(succeed({"generate", "m.arpa", "--prompt", "fish"}).out,
                testing::StartsWith(symbol));
    succeed({"arpa", "m.arpa", "-o", "again.arpa"});
    EXPECT_EQ(succeed({"score", "again.arpa", "t.txt", "--tokens"}).out, result.out);
  }
}

TEST_F(ArpaCommandTest, AnArpaFilesWordsMayContainANoBreakSpace) {
  std::string arpa = small_arpa("<unk>");
  for (auto at = arpa.find("cat"); at != arpa.npos; at = arpa.find("cat", at))
    arpa.replace(at, 3, "10\u00a0km");
  write("m.arpa", arpa);
  write("t.txt", "10\u00a0km dog\n");
  EXPECT_NEAR(scored(succeed({"score", "m.arpa", "t.txt"}).out), 1.995, 1e-3);
  const auto cut = succeed({"score", "m.arpa", "t.txt", "data.tokenizer.type=whitespace"});
  EXPECT_THAT(cut.out, HasSubstr("4 tokens"));
}

TEST_F(ArpaCommandTest, ArpaFilesAsOtherProgramsWriteThemAreRead) {
  write("t.txt", "cat dog\n");
  std::string licence;
  for (int line = 0; line < 200; ++line) licence += "licence text before the data\n";
  for (const std::string& before : {std::string("\xef\xbb\xbf"), licence}) {
    write("m.arpa", small_arpa("", before));
    EXPECT_NEAR(scored(succeed({"score", "m.arpa", "t.txt"}).out), 1.995, 1e-3);
    succeed({"arpa", "m.arpa", "-o", "again.arpa"});
  }
  std::string start = small_arpa("");
  start.replace(start.find("<s>\t-0.3"), 8, "<s>");
  write("m.arpa", start);
  const auto result = succeed({"score", "m.arpa", "t.txt"});
  EXPECT_NEAR(scored(result.out), 1.995, 1e-3);
  EXPECT_THAT(result.err, HasSubstr("m.arpa: one n-gram without a back-off weight"));
  EXPECT_THAT(result.err, HasSubstr("(line 6: <s>)"));
  // IRSTLM's intermediate form: cat 10^-0.3 + 10^(-0.3 - 0.5), dog 10^-0.3 + 10^(-0.2 - 0.5), </s>
  // 10^-0.3 + 10^(-0.2 - 0.6).
  write("m.arpa", "iARPA\n\n" + small_arpa(""));
  const double part = std::pow(10, -0.3);
  const double product =
      (part + std::pow(10, -0.8)) * (part + std::pow(10, -0.7)) * (part + std::pow(10, -0.8));
  EXPECT_NEAR(scored(succeed({"score", "m.arpa", "t.txt"}).out), std::pow(product, -1.0 / 3), 1e-3);
  write("kenlm.bin", std::string("mmap lm http://kheafield.com/code format version 5\n") + '\0');
  fail({"score", "kenlm.bin", "t.txt"}, {"a binary model of KenLM"});
  fail({"score", "t.txt", "t.txt"}, {"not an ARPA file", "a run's folder or its model.wb"});
}

}  // namespace
}  // namespace wordbridge
