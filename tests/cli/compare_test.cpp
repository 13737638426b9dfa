#include <cmath>

#include "data/corpus/open_corpus.h"
#include "data/corpus/token_scores.h"
#include "tests/cli/cli_test.h"

// Tests of `wordbridge compare` with runs that need no tensors and hand-written token scores.

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CompareTest : public CliTest {
 protected:
  CompareTest() {
    write("pairs.tsv",
          "man\twoman\t9\napple\torange\t8\ndog\tcat\t8\neats\tsees\t5\nman\tapple\t2\n"
          "the\ta\t7\nlikes\tcat\t1\nman\tunicorn\t3\n");
    write("questions.txt",
          ": kinds\nman woman dog cat\napple orange man woman\n"
          ": gram\neats sees likes eats\nman woman dog unicorn\n");
  }
  void train(const std::string& out, const Arguments& more = {}) const {
    Arguments arguments = {"-q", "train", "small.yaml", "model.type=pca", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    succeed(arguments);
  }
  void train_scored(const std::string& out, const Arguments& more = {}) const {
    Arguments arguments = {"eval.similarity=pairs.tsv", "eval.analogy=questions.txt"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    train(out, arguments);
  }
  /// Token scores of a language model for four tokens; the last word does not occur in the training
  /// split.
  static TokenScores four_tokens(const std::vector<float>& log_probs) {
    TokenScores scores;
    scores.stream_sha256 = "stream";
    scores.vocabulary_sha256 = "vocabulary";
    scores.valid_span = {10, 12};
    scores.test_span = {12, 16};
    scores.valid = {{-1, -2}, {1, 1}};
    scores.test = {log_probs, {1, 1, 1, 0}};
    return scores;
  }
  void keep(const std::string& run, const TokenScores& scores) const {
    scores.save(folder_ / (run + "/token_scores.wb"));
  }
  /// The comparison as JSON.
  nlohmann::json compare(Arguments arguments) const {
    arguments.insert(arguments.begin(), "compare");
    arguments.insert(arguments.end(), {"--json", "c.json"});
    succeed(arguments);
    return json("c.json");
  }
  static nlohmann::json test_of(const nlohmann::json& content, const std::string& score) {
    for (const auto& test : content.at("tests"))
      if (test.at("score") == score) return test;
    ADD_FAILURE() << "no test of " << score << " in " << content.dump(1);
    return {};
  }
};

TEST_F(CompareTest, SettingsScoresAndTestsSideBySide) {
  train_scored("runs/a");
  train_scored("runs/b", {"model.pca.dim=1", "seed=7"});
  const auto content = compare({"runs/a", "runs/b"});
  EXPECT_EQ(content["runs"][1]["label"], "b");
  EXPECT_EQ(content["configuration"],
            nlohmann::json::parse(R"([{"key": "seed", "values": ["1", "7"]},
                                      {"key": "model.pca.dim", "values": ["4", "1"]}])"));
  EXPECT_TRUE(content["origin"].empty()) << content["origin"];
  EXPECT_TRUE(content["not_compared"].empty()) << content["not_compared"];
  ASSERT_EQ(content["tests"].size(), 4u);
  const auto evals = std::vector{json("runs/a/eval.json"), json("runs/b/eval.json")};
  const auto spearman = test_of(content, "pairs spearman");
  EXPECT_NEAR(spearman["first_value"].get<double>(), evals[0][0]["spearman"].get<double>(), 1e-6);
  EXPECT_NEAR(spearman["second_value"].get<double>(), evals[1][0]["spearman"].get<double>(), 1e-6);
  EXPECT_EQ(spearman["items"], 7);
  EXPECT_EQ(spearman["total"], 8);
  EXPECT_LE(spearman["low"], spearman["difference"]);
  EXPECT_GE(spearman["high"], spearman["difference"]);
  const auto add = test_of(content, "questions 3CosAdd");
  EXPECT_EQ(add["first_value"], evals[0][1]["accuracy_add"]);
  EXPECT_EQ(add["second_value"], evals[1][1]["accuracy_add"]);
  EXPECT_EQ(add["items"], 3);
  EXPECT_EQ(add["p_holm"], nullptr) << "the only test of its kind";
  EXPECT_THAT(content["notes"].dump(), HasSubstr("too narrow"));
  bool found = false;
  for (const auto& score : content["scores"]) {
    if (score["name"] != "similarity pairs spearman") continue;
    found = true;
    EXPECT_EQ(score["cells"][0]["mean"], evals[0][0]["spearman"]);
    EXPECT_NEAR(score["differences"][1].get<double>(),
                evals[1][0]["spearman"].get<double>() - evals[0][0]["spearman"].get<double>(),
                1e-12);
  }
  EXPECT_TRUE(found) << content["scores"].dump(1);
}

TEST_F(CompareTest, EqualRunsDoNotDiffer) {
  train_scored("runs/a");
  train_scored("runs/b");
  keep("runs/a", four_tokens({-1, -2, -3, -4}));
  keep("runs/b", four_tokens({-1, -2, -3, -4}));
  const auto content = compare({"runs/a", "runs/b", "--resamples", "500"});
  EXPECT_TRUE(content["configuration"].empty());
  ASSERT_EQ(content["tests"].size(), 5u);
  for (const auto& test : content["tests"]) {
    EXPECT_EQ(test["difference"], 0) << test;
    EXPECT_EQ(test["low"], 0) << test;
    EXPECT_EQ(test["high"], 0) << test;
    EXPECT_EQ(test["p"], 1) << test;
  }
  EXPECT_THAT(succeed({"compare", "runs/a", "runs/b"}).out, HasSubstr("nothing"));
}

TEST_F(CompareTest, PerplexitiesByToken) {
  train("runs/a");
  train("runs/b");
  keep("runs/a", four_tokens({-1, -2, -3, -6}));
  keep("runs/b", four_tokens({-1.5f, -1, -2.5f, -8}));
  const auto all = test_of(compare({"runs/a", "runs/b"}), "test perplexity");
  EXPECT_NEAR(all["first_value"].get<double>(), std::exp(3), 1e-9);
  EXPECT_NEAR(all["second_value"].get<double>(), std::exp(13 / 4.0), 1e-9);
  EXPECT_NEAR(all["difference"].get<double>(), 0.25, 1e-12);
  EXPECT_NEAR(all["ratio"].get<double>(), std::exp(0.25), 1e-12);
  EXPECT_EQ(all["better"], "lower");
  EXPECT_EQ(all["items"], 4);
  EXPECT_NEAR(all["ratio_high"].get<double>(), std::exp(all["high"].get<double>()), 1e-12);
  const auto seen =
      test_of(compare({"runs/a", "runs/b", "--seen"}), "test perplexity of words seen");
  EXPECT_NEAR(seen["difference"].get<double>(), -1 / 3.0, 1e-12);
  EXPECT_EQ(seen["items"], 3);
  EXPECT_EQ(seen["total"], 4);
  const auto valid = test_of(compare({"runs/a", "runs/b", "--split", "valid"}), "valid perplexity");
  EXPECT_EQ(valid["items"], 2);
  EXPECT_EQ(valid["p"], 1);
}

TEST_F(CompareTest, BlocksOfTokensAreAtLeastForty) {
  train("runs/a");
  train("runs/b");
  TokenScores scores = four_tokens({});
  scores.test_span = {12, 212};
  scores.test.seen.assign(200, 1);
  for (int i = 0; i < 200; ++i) scores.test.log_prob.push_back(i / 20 % 2 == 0 ? -1 : -2);
  keep("runs/a", scores);
  scores.test.log_prob.assign(200, -1);
  keep("runs/b", scores);
  const auto blocks = test_of(compare({"runs/a", "runs/b"}), "test perplexity");
  EXPECT_EQ(blocks["block"], 5);
  const auto single = test_of(compare({"runs/a", "runs/b", "--block", "1"}), "test perplexity");
  EXPECT_EQ(single["block"], 1);
  const auto width = [](const nlohmann::json& test) {
    return test["high"].get<double>() - test["low"].get<double>();
  };
  EXPECT_GT(width(blocks), 1.5 * width(single));
  EXPECT_THAT(succeed({"compare", "runs/a", "runs/b"}).out, HasSubstr("in blocks of 5"));
}

TEST_F(CompareTest, MeanOverSimilarityBenchmarksIsTested) {
  write("three.tsv", "man\twoman\t9\ndog\tcat\t8\nman\tapple\t2\n");
  const std::string benchmarks = "eval.similarity=[pairs.tsv, three.tsv]";
  train("runs/a", {benchmarks});
  train("runs/b", {benchmarks, "model.pca.dim=2"});
  const auto content = compare({"runs/a", "runs/b", "--resamples", "200"});
  const auto mean = test_of(content, "mean over pairs spearman");
  EXPECT_EQ(mean["items"], 10);
  EXPECT_EQ(mean["total"], 11);
  for (const auto* value : {"first_value", "second_value"}) {
    const double seven = test_of(content, "pairs spearman")[value],
                 three = test_of(content, "three spearman")[value];
    EXPECT_NEAR(mean[value].get<double>(), (7 * seven + 3 * three) / 10, 1e-12);
  }
  EXPECT_EQ(mean["kind"], "mean spearman");
}

TEST_F(CompareTest, WhatCantBeComparedIsSaidAndTheRestGoesOn) {
  train_scored("runs/a");
  train("runs/b", {"eval.similarity=pairs.tsv"});
  write("other/pairs.tsv", "man\twoman\t9\napple\torange\t8\n");
  train("runs/c", {"eval.similarity=other/pairs.tsv", "eval.analogy=questions.txt"});
  const auto keep_changed = [&](const std::string& run, const auto& change) {
    auto scores = four_tokens({-1, -2, -3, -4});
    change(scores);
    keep(run, scores);
  };
  keep_changed("runs/a", [](auto&) {});
  keep_changed("runs/b", [](auto& scores) { scores.vocabulary_sha256 = "other"; });
  keep_changed("runs/c", [](auto& scores) { scores.stream_sha256 = "other"; });
  const auto result = succeed({"compare", "runs/a", "runs/b", "runs/c", "--resamples", "100"});
  EXPECT_THAT(result.out, HasSubstr("a and b, test perplexity: their vocabularies differ"));
  EXPECT_THAT(result.out, HasSubstr("a and c, test perplexity: their corpora differ"));
  EXPECT_THAT(result.out, HasSubstr("a and b, questions: b was not scored on this benchmark"));
  EXPECT_THAT(
      result.out,
      HasSubstr("a and c, pairs: the benchmark files of this name contain different items"));
  EXPECT_THAT(result.out, HasSubstr("pairs spearman: higher is better"));
  EXPECT_THAT(result.out, HasSubstr("questions 3CosMul: higher is better"));
  keep_changed("runs/b", [](auto& scores) { scores.valid_span = {9, 11}; });
  EXPECT_THAT(succeed({"compare", "runs/a", "runs/b"}).out, HasSubstr("their splits differ"));
  keep("runs/b", four_tokens({-1, -2, -INFINITY, -4}));
  EXPECT_THAT(succeed({"compare", "runs/a", "runs/b"}).out,
              HasSubstr("b: it assigns a token no probability"));
  std::filesystem::remove(folder_ / "runs/b/token_scores.wb");
  std::filesystem::remove(folder_ / "runs/b/eval_items.wb");
  const auto old = succeed({"compare", "runs/a", "runs/b"});
  EXPECT_THAT(old.out, HasSubstr("b: it has no token scores (token_scores.wb)"));
  EXPECT_THAT(old.out, HasSubstr("b: it has no item scores (eval_items.wb)"));
}

TEST_F(CompareTest, ThreeRunsAreAdjustedByHolm) {
  for (const char* const run : {"runs/a", "runs/b", "runs/c"}) train(run);
  keep("runs/a", four_tokens({-1, -2, -3, -4}));
  keep("runs/b", four_tokens({-1.2f, -2.2f, -3.2f, -4.2f}));
  keep("runs/c", four_tokens({-1, -2, -3, -4}));
  const auto content = compare({"runs/a", "runs/b", "runs/c"});
  ASSERT_EQ(content["tests"].size(), 2u);
  EXPECT_NEAR(content["tests"][0]["p"].get<double>(), 2.0 / 10001, 1e-12);
  EXPECT_NEAR(content["tests"][0]["p_holm"].get<double>(), 4.0 / 10001, 1e-12);
  EXPECT_EQ(content["tests"][1]["p_holm"], 1);
  const auto all = compare({"runs/a", "runs/b", "runs/c", "--all-pairs"});
  ASSERT_EQ(all["tests"].size(), 3u);
  EXPECT_EQ(all["tests"][2]["first"], 1);
  EXPECT_EQ(all["tests"][2]["second"], 2);
}

TEST_F(CompareTest, SeveralSeedsAreOneRunAndTheirItemsAveraged) {
  const Arguments scored = {"--seeds", "1,2", "model.pca.solver=randomized"};
  train_scored("runs/a", scored);
  train_scored("runs/b");
  keep("runs/a/seed-1", four_tokens({-1, -2, -3, -4}));
  keep("runs/a/seed-2", four_tokens({-2, -2, -3, -1}));
  keep("runs/b", four_tokens({-1, -1, -1, -1}));
  const auto content = compare({"runs/a", "runs/b"});
  EXPECT_THAT(content["runs"][0]["seeds"], ElementsAre(1, 2));
  EXPECT_EQ(content["configuration"][0]["values"], nlohmann::json({"1, 2", "1"}));
  const auto test = test_of(content, "test perplexity");
  EXPECT_NEAR(test["first_value"].get<double>(), std::exp((1.5 + 2 + 3 + 2.5) / 4), 1e-9);
  EXPECT_NEAR(test["difference"].get<double>(), 1 - 9 / 4.0, 1e-12);
  EXPECT_EQ(content["scores"][0]["cells"][0]["n"], 2);
  EXPECT_THAT(content["notes"].dump(), HasSubstr("averaged over the seeds of a run"));
  double mean = 0;
  for (const char* const seed : {"1", "2"})
    mean += json("runs/a/seed-" + std::string(seed) + "/eval.json")[0]["pearson"].get<double>() / 2;
  EXPECT_NEAR(test_of(content, "pairs pearson")["first_value"].get<double>(), mean, 1e-6);
  auto other = four_tokens({-1, -1, -1, -1});
  other.stream_sha256 = "other";
  keep("runs/a/seed-2", other);
  EXPECT_THAT(succeed({"compare", "runs/a", "runs/b"}).out,
              HasSubstr("its seeds can't be averaged: their corpora differ"));
}

TEST_F(CompareTest, WordsThatGainAndLose) {
  train("runs/a");
  train("runs/b");
  DataOptions data;
  data.source.paths = {(folder_ / "text.txt").string()};
  data.tokenizer.type = TokenizerType::whitespace;
  data.split.train = 0.8, data.split.valid = 0.1, data.split.test = 0.1;
  data.vocabulary.min_count = 1;
  data.vocabulary.unknown.clear();
  data.cache = "none";
  const Corpus corpus = open_corpus(data);
  auto scores = TokenScores::of(corpus);
  scores.valid.log_prob.assign(scores.valid.seen.size(), -1);
  scores.test.log_prob.assign(scores.test.seen.size(), -1);
  keep("runs/a", scores);
  double men = 0;
  for (std::size_t i = 0; i < scores.test.log_prob.size(); ++i) {
    const auto& word =
        corpus.vocabulary().word(corpus.ids()[corpus.test().begin + static_cast<std::int64_t>(i)]);
    if (word == "man") scores.test.log_prob[i] = -0.5f, ++men;
    if (word == "dog") scores.test.log_prob[i] = -3;
  }
  ASSERT_GT(men, 0);
  keep("runs/b", scores);
  const auto words = compare({"runs/a", "runs/b", "--words", "3"})["words"][0];
  ASSERT_EQ(words["gained"].size(), 1u);
  EXPECT_EQ(words["gained"][0]["word"], "man");
  EXPECT_EQ(words["gained"][0]["count"], men);
  EXPECT_NEAR(words["gained"][0]["nats"].get<double>(), men / 2, 1e-9);
  ASSERT_EQ(words["lost"].size(), 1u);
  EXPECT_EQ(words["lost"][0]["word"], "dog");
  EXPECT_THAT(succeed({"compare", "runs/a", "runs/b", "--words", "3"}).out,
              HasSubstr("Words on which b is better"));
  write("text.txt", "another text\n");
  EXPECT_THAT(succeed({"compare", "runs/a", "runs/b", "--words", "3"}).out, HasSubstr("unknown: "));
}

TEST_F(CompareTest, OtherForms) {
  train_scored("one/a");
  train_scored("two/a", {"eval.neighbors=[man, \"a, \\\"b\\\"\"]"});
  succeed({"compare", "one/a", "two/a", "--markdown", "c.md", "--csv", "c.csv"});
  EXPECT_THAT(content("c.md"), HasSubstr("| score"));
  EXPECT_THAT(content("c.md"), HasSubstr("one/a"));
  EXPECT_THAT(content("c.csv"), HasSubstr("part,name,first,second,"));
  EXPECT_THAT(content("c.csv"), HasSubstr("\r\ntest,pairs spearman,one/a,two/a,"));
  EXPECT_THAT(content("c.csv"), HasSubstr("\"[man, a, \"\"b\"\"]\""));
  EXPECT_EQ(compare({"one/a", "two/a"}), compare({"one/a", "two/a"})) << "the same resamples";
}

TEST_F(CompareTest, ARunThatIsNotCompleteIsSaid) {
  train_scored("runs/a");
  train_scored("runs/b");
  std::filesystem::remove(folder_ / "runs/b/summary.json");
  const auto result = succeed({"compare", "runs/a", "runs/b"});
  EXPECT_THAT(result.err, HasSubstr("runs/b is incomplete"));
  EXPECT_THAT(result.out, HasSubstr("b: it is incomplete"));
}

TEST_F(CompareTest, BadInput) {
  train_scored("runs/a");
  train_scored("runs/b");
  fail({"compare"}, {"too few runs to compare", "two or more runs"}, 2);
  fail({"compare", "runs/a"}, {"too few runs to compare", "runs/a"}, 2);
  fail({"compare", "runs/a", "runs/gone"}, {"not a run folder", "runs/gone", "wordbridge train"});
  fail({"compare", "runs/a", "runs/b/vectors.txt"}, {"not a run folder", "wordbridge eval"});
  fail({"compare", "runs/a", "runs/b", "--split", "train"}, {"--split"}, 2);
  fail({"compare", "runs/a", "runs/b", "--resamples", "7"}, {"--resamples"}, 2);
  fail({"compare", "runs/a", "runs/b", "--block", "0"}, {"--block"}, 2);
  fail({"compare", "runs/a", "runs/b", "--json", "no/folder/c.json"}, {"no/folder"});
  const auto items = content("runs/b/eval_items.wb");
  write("runs/b/eval_items.wb", items.substr(0, items.size() / 2));
  fail({"compare", "runs/a", "runs/b"}, {"damaged", "runs/b/eval_items.wb"});
  write("runs/b/eval_items.wb", items);
  write("runs/a/token_scores.wb", "something else");
  fail({"compare", "runs/a", "runs/b"}, {"not a wordbridge file", "token_scores.wb"});
  std::filesystem::remove(folder_ / "runs/a/token_scores.wb");
  write("runs/b/manifest.json", "{");
  fail({"compare", "runs/a", "runs/b"}, {"damaged", "manifest.json"});
}

TEST_F(CompareTest, ItemsAreKeptOnlyWhereThereAreSome) {
  train_scored("runs/a");
  train("runs/b");
  EXPECT_TRUE(exists("runs/a/eval_items.wb"));
  EXPECT_FALSE(exists("runs/b/eval_items.wb"));
  train("runs/a", {"--overwrite"});
  EXPECT_FALSE(exists("runs/a/eval_items.wb"));
  const auto result = succeed({"compare", "runs/a", "runs/b"});
  EXPECT_THAT(result.out, Not(HasSubstr("Not compared")));
}

TEST_F(CompareTest, HelpTeaches) {
  EXPECT_THAT(succeed({"compare", "--help"}).out, HasSubstr("two-sided p"));
}

TEST_F(CompareTest, OneLinePerSectionThatOnlySomeRunsHave) {
  const auto word2vec = [&](const std::string& out, const std::string& dim) {
    train(out, {"model.type=word2vec", "model.word2vec.sample=0", "model.word2vec.dim=" + dim});
  };
  train("runs/a");
  word2vec("runs/b", "3");
  word2vec("runs/c", "5");
  const auto keys_of = [](const nlohmann::json& content) {
    std::vector<std::string> keys;
    for (const auto& fact : content["configuration"]) keys.push_back(fact["key"]);
    return keys;
  };
  const auto two = compare({"runs/a", "runs/b"});
  EXPECT_THAT(keys_of(two),
              testing::UnorderedElementsAre("model.type", "model.pca", "model.word2vec", "train"));
  for (const auto& fact : two["configuration"]) {
    if (fact["key"] != "train") continue;
    EXPECT_EQ(fact["values"][0], nullptr) << "PCA has no epochs and no rate";
    EXPECT_EQ(fact["values"][1], "only in b (2 settings)");
  }
  EXPECT_THAT(two["notes"].dump(), HasSubstr("no run has item scores"));
  // The settings in which two runs with the section differ.
  EXPECT_THAT(keys_of(compare({"runs/a", "runs/b", "runs/c"})),
              testing::UnorderedElementsAre("model.type", "model.pca", "model.word2vec",
                                            "model.word2vec.dim", "train"));
}

}  // namespace
}  // namespace wordbridge
