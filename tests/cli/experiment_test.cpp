#include <cmath>

#include "tests/cli/cli_test.h"
#include "tests/support/archives.h"

// Experiments as users run them, with the models that do not need LibTorch.

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ExperimentTest : public CliTest {
 protected:
  /// Trains a PCA model with these settings, and returns its vector file.
  std::string pca(const Arguments& settings) const { return pca(settings, options()); }
  std::string pca(const Arguments& settings, const ProcessOptions& options) const {
    Arguments arguments = {"train", "small.yaml", "model.type=pca", "--overwrite", "--out", "pca"};
    arguments.insert(arguments.end(), settings.begin(), settings.end());
    succeed(arguments, options);
    return content("pca/vectors.txt");
  }
};

TEST_F(ExperimentTest, HelpExplainsTheProgram) {
  EXPECT_THAT(succeed({"--help"}).out, HasSubstr("wordbridge train"));
  EXPECT_THAT(succeed({"--version"}).out, StartsWith("wordbridge "));
  EXPECT_THAT(succeed({"train", "--help"}).out, HasSubstr("--stop-after-epoch"));
  for (const char* const model : {"nplm", "pca"}) {
    EXPECT_THAT(succeed({"models"}).out, HasSubstr(model));
    EXPECT_THAT(succeed({"models", model}).out, StartsWith(model));
  }
  EXPECT_THAT(succeed({"keys"}).out, HasSubstr("`train.schedule.warmup_steps` | integer | `200`"));
  EXPECT_THAT(succeed({"train", "small.yaml", "--explain"}).out, HasSubstr("# "));
}

TEST_F(ExperimentTest, OneSeedGivesTheSameBytes) {
  const Arguments train = {"train", "small.yaml", "model.type=pca", "model.pca.solver=randomized"};
  for (const char* const folder : {"a", "b"}) {
    Arguments arguments = train;
    arguments.insert(arguments.end(), {"--out", folder});
    succeed(arguments);
  }
  expect_same_run("a", "b");
  succeed({"train", "small.yaml", "model.type=pca", "model.pca.solver=randomized", "threads=2",
           "--out", "c"});
  expect_same_run("a", "c");
}

TEST_F(ExperimentTest, OverridesAloneMakeARun) {
  succeed({"train", "data.path=text.txt", "model.type=pca", "model.pca.dim=3",
           "data.vocabulary.min_count=1"});
  EXPECT_THAT(content("runs/run/vectors.txt"), HasSubstr(" 3\n"));
}

TEST_F(ExperimentTest, ADryRunWritesNoRun) {
  const auto result = succeed({"train", "small.yaml", "model.type=pca", "--dry-run"});
  EXPECT_THAT(result.err, HasSubstr("memory"));
  EXPECT_FALSE(exists("runs"));
}

TEST_F(ExperimentTest, ADumpedConfigurationGivesTheSameRun) {
  succeed({"train", "small.yaml", "model.type=pca", "model.pca.transform=ppmi", "--out", "a"});
  const auto dump = succeed(
      {"train", "small.yaml", "model.type=pca", "model.pca.transform=ppmi", "--dump-config"});
  write("elsewhere/dump.yaml", dump.out);
  succeed({"train", "elsewhere/dump.yaml", "--out", "b"});
  expect_same_run("a", "b");
  EXPECT_EQ(content("a/config.yaml"), dump.out);
  EXPECT_EQ(content("b/config.yaml"), dump.out);
}

TEST_F(ExperimentTest, ExplainSaysWhyASettingWasChosen) {
  const auto explained = succeed({"train", "data.path=text.txt", "--explain"});
  EXPECT_THAT(explained.out, HasSubstr("# chosen: for "));
  EXPECT_FALSE(exists("runs"));
  // Without a text, only what the settings mean.
  const auto unread = succeed({"train", "data.path=missing.txt", "--explain"});
  EXPECT_THAT(unread.out, HasSubstr("epochs: auto"));
  EXPECT_THAT(unread.err, HasSubstr("missing.txt"));
}

TEST_F(ExperimentTest, ASweepOfChosenSettingsIsComplete) {
  const Arguments sweep = {"sweep",
                           "data.path=text.txt",
                           "model.type=word2vec",
                           "threads=1",
                           "model.word2vec.dim=3,4",
                           "--no-report",
                           "--out",
                           "sweep"};
  succeed(sweep);
  const auto before = content("sweep/dim=3/config.yaml");
  EXPECT_THAT(before, Not(HasSubstr("epochs: auto")));
  succeed(sweep);  // nothing is left to train, and nothing contradicts
  EXPECT_EQ(content("sweep/dim=3/config.yaml"), before);
}

TEST_F(ExperimentTest, PcaExplainsVarianceOnlyIfItIsCentered) {
  const auto log = [&](const std::string& center) {
    return succeed({"train", "small.yaml", "model.type=pca", "model.pca.center=" + center, "--out",
                    "center-" + center})
        .err;
  };
  EXPECT_THAT(log("true"), HasSubstr("% of the variance\n"));
  EXPECT_THAT(log("false"), HasSubstr("% of the squared length (without centring"));
}

TEST_F(ExperimentTest, EverySourceOfOneTextGivesTheSameVectors) {
  const std::string plain = pca({});
  const std::string text = content("text.txt");
  ProcessOptions piped = options();
  piped.input = text;
  EXPECT_EQ(pca({"data.path=-"}, piped), plain);
  write_compressed((folder_ / "text.gz").string(), text, archive_write_add_filter_gzip);
  EXPECT_EQ(pca({"data.path=text.gz"}), plain);
  write_zip((folder_ / "text.zip").string(), {{"inner.txt", text}});
  EXPECT_EQ(pca({"data.path=text.zip"}), plain);
  // Two documents: context windows have to cross their border.
  const auto half = text.find('\n', text.size() / 2) + 1;
  write("folder/1.txt", text.substr(0, half));
  write("folder/2.txt", text.substr(half));
  EXPECT_EQ(pca({"data.path=folder", "model.pca.counts.cross_documents=true"}), plain);
  EXPECT_EQ(
      pca({"data.path=[folder/1.txt, folder/2.txt]", "model.pca.counts.cross_documents=true"}),
      plain);
  EXPECT_EQ(json("pca/manifest.json").at("data").at("documents"), 2);
}

