#include <cmath>

#include "tests/cli/cli_test.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;

class LanguageModelsCliTest : public CliTest {
 protected:
  void train(const std::string& out, Arguments overrides) const {
    Arguments arguments = {"train", "small.yaml", "model.type=ngram", "--out", out};
    arguments.insert(arguments.end(), overrides.begin(), overrides.end());
    succeed(arguments);
  }
  double test_perplexity(const std::string& run) const {
    return json(run + "/summary.json").at("results").at("test_perplexity").get<double>();
  }
  /// The perplexity in the line of `what` in the output of `score`.
  static double scored(const std::string& output, const std::string& what = "all tokens") {
    const auto at = output.find("perplexity, " + what);
    EXPECT_NE(at, std::string::npos) << output;
    return std::stod(output.substr(at + 12 + what.size()));
  }
};

TEST_F(LanguageModelsCliTest, NgramsOfAllKindsAreTrainedAndScoreTheirText) {
  for (const Arguments& kind :
       {Arguments{"model.ngram.order=3"},
        {"model.ngram.order=3", "model.ngram.interpolate=false", "model.ngram.min_counts=[1,1,2]"},
        {"model.ngram.smoothing=witten-bell"},
        {"model.ngram.smoothing=good-turing", "model.ngram.interpolate=false"},
        {"model.ngram.smoothing=jelinek-mercer", "model.ngram.order=3"},
        {"model.ngram.classes.count=4", "model.ngram.order=3"}}) {
    Arguments arguments = kind;
    arguments.emplace_back("--overwrite");
    train("run", arguments);
    EXPECT_LT(test_perplexity("run"), 9) << kind.front();
    EXPECT_GT(test_perplexity("run"), 3) << kind.front();
    const auto result = succeed({"score", "run", "--split", "test"});
    EXPECT_NEAR(scored(result.out), test_perplexity("run"), 1e-3);
  }
  EXPECT_TRUE(exists("run/token_scores.wb") && exists("run/model.wb") && exists("run/classes.tsv"));
  EXPECT_FALSE(exists("run/vectors.txt"));
  EXPECT_THAT(content("run/metrics.jsonl"), HasSubstr("\"final\":true"));
}

TEST_F(LanguageModelsCliTest, TheSameBytesOnAnyNumberOfThreads) {
  for (const Arguments& kind : {Arguments{"model.ngram.order=4"},
                                {"model.ngram.smoothing=jelinek-mercer"},
                                {"model.ngram.classes.count=5"}}) {
    Arguments one = kind, three = kind;
    one.insert(one.end(), {"threads=1", "--overwrite"});
    three.insert(three.end(), {"threads=3", "--overwrite"});
    train("one", one);
    train("three", three);
    for (const char* file : {"model.wb", "token_scores.wb", "metrics.jsonl"})
      EXPECT_EQ(content(std::string("one/") + file), content(std::string("three/") + file)) << file;
  }
}

TEST_F(LanguageModelsCliTest, AModelWithoutVectorsHasAReportButNoNeighbors) {
  train("run", {"model.ngram.order=2"});
  succeed({"train", "small.yaml", "model.type=pca", "--out", "pca"});
  succeed({"report", "run", "pca", "-o", "report.md"});
  EXPECT_THAT(content("report.md"), HasSubstr("test perplexity"));
  succeed({"report", "run", "-o", "report.html"});
  fail({"neighbors", "run", "man"}, {"the run's model has no word vectors", "wordbridge score"});
}

