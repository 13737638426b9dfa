#include <algorithm>

#include "tests/cli/cli_test.h"

// A small version of experiments/seed: synthetic text generated from word groups, and the groups
// benchmark, as users run them.

namespace wordbridge {
namespace {

using testing::HasSubstr;

class SyntheticTextCommandsTest : public CliTest {
 protected:
  SyntheticTextCommandsTest() {
    write("groups.tsv",
          "man\tpeople\nwoman\tpeople\napple\tfruit\norange\tfruit\n"
          "dog\tanimals\ncat\tanimals\ndoor\thouse\nroof\thouse\n");
    write("drawn.yaml",
          "data:\n"
          "  reader: log-linear\n"
          "  path: groups.tsv\n"
          "  synthetic: {lines: 100}\n"
          "  split: {by: fractions, train: 1, valid: 0, test: 0}\n"
          "  vocabulary: {min_count: 1}\n"
          "  cache: none\n"
          "eval: {groups: groups.tsv}\n"
          "model: {type: pca, pca: {dim: 2, transform: ppmi, counts: {window: 1}}}\n");
  }
};

TEST_F(SyntheticTextCommandsTest, TextPrintsWhatIsRead) {
  const auto text = succeed({"text", "drawn.yaml"}).out;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 100);
  EXPECT_EQ(succeed({"text", "drawn.yaml", "seed=1"}).out, text);
  EXPECT_NE(succeed({"text", "drawn.yaml", "seed=2"}).out, text);
  // data.synthetic.seed takes precedence over the seed of the run.
  EXPECT_EQ(succeed({"text", "drawn.yaml", "seed=2", "data.synthetic.seed=1"}).out, text);
  const auto tokens = succeed({"text", "drawn.yaml", "--tokens", "data.boundaries.line=."}).out;
  EXPECT_EQ(tokens.substr(0, tokens.find('\n')), text.substr(0, text.find('\n')) + " .");
}

TEST_F(SyntheticTextCommandsTest, TagsThatAreReadAsWordsAreSaid) {
  std::string sample;
  for (int i = 0; i < 20; ++i) sample += "\tthe/at man/nn likes/vbz apples/nns ./.\n";
  write("brown/ca01", sample);
  const Arguments tokens = {"text", "--tokens", "data.reader=brown", "data.path=brown",
                            "data.vocabulary.min_count=1"};
  const auto tagged = succeed(tokens);
  EXPECT_THAT(tagged.err, HasSubstr("data.tokenizer.type: brown to remove the tags"));
  EXPECT_THAT(tagged.out, HasSubstr("man nn likes"));
  auto plain_tokens = tokens;
  plain_tokens.push_back("data.tokenizer.type=brown");
  const auto plain = succeed(plain_tokens);
  EXPECT_EQ(plain.err, "");
  EXPECT_THAT(plain.out, HasSubstr("man likes apples"));
}

TEST_F(SyntheticTextCommandsTest, TextSaysWhatIsWrong) {
  fail({"text", "none.yaml"}, {"none.yaml"});
  fail({"text", "drawn.yaml", "data.path=none.tsv"}, {"none.tsv"});
  fail({"text", "drawn.yaml", "data.synthetic.lines=0"}, {"data.synthetic.lines"});
  write("three.tsv", "a\tx\nb\ty\nc\tz\n");
  fail({"text", "drawn.yaml", "data.reader=xor", "data.path=three.tsv"}, {"two word groups"});
}

TEST_F(SyntheticTextCommandsTest, SimilarWordsGetSimilarEmbeddings) {
  const auto result = succeed({"train", "drawn.yaml", "--out", "run"});
  EXPECT_THAT(result.err, HasSubstr("groups AUC"));
  EXPECT_THAT(content("run/eval.json"), HasSubstr("\"auc\": 1.0"));
  EXPECT_THAT(succeed({"eval", "run", "--groups", "groups.tsv"}).out,
              testing::AllOf(HasSubstr("groups AUC"), HasSubstr("1.000 (8/8)")));
}

TEST_F(SyntheticTextCommandsTest, EachSeedDrawsItsOwnText) {
  succeed({"train", "drawn.yaml", "--seeds", "1,2", "--out", "runs"});
  EXPECT_NE(content("runs/seed-1/vectors.txt"), content("runs/seed-2/vectors.txt"));
  EXPECT_THAT(content("runs/summary.json"), HasSubstr("\"groups groups auc\""));
  // Two benchmarks with the same name are kept apart.
  write("other/groups.tsv", "man\ta\nwoman\ta\napple\tb\norange\tb\n");
  succeed({"train", "drawn.yaml", "--seeds", "1,2", "--out", "both",
           "eval.groups=[groups.tsv, other/groups.tsv]"});
  const auto results = json("both/summary.json").at("results");
  EXPECT_EQ(results.at("groups groups auc").at("runs"), 2);
  EXPECT_EQ(results.at("groups groups (2) auc").at("runs"), 2);
  // The stored configuration of a run reproduces it.
  succeed({"train", "runs/seed-2/config.yaml", "--out", "again"});
  EXPECT_EQ(content("again/vectors.txt"), content("runs/seed-2/vectors.txt"));
}

TEST_F(SyntheticTextCommandsTest, ABadGroupsFileIsAnError) {
  succeed({"train", "drawn.yaml", "--out", "run"});
  write("bad.tsv", "man people\n");
  fail({"eval", "run", "--groups", "bad.tsv"}, {"bad.tsv:1"});
  fail({"eval", "run", "--groups", "none.tsv"}, {"none.tsv"}, 2);
}

}  // namespace
}  // namespace wordbridge
