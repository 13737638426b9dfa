#include <algorithm>

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
  fail(with({"train"}, {"model.pca.max_contexts=2", "--out", "run"}),
       {"is now model.pca.counts.max_contexts"});
  fail({"counts", "data.path=text.txt", "model.type=ngram", "-o", "counts.mtx"},
       {"not computed from counts", "ngram"}, 2);
  fail(with({"counts"}, {"-o", "text.txt"}), {"would replace an input", "text.txt"}, 2);
  fail(with({"counts"}, {"-o", "x.mtx", "--vocabulary", "x.mtx"}), {"two outputs"}, 2);
  EXPECT_EQ(content("text.txt"), "a b a c a b\nb c b a a c\n");
  write("words.tsv", "word\tcount\na\t5\nb\t4\nc\t3\n");
  write("bad.mtx", "%%MatrixMarket matrix coordinate real general\n3 3 1\n4 1 1\n");
  fail(with_file({"train"}, {"model.pca.counts.file=bad.mtx",
                             "model.pca.counts.vocabulary=words.tsv", "--out", "run"}),
       {"bad.mtx:3", "row is out of range"});
}

}  // namespace
}  // namespace wordbridge