TEST_F(LanguageModelsCliTest, ScoresAnyText) {
  train("run", {"model.ngram.order=3"});
  write("other.txt", "the man eats a zebra .\n");
  const auto result = succeed({"score", "run", "other.txt", "--tokens", "--json", "scores.json"});
  EXPECT_THAT(result.out, HasSubstr("man\t-"));
  EXPECT_THAT(result.out, HasSubstr("<unk>\t-"));
  const auto scores = json("scores.json");
  EXPECT_EQ(scores.at("all tokens").at("tokens"), 6);
  EXPECT_EQ(scores.at("known words").at("tokens"), 5);
  EXPECT_LT(scores.at("known words").at("perplexity").get<double>(),
            scores.at("all tokens").at("perplexity").get<double>());
  double nats = 0;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);)
    if (const auto tab = line.find('\t'); tab != line.npos) nats -= std::stod(line.substr(tab));
  EXPECT_NEAR(nats, scores.at("all tokens").at("nats").get<double>(), 1e-4);
  EXPECT_NEAR(std::exp(nats / 6), scores.at("all tokens").at("perplexity").get<double>(), 1e-2);
  // Settings of the data section can be overridden.
  write("upper.txt", "THE MAN EATS A ZEBRA .\n");
  EXPECT_EQ(succeed({"score", "run", "upper.txt", "data.tokenizer.lowercase=true"}).out,
            succeed({"score", "run", "other.txt"}).out);
  fail({"score", "run", "other.txt", "--unknown-as-fitting"},
       {"--unknown-as-fitting is now --oov-from-context"}, 2);
}