TEST_F(ExperimentTest, EveryFormOfTheVectorsScoresTheSame) {
  write("pairs.tsv", "dog\tcat\t9\nman\twoman\t8\nman\tapple\t1\neats\tsees\t7\nthe\tdog\t2\n");
  write("questions.txt", ": all\nman woman dog cat\nthe a man woman\n");
  const auto scores = [&](const std::string& vectors) {
    succeed({"eval", vectors, "--similarity", "pairs.tsv", "--analogy", "questions.txt",
             "--neighbors", "dog", "--json", "scores.json", "--report", "report.md"});
    return json("scores.json").at(vectors).at("scores");
  };
  const std::string text = pca({"name=text"});
  const auto expected = scores("pca");
  EXPECT_EQ(expected.at(0).at("used"), 5);
  EXPECT_TRUE(expected.at(0).at("spearman").is_number());
  EXPECT_THAT(content("report.md"), HasSubstr("| "));
  EXPECT_EQ(scores("pca/vectors.txt"), expected);
  for (const char* const form : {"binary", "mapped"}) {
    pca({"vectors=" + std::string(form)});
    EXPECT_EQ(scores("pca"), expected) << form;
    EXPECT_EQ(scores(form == std::string("binary") ? "pca/vectors.bin" : "pca/vectors.wbv"),
              expected);
  }
  // The same scores with a configuration that has only an eval: section, and within a run.
  write("eval.yaml", "eval: {similarity: pairs.tsv, analogy: questions.txt, neighbors: dog}\n");
  succeed({"eval", "pca", "--config", "eval.yaml", "--json", "scores.json"});
  EXPECT_EQ(json("scores.json").at("pca").at("scores"), expected);
  pca({"eval={similarity: pairs.tsv, analogy: questions.txt, neighbors: dog}"});
  EXPECT_EQ(json("pca/eval.json"), expected);
}

TEST_F(ExperimentTest, SeedsAreSummarised) {
  write("pairs.tsv", "dog\tcat\t9\nman\twoman\t8\nman\tapple\t1\neats\tsees\t7\n");
  succeed({"train", "small.yaml", "--seeds", "1,2,5", "model.type=pca", "eval.similarity=pairs.tsv",
           "--out", "seeds"});
  const auto summary = json("seeds/summary.json");
  EXPECT_EQ(summary.at("seeds"), (nlohmann::json{1, 2, 5}));
  const auto& result = summary.at("results").at("explained_variance_ratio");
  EXPECT_EQ(result.at("runs"), 3);
  // PCA is exact, so all seeds agree.
  const auto one = json("seeds/seed-5/summary.json").at("results").at("explained_variance_ratio");
  EXPECT_NEAR(result.at("sd").get<double>(), 0, 1e-12);
  EXPECT_NEAR(result.at("mean").get<double>(), one.get<double>(), 1e-12);
  EXPECT_TRUE(summary.at("results").contains("similarity pairs spearman"));
}

TEST_F(ExperimentTest, NeighborsAndAnalogiesArePrinted) {
  write("vectors.txt", "king 1 1 0\nqueen 1 0.2 1\nman 0 1 0\nwoman 0 0.2 1\ncat -1 0 0\n");
  const auto neighbors = succeed({"neighbors", "vectors.txt", "king", "king - man + woman", "-k2"});
  EXPECT_THAT(neighbors.out, StartsWith("king\n  "));
  EXPECT_THAT(neighbors.out, HasSubstr("king - man + woman\n"));
  const auto analogy = succeed({"analogy", "vectors.txt", "man", "king", "woman", "-k", "1"});
  EXPECT_THAT(analogy.out, StartsWith("man : king :: woman : ?\n"));
  EXPECT_THAT(analogy.out, HasSubstr("  queen\n"));
}

TEST_F(ExperimentTest, ApproximateNeighborsSayHowGoodTheyAre) {
  write("vectors.txt", "king 1 1 0\nqueen 1 0.2 1\nman 0 1 0\nwoman 0 0.2 1\ncat -1 0 0\n");
  const Arguments asked = {"neighbors", "vectors.txt", "king", "king - man + woman", "-k2"};
  Arguments approximate = asked;
  approximate.push_back("--approximate");
#ifdef WB_HAS_FAISS
  EXPECT_EQ(succeed(approximate).out,
            succeed(asked).out + "recall@2 1.000 against exact search, mean over 5 words\n");
#else
  fail(approximate, {"built without FAISS", "scripts/setup --faiss"});
  approximate[1] = "gone.txt";
  fail(approximate, {"built without FAISS"});  // fails before reading
#endif
}

TEST_F(ExperimentTest, APipeGetsPlainLines) {
  const auto result = succeed({"train", "small.yaml", "model.type=pca"});
  EXPECT_THAT(result.err, HasSubstr("complete"));
  for (const std::string& text : {result.out, result.err, content("runs/small/log.txt")}) {
    EXPECT_THAT(text, Not(HasSubstr("\r")));
    EXPECT_THAT(text, Not(HasSubstr("\033")));
  }
  EXPECT_EQ(succeed({"-q", "train", "small.yaml", "model.type=pca", "--out", "quiet"}).err, "");
}

}  // namespace
}  // namespace wordbridge
