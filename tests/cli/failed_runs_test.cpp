#include <algorithm>
#include <cstdio>

#include "tests/cli/cli_test.h"

// Runs that can train nothing, whose data has changed, or that were killed; names that are not
// UTF-8. The models need no tensors.

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;

class FailedRunsTest : public CliTest {
 protected:
  FailedRunsTest() {
    write("tiny.txt", "the cat sat\nthe dog sat\nthe cat ran\nthe dog ran\n");
    for (int i = 0; i < 60; ++i)
      write("words/" + std::to_string(i) + ".txt", "w" + std::to_string(i % 10) + "\n");
  }
  static Arguments word2vec(const std::string& text, const std::string& out,
                            const Arguments& more = {}) {
    Arguments arguments = {"train",
                           "data.path=" + text,
                           "model.type=word2vec",
                           "--out",
                           out,
                           "data.vocabulary.min_count=1",
                           "data.tokenizer.type=whitespace",
                           "model.word2vec.dim=4"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  static Arguments glove(const std::string& text, const std::string& out,
                         const Arguments& more = {}) {
    Arguments arguments = {"train", "data.path=" + text,           "model.type=glove", "--out",
                           out,     "data.vocabulary.min_count=1", "model.glove.dim=2"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  static Arguments pca(const std::string& text, const std::string& out,
                       const Arguments& more = {}) {
    Arguments arguments = {"train", "data.path=" + text,           "model.type=pca", "--out",
                           out,     "data.vocabulary.min_count=1", "model.pca.dim=2"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(FailedRunsTest, AllWordsLeftOutBySubsamplingIsAnError) {
  for (const Arguments& more :
       {Arguments{}, Arguments{"model.word2vec.architecture=cbow"},
        Arguments{"model.word2vec.architecture=cbow", "model.word2vec.output=hierarchical"},
        Arguments{"model.word2vec.output=hierarchical", "model.word2vec.parallel=fast"}}) {
    Arguments arguments = word2vec("tiny.txt", "run", {"model.word2vec.sample=1e-12"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result =
        fail(arguments, {"nothing to train on", "model.word2vec.sample=0", "0 training examples"});
    EXPECT_THAT(result.err, Not(HasSubstr("nan")));
    EXPECT_FALSE(exists("run"));
  }
  // The corrected command, with the same folder.
  const auto result = succeed(word2vec("tiny.txt", "run", {"model.word2vec.sample=0"}));
  EXPECT_THAT(result.err, Not(HasSubstr("nan")));
  EXPECT_TRUE(json("run/summary.json").at("results").at("train_loss").is_number());
}

/// The counts from which a model is trained.
Arguments counts_of(const Arguments& train) {
  Arguments counts = {"counts", "-o", "counts.mtx"};
  for (std::size_t i = 1; i < train.size(); ++i) {
    if (train[i] == "--out") {
      ++i;
    } else {
      counts.push_back(train[i]);
    }
  }
  return counts;
}

TEST_F(FailedRunsTest, CountsThatSubsamplingLeavesEmptyAreAnError) {
  const Arguments cached = {"data.cache=cache"}, uncached = {"data.cache=none"};
  for (const Arguments& cache : {cached, uncached}) {
    for (Arguments train :
         {pca("tiny.txt", "run", {"model.pca.counts.sample=1e-12"}),
          pca("tiny.txt", "run",
              {"model.pca.counts.sample=1e-12", "model.pca.counts.context=document"}),
          glove("tiny.txt", "run", {"model.glove.counts.sample=1e-12"})}) {
      train.insert(train.end(), cache.begin(), cache.end());
      const std::vector<std::string> parts = {"nothing to count", "counts.sample: 1e-12",
                                              "raise it", "12 tokens"};
      fail(train, parts);
      fail(counts_of(train), parts);
      train.insert(train.end(), {"--seeds", "1,2"});
      fail(train, parts);
    }
    EXPECT_FALSE(exists("run"));
    EXPECT_FALSE(exists("counts.mtx"));
    for (const auto& [name, text] : files()) EXPECT_EQ(name.find(".counts"), name.npos) << name;
  }
  // The corrected command.
  succeed(pca("tiny.txt", "run", {"model.pca.counts.sample=0.5"}));
}

TEST_F(FailedRunsTest, TextsWithNothingToCountAreErrors) {
  write("one.txt", "word\n");
  write("rare.txt", "a b c d e f g\n");
  const auto refused = [&](Arguments train, const Arguments& more, const std::string& message) {
    train.insert(train.end(), more.begin(), more.end());
    fail(train, {message});
    fail(counts_of(train), {message});
    EXPECT_FALSE(exists("run"));
  };
  const std::string few = "fewer than two distinct vocabulary words";
  for (const bool is_pca : {true, false}) {
    const auto of = [&](const std::string& text) {
      return is_pca ? pca(text, "run") : glove(text, "run");
    };
    refused(of("one.txt"), {}, few);
    refused(of("one.txt"), {"data.vocabulary.unknown=<unk>"}, few);
    refused(of("tiny.txt"), {"data.split.train=0.001", "data.split.test=0.999"},
            "the training split is empty");
    Arguments rare = of("rare.txt");
    std::replace(rare.begin(), rare.end(), std::string("data.vocabulary.min_count=1"),
                 std::string("data.vocabulary.min_count=2"));
    refused(rare, {}, "the vocabulary has no words");
    refused(rare, {"data.vocabulary.unknown=<unk>"}, few);  // all words are unknown
  }
}

TEST_F(FailedRunsTest, DocumentsOfOneWordAreAnError) {
  fail(word2vec("words", "run", {"model.word2vec.sample=0"}),
       {"nothing to train on", "documents", "one file"});
  fail(pca("words", "run"), {"no word has a context", "cross_documents"});
  fail(glove("words", "run"), {"nothing to count", "60 tokens", "one file"});
  EXPECT_FALSE(exists("run"));
}

TEST_F(FailedRunsTest, GloveOfCountsWithoutInformationIsAnError) {
  write("once.txt", "a b c d e f g h\n");
  fail(glove("once.txt", "run", {"model.glove.counts.window=1"}),
       {"all co-occurrence counts are 1", "14 counts", "window"});
  fail(glove("tiny.txt", "run", {"model.glove.counts.context=document"}),
       {"model.glove.counts.context", "must be window"});
  fail(glove("tiny.txt", "run", {"model.glove.x_max=0"}), {"model.glove.x_max"});
  fail(glove("tiny.txt", "run", {"train.lr=1e30"}), {"training has diverged", "train.lr"});
  EXPECT_FALSE(exists("run"));
  succeed(glove("tiny.txt", "run"));
}

TEST_F(FailedRunsTest, PcaOfOneDocumentIsAnError) {
  const auto result =
      fail(pca("tiny.txt", "run", {"model.pca.dim=1", "model.pca.counts.context=document"}),
           {"all words have the same contexts", "counts.context=window"});
  EXPECT_THAT(result.err, Not(HasSubstr("nan")));
  EXPECT_FALSE(exists("run"));
}

TEST_F(FailedRunsTest, SeedsThatTrainedNothingLeaveNothing) {
  fail(word2vec("tiny.txt", "run", {"model.word2vec.sample=1e-12", "--seeds", "1,2"}),
       {"nothing to train on"});
  EXPECT_FALSE(exists("run"));
  succeed(word2vec("tiny.txt", "run", {"model.word2vec.sample=0", "--seeds", "1,2"}));
  EXPECT_TRUE(exists("run/seed-2/summary.json"));
}

TEST_F(FailedRunsTest, ResumedSeedsAreNeverThoseOfAnEarlierConfiguration) {
  const auto train = [&](const Arguments& more) {
    Arguments arguments =
        word2vec("tiny.txt", "run", {"model.word2vec.sample=0", "--seeds", "1,2"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    succeed(arguments);
  };
  train({"train.epochs=2"});
  train({"train.epochs=3", "--overwrite", "--stop-after-epoch", "1"});  // within the first seed
  EXPECT_FALSE(exists("run/summary.json"));
  succeed({"resume", "run"});
  for (const char* const seed : {"run/seed-1", "run/seed-2"})
    EXPECT_EQ(json(std::string(seed) + "/summary.json").at("results").at("epochs"), 3) << seed;
}

TEST_F(FailedRunsTest, OtherFilesInTheFolderStay) {
  write("run/notes.txt", "mine");
  fail(word2vec("tiny.txt", "run", {"model.word2vec.sample=1e-12"}), {"nothing to train on"});
  EXPECT_EQ(content("run/notes.txt"), "mine");
  EXPECT_FALSE(exists("run/config.yaml"));
}

TEST_F(FailedRunsTest, AMissingTextIsToldBeforeAnExistingRun) {
  const Arguments tail = {"model.type=pca", "model.pca.dim=2", "data.vocabulary.min_count=1"};
  const auto train = [&](Arguments arguments) {
    arguments.insert(arguments.begin(), "train");
    arguments.insert(arguments.end(), tail.begin(), tail.end());
    return arguments;
  };
  succeed(train({"data.path=tiny.txt"}));
  const auto missing = fail(train({"data.path=none.txt"}), {"none.txt", "no such file"});
  EXPECT_THAT(missing.err, Not(HasSubstr("already exists")));
  fail(train({"data.path=tiny.txt"}), {"the run already exists", "runs/run"});
  succeed(train({"data.path=tiny.txt", "--out", "seeds", "--seeds", "1,2"}));
  fail(train({"data.path=none.txt", "--out", "seeds", "--seeds", "1,2"}), {"none.txt"});
}

TEST_F(FailedRunsTest, AnEmptySplitIsSaid) {
  const auto result = succeed({"train", "data.path=tiny.txt", "model.type=ngram",
                               "data.vocabulary.min_count=1", "model.ngram.order=2", "--out", "a"});
  // 5 % of 12 tokens is 1 token in the validation split and none in the test split, or the reverse.
  EXPECT_THAT(result.err, HasSubstr("perplexity: the split is empty (data.split."));
  EXPECT_THAT(result.err, Not(HasSubstr("nan")));
  const auto asked =
      succeed({"train", "data.path=tiny.txt", "model.type=ngram", "data.vocabulary.min_count=1",
               "data.split.train=1", "data.split.valid=0", "data.split.test=0", "--out", "b"});
  EXPECT_THAT(asked.err, Not(HasSubstr("the split is empty")));
}

TEST_F(FailedRunsTest, AnOrderWithoutNgramsIsSaid) {
  write("two.txt", "a b");
  const auto result = succeed({"train", "data.path=two.txt", "model.type=ngram",
                               "data.vocabulary.min_count=1", "--out", "a"});
  EXPECT_THAT(result.err, HasSubstr("no 3-gram: the model is one of order 2, not 5"));
}

TEST_F(FailedRunsTest, AnUnseenSplitHasNoPerplexityOverSeenWords) {
  write("unseen.txt", "a b c d e f g h i j k l m n x y z u v w p q r s t o a1 a2");
  const auto result =
      succeed({"train", "data.path=unseen.txt", "model.type=ngram", "data.vocabulary.min_count=1",
               "model.ngram.order=1", "data.split.train=0.5", "data.split.valid=0.5",
               "data.split.test=0", "--out", "a"});
  EXPECT_THAT(result.err, HasSubstr("none of its words occurs in training"));
  EXPECT_THAT(result.err, Not(HasSubstr("nan")));
  EXPECT_TRUE(json("a/summary.json").at("results").at("valid_perplexity_seen").is_null());
}

TEST_F(FailedRunsTest, ResumeNamesWhatHasChanged) {
  write("folder/a.txt", "the cat sat on the mat\n");
  write("folder/b.txt", "the dog sat on the mat\n");
  succeed(word2vec("folder", "run", {"model.word2vec.sample=0", "--stop-after-epoch", "2"}));
  const std::string before = content("folder/b.txt");
  write("folder/b.txt", "the dog sat on the cat\n");
  fail({"resume", "run"}, {"the text has changed", "b.txt", "expected: SHA-256", "got:"});
  std::filesystem::remove(folder_ / "folder/b.txt");
  fail({"resume", "run"}, {"the text has changed", "b.txt", "no such file"});
  write("folder/b.txt", before);
  succeed({"resume", "run"});

  write("words.tsv", content("run/vocabulary.tsv"));
  succeed(word2vec(
      "folder", "other",
      {"model.word2vec.sample=0", "--stop-after-epoch", "2", "data.vocabulary.file=words.tsv"}));
  write("words.tsv", content("words.tsv") + "zebra\t0\n");
  fail({"resume", "other"}, {"the vocabulary has changed", "the text has not", "words, SHA-256"});
}

TEST_F(FailedRunsTest, ResumeSaysThatTheConfigurationDiffers) {
  succeed(word2vec("tiny.txt", "run", {"model.word2vec.sample=0", "--stop-after-epoch", "2"}));
  std::string config = content("run/config.yaml");
  config.replace(config.find("window: 5"), 9, "window: 4");
  write("run/config.yaml", config);
  const auto result = fail({"resume", "run"}, {"different configuration", "latest.wb"});
  EXPECT_THAT(result.err, Not(HasSubstr("stream_sha256")));
}

TEST_F(FailedRunsTest, TemporariesOfKilledProcessesAreRemoved) {
  const Arguments more = {"model.word2vec.sample=0", "data.cache=cache"};
  Arguments part = more;
  part.insert(part.end(), {"--stop-after-epoch", "2"});
  succeed(word2vec("tiny.txt", "run", part));
  for (const char* const name :
       {"run/checkpoints/latest.wb", "run/vectors.txt", "run/epochs/v.txt", "cache/abc.corpus"})
    write(std::string(name) + ".tmp-99999-0", "part");
  succeed({"resume", "run"});
  for (const auto& [name, text] : files()) EXPECT_EQ(name.find(".tmp-"), name.npos) << name;
}

TEST_F(FailedRunsTest, TheManifestNamesTheInstructionSet) {
  succeed(pca("tiny.txt", "a"));
  succeed(word2vec("tiny.txt", "b", {"model.word2vec.sample=0"}));
  for (const char* const name : {"a/manifest.json", "b/manifest.json"})
    EXPECT_FALSE(json(name).at("machine").at("simd").get<std::string>().empty()) << name;
}

TEST_F(FailedRunsTest, FileNamesThatAreNotUtf8) {
  const std::string one =
                        "texts/Espa\xf1"
                        "a.txt",
                    other =
                        "texts/Espa\xf2"
                        "a.txt";
  write("texts/good.txt", content("tiny.txt"));
  write(one, content("tiny.txt"));
  const Arguments more = {"model.word2vec.sample=0", "--stop-after-epoch", "2"};
  succeed(word2vec("texts", "run", more));
  const auto files = json("run/manifest.json").at("data").at("source").at("files");
  EXPECT_EQ(files.at(0).at("name"),
            "Espa\\xF1"
            "a.txt");
  // The corpus is found in the cache again, also when the run resumes.
  const auto again = succeed({"resume", "run"});
  EXPECT_THAT(again.err, HasSubstr("loaded from the cache"));
  // Another name is another text.
  std::filesystem::rename(folder_ / one, folder_ / other);
  const auto renamed = succeed(word2vec("texts", "renamed", more));
  EXPECT_THAT(renamed.err, Not(HasSubstr("loaded from the cache")));
  const auto compared = succeed({"compare", "run", "renamed", "--json", "c.json"});
}

TEST_F(FailedRunsTest, SectionsAndWordsThatAreNotUtf8) {
  write("v.txt", "4 3\nking 1 0 0.1\n\xd0\xbc\xd0 0.9 0.1 0.2\nqueen 0.8 0.3 0.3\nman 0.1 1 0\n");
  write("p.txt", "king queen 3\nking man 1\nqueen man 2\n");
  write("q.txt", ": caf\xe9s\nking queen man king\n: b\nqueen king man queen\n");
  write("g.tsv", "king\tf\xe9\nqueen\tf\xe9\nman\tx\n");
  succeed({"eval", "v.txt", "--similarity", "p.txt", "--analogy", "q.txt", "--groups", "g.tsv",
           "--neighbors", "king", "--resamples", "0", "--json", "e.json", "--csv", "e.csv"});
  EXPECT_THAT(json("e.json").dump(), HasSubstr("caf\\\\xE9s"));
  EXPECT_THAT(json("e.json").dump(), HasSubstr("\\\\xD0"));
  EXPECT_THAT(content("e.csv"), Not(HasSubstr("\xe9")));

  succeed(word2vec("tiny.txt", "run",
                   {"model.word2vec.sample=0", "eval.analogy=q.txt", "eval.groups=g.tsv"}));
  EXPECT_THAT(content("run/eval.json"), HasSubstr("caf\\\\xE9s"));
  EXPECT_TRUE(exists("run/summary.json"));
  succeed({"report", "run", "--out", "report.html"});
}

}  // namespace
}  // namespace wordbridge