TEST_F(LanguageModelsCliTest, AnArpaFileIsTheSameModel) {
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

TEST_F(LanguageModelsCliTest, GeneratesSeededText) {
  train("run", {"model.ngram.order=3"});
  const auto text = [&](Arguments more) {
    Arguments arguments = {"generate", "run", "--length", "40"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return succeed(arguments).out;
  };
  EXPECT_EQ(text({"--seed", "1"}), text({"--seed", "1"}));
  EXPECT_NE(text({"--seed", "1"}), text({"--seed", "2"}));
  EXPECT_EQ(text({"--temperature", "0"}), text({"--top-k", "1", "--seed", "5"}));
  EXPECT_THAT(text({"--prompt", "the man eats"}), testing::StartsWith("the man eats "));
  EXPECT_THAT(text({"--prompt", "the man", "--stop", "."}), testing::EndsWith(" .\n"));
  EXPECT_NE(text({"--count", "2"}).find('\n'), text({"--count", "2"}).size() - 1);
  fail({"generate", "run", "--stop", "zebra"}, {"not in the model's vocabulary"}, 2);
}

TEST_F(LanguageModelsCliTest, MixesRunsFromWhatTheyKept) {
  train("trigram", {"model.ngram.smoothing=jelinek-mercer", "model.ngram.order=3"});
  train("kn", {"model.ngram.order=2"});
  succeed({"train", "small.yaml", "model.type=cache", "model.cache.window=30", "--out", "cache"});
  const Arguments mixture = {"train", "small.yaml", "model.type=mixture",
                             "model.mixture.components=[trigram,kn,cache]",
                             "model.mixture.em_iterations=20000"};
  for (const char* weights : {"fixed", "likelihood", "bins"}) {
    Arguments arguments = mixture;
    arguments.insert(arguments.end(), {std::string("model.mixture.weights=") + weights, "--out",
                                       std::string("mix-") + weights});
    succeed(arguments);
    const auto run = std::string("mix-") + weights;
    EXPECT_NEAR(scored(succeed({"score", run, "--split", "test"}).out), test_perplexity(run), 2e-3);
  }
  const auto valid = [&](const std::string& run) {
    return json(run + "/summary.json").at("results").at("valid_perplexity").get<double>();
  };
  EXPECT_LE(valid("mix-likelihood"), valid("mix-fixed") + 1e-9);
  EXPECT_LE(valid("mix-likelihood"), valid("trigram") + 1e-6);
  EXPECT_LE(valid("mix-likelihood"), valid("kn") + 1e-6);
  succeed({"generate", "mix-bins", "--length", "5"});
  // Mixtures can be components of a mixture.
  succeed({"train", "small.yaml", "model.type=mixture",
           "model.mixture.components=[mix-bins,mix-fixed]", "--out", "mix-mix"});
  EXPECT_NEAR(scored(succeed({"score", "mix-mix", "--split", "valid"}).out), valid("mix-mix"),
              2e-3);
}

TEST_F(LanguageModelsCliTest, RefusesWhatCanNotBeMixed) {
  train("kn", {"model.ngram.order=2"});
  train("short", {"model.ngram.order=2", "data.split.train=0.7"});
  succeed({"train", "small.yaml", "model.type=pca", "--out", "pca"});
  const auto mix = [](const std::string& components, const std::string& more = "seed=1") {
    return Arguments{"train", "small.yaml", "model.type=mixture",
                     "model.mixture.components=" + components, more};
  };
  fail(mix("[kn]"), {"a mixture needs at least two components"});
  fail(mix("[kn,pca]"), {"'pca' is not a complete run of a language model"});
  fail(mix("[kn,gone]"), {"'gone' is not a complete run"});
  fail(mix("[kn,short]"), {"scored on different data", "short"});
  Arguments fixed = mix("[kn,kn]", "model.mixture.fixed=[0.5,0.6]");
  fixed.emplace_back("model.mixture.weights=fixed");
  fail(fixed, {"must sum to 1"});
}

TEST_F(LanguageModelsCliTest, BadModelsAndTextsAreRefused) {
  train("run", {"model.ngram.order=3"});
  succeed({"train", "small.yaml", "model.type=pca", "--out", "pca"});
  fail({"score", "gone", "text.txt"}, {"model not found", "gone"});
  fail({"score", "pca", "text.txt"}, {"not a language model", "pca"});
  fail({"score", "run", "gone.txt"}, {"gone.txt"});
  write("empty.txt", "\n");
  fail({"score", "run", "empty.txt"}, {"no tokens"});
  fail({"score", "run"}, {"nothing to score"}, 2);
  succeed({"arpa", "run", "-o", "model.arpa"});
  const std::string arpa = content("model.arpa");
  write("cut.arpa", arpa.substr(0, arpa.size() / 2));
  fail({"score", "cut.arpa", "text.txt"}, {"cut.arpa:"});
  write("cut.wb", content("run/model.wb").substr(0, 500));
  fail({"score", "cut.wb", "text.txt"}, {"cut.wb"});
  fail({"arpa", "pca", "-o", "x.arpa"}, {"not a language model"});
  train("classes", {"model.ngram.classes.count=3"});
  fail({"arpa", "classes", "-o", "x.arpa"}, {"can't be written as an ARPA file"});
}

TEST_F(LanguageModelsCliTest, ImpossibleOptionsAreRefused) {
  int count = 0;
  const auto ngram = [&](const std::string& one, const std::string& two = "seed=1") {
    return Arguments{"train",
                     "small.yaml",
                     "model.type=ngram",
                     one,
                     two,
                     "--out",
                     "run-" + std::to_string(++count)};
  };
  fail(ngram("model.ngram.order=17"), {"order"});
  fail(ngram("model.ngram.boundary=nowhere"), {"not in the vocabulary", "nowhere"});
  fail(ngram("model.ngram.min_counts=[1,3,2]"), {"must not decrease"});
  fail(ngram("model.ngram.min_counts=[2,2]"), {"data.vocabulary"});
  fail(ngram("model.ngram.smoothing=jelinek-mercer", "data.split.valid=0"), {"validation split"});
  fail(ngram("model.ngram.classes.count=1000"), {"classes", "1000"});
  fail(ngram("model.ngram.classes.file=gone.tsv"), {"gone.tsv"});
  fail(ngram("model.ngram.smooothing=x"), {"did you mean model.ngram.smoothing"});
}

#ifdef WB_HAS_TORCH
TEST_F(LanguageModelsCliTest, ANetworkIsALanguageModelToo) {
  succeed({"train", "small.yaml", "--out", "net"});
  EXPECT_NEAR(scored(succeed({"score", "net", "--split", "test"}).out), test_perplexity("net"),
              1e-3);
  EXPECT_EQ(succeed({"generate", "net", "--seed", "3"}).out,
            succeed({"generate", "net", "--seed", "3"}).out);
  train("kn", {"model.ngram.order=3"});
  succeed({"train", "small.yaml", "model.type=mixture", "model.mixture.components=[net,kn]",
           "--out", "mix"});
  EXPECT_NEAR(scored(succeed({"score", "mix", "--split", "test"}).out), test_perplexity("mix"),
              2e-3);
  EXPECT_THAT(succeed({"compare", "net", "kn", "mix"}).out, HasSubstr("perplexity"));
}
#endif

}  // namespace
}  // namespace wordbridge
