#include "tests/cli/cli_test.h"

// Tests of `wordbridge eval`: models and seeds, policies, comparison of models, output files.

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;

class EvalTest : public CliTest {
 protected:
  EvalTest() {
    write("a.txt",
          "6 2\nking 1 0\nqueen 0.9 0.1\ncat 0 1\nDog 0.1 0.9\nman 1 0.3\nwoman 0.8 0.4\n");
    write("b.txt", "5 2\nking 1 0\nqueen 0 1\ncat 0.5 1\nman 0.1 0.3\nwoman 0.8 0.4\n");
    write("pairs.tsv", "king\tqueen\t9\nking\tcat\t1\nking\tdog\t2\nman\twoman\t8\nman\tcat\t3\n");
    write("questions.txt",
          ": family\nman king woman queen\nking man queen woman\nman king dog cat\n");
  }
  Arguments eval(const Arguments& rest) const {
    Arguments all = {"-q", "eval"};
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  }
};

TEST_F(EvalTest, ScoresHaveCoverageIntervalAndPolicies) {
  const auto result = succeed(eval({"a.txt", "--similarity", "pairs.tsv", "--json", "e.json"}));
  EXPECT_THAT(result.out, HasSubstr("pairs Spearman"));
  EXPECT_THAT(result.out, HasSubstr("(4/5)"));
  EXPECT_THAT(result.out, HasSubstr("Words are looked up as written; items with an "
                                    "out-of-vocabulary word are dropped; [95 % confidence "
                                    "intervals] from 10,000 resamples"));
  const auto score = json("e.json").at("a.txt").at("scores").at(0);
  EXPECT_LE(score.at("intervals").at("spearman")[0], score.at("spearman"));
  EXPECT_EQ(json("e.json").at("policies").at("unknown"), "drop");
  const auto none =
      succeed(eval({"a.txt", "--similarity", "pairs.tsv", "--resamples", "0", "--json", "e.json"}));
  EXPECT_FALSE(json("e.json").at("a.txt").at("scores").at(0).contains("intervals"));
  EXPECT_THAT(none.out, Not(HasSubstr("resamples")));
}

TEST_F(EvalTest, PoliciesOfWords) {
  const auto score = [&](const Arguments& options) {
    Arguments arguments = {"a.txt", "--similarity", "pairs.tsv", "--json", "e.json"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    succeed(eval(arguments));
    return json("e.json").at("a.txt").at("scores").at(0);
  };
  EXPECT_EQ(score({})["used"], 4);
  EXPECT_EQ(score({"--case", "lower"})["used"], 4);
  EXPECT_EQ(score({"--case", "insensitive"})["used"], 5);
  EXPECT_EQ(score({"--unknown", "zero"})["used"], 5);
  EXPECT_EQ(score({"--unknown", "mean"})["unknown"], 1);
  EXPECT_EQ(score({"--limit", "3"})["used"], 2);
  fail(eval({"a.txt", "--similarity", "pairs.tsv", "--unknown", "guess"}), {"drop"}, 2);
}

TEST_F(EvalTest, FilesOfOneNameAreSeeds) {
  const auto result =
      succeed(eval({"m=a.txt", "m=b.txt", "b.txt", "--similarity", "pairs.tsv", "--csv", "e.csv"}));
  EXPECT_THAT(result.out, HasSubstr(" ± "));
  EXPECT_THAT(result.out, HasSubstr("b.txt"));
  EXPECT_THAT(content("e.csv"), HasSubstr("\r\nm,2,,similarity,pairs,Spearman,,"));
  EXPECT_THAT(content("e.csv"), HasSubstr("\r\nb.txt,1,,similarity,pairs,Pearson,,"));
}

TEST_F(EvalTest, OnlyWordsThatAllHave) {
  succeed(eval({"a.txt", "b.txt", "--shared-vocabulary", "--case", "insensitive", "--similarity",
                "pairs.tsv", "--json", "e.json"}));
  EXPECT_EQ(json("e.json").at("a.txt").at("words"), 5);
  EXPECT_EQ(json("e.json").at("a.txt").at("scores").at(0).at("used"), 4);
}

TEST_F(EvalTest, ComparisonSaysWhatAndWhere) {
  const auto result =
      succeed(eval({"a.txt", "b.txt", "--similarity", "pairs.tsv", "--analogy", "questions.txt",
                    "--compare", "--json", "e.json", "--report", "e.md"}));
  EXPECT_THAT(result.out, HasSubstr("pairs spearman: higher is better"));
  EXPECT_THAT(result.out, HasSubstr("p (Steiger)"));
  EXPECT_THAT(result.out, HasSubstr("pairs that a.txt ranks closer to the reference scores"));
  EXPECT_THAT(result.out, HasSubstr("questions that only one model answers correctly"));
  EXPECT_THAT(content("e.md"), HasSubstr("## pairs spearman: higher is better"));
  const auto comparison = json("e.json").at("comparison");
  EXPECT_EQ(comparison.at("tests")[0].at("items"), 4);
  const auto differ = comparison.at("differ")[0].at("benchmarks")[0];
  EXPECT_EQ(differ.at("first_better")[0].at("word1"), "king");
  EXPECT_EQ(differ.at("first_better")[0].at("word2"), "queen");
  fail(eval({"a.txt", "--similarity", "pairs.tsv", "--compare"}), {"too few models to compare"}, 2);
  fail(eval({"m=a.txt", "m=b.txt", "--similarity", "pairs.tsv", "--compare"}),
       {"too few models to compare"}, 2);
}

TEST_F(EvalTest, PageHoldsScoresAndMaps) {
  succeed(eval({"a.txt", "b.txt", "--similarity", "pairs.tsv", "--report", "e.html"}));
  const auto page = content("e.html");
  EXPECT_THAT(page, HasSubstr("pairs, Spearman"));
  EXPECT_THAT(page, HasSubstr("\"interval\":"));
  EXPECT_THAT(page, HasSubstr("Evaluation of word vectors"));
}

TEST_F(EvalTest, SetsOfWordsAndProperties) {
  write("groups.tsv",
        "king\tpeople\nqueen\tpeople\nman\tpeople\nDog\tpets\ncat\tpets\nowl\tpets\n");
  write("odd.tsv",
        "people\tmember\tking\npeople\tmember\tqueen\npeople\tmember\tman\npeople\toutlier\tcat\n");
  write("weat.tsv",
        "t\ttarg1\tmen\tking\nt\ttarg1\tmen\tman\nt\ttarg2\tpets\tcat\nt\ttarg2\tpets\tDog\n"
        "t\tattr1\tf\tqueen\nt\tattr2\tg\twoman\n");
  write(
      "eval.yaml",
      "eval: {categories: groups.tsv, outliers: odd.tsv, associations: weat.tsv, properties: 6}\n");
  const auto result = succeed(eval({"a.txt", "--config", "eval.yaml", "--json", "e.json"}));
  const auto scores = json("e.json").at("a.txt").at("scores");
  EXPECT_EQ(scores.at(0).at("purity_ward"), 1);
  EXPECT_EQ(scores.at(0).at("used"), 5);
  EXPECT_EQ(scores.at(0).at("in_clusters_ward")[1].at("name"), "pets");
  EXPECT_EQ(scores.at(1).at("accuracy"), 1);
  EXPECT_EQ(scores.at(2).at("task"), "association");
  EXPECT_NEAR(scores.at(2).at("p").get<double>(), 1.0 / 6, 1e-12);
  EXPECT_EQ(scores.at(3).at("used"), 6);
  for (const char* const row :
       {"groups purity, k-means", "odd OPP", "t effect size", "properties IsoScore"})
    EXPECT_THAT(result.out, HasSubstr(row));
  fail(eval({"a.txt", "--outliers", "pairs.tsv"}), {"pairs.tsv:1"});
  fail(eval({"a.txt", "--config", "eval.yaml", "--case", "lower"}), {"--config", "--case"}, 2);
}

/// sum.txt contains w + c for each word, so the scores of `w + c` equal the scores of sum.txt.
TEST_F(EvalTest, ContextsStandBeside) {
  write("w.txt", "3 2\nking 1 0\nqueen 1 1\ncat 0 1\n");
  write("c.txt", "4 2\nother 5 5\ncat 0 -2\nking 0 1\nqueen -1 2\n");
  write("sum.txt", "3 2\nking 1 1\nqueen 0 3\ncat 0 -1\n");
  write("three.tsv", "king\tqueen\t9\nking\tcat\t1\nqueen\tcat\t5\n");
  const auto result =
      succeed(eval({"w.txt", "--contexts", "c.txt", "--similarity", "three.tsv", "--postprocess",
                    "center", "--json", "e.json", "--csv", "e.csv"}));
  EXPECT_THAT(result.out, HasSubstr("w.txt, w + c"));
  EXPECT_THAT(result.out, HasSubstr("w.txt, w + c, center"));
  EXPECT_THAT(result.out, HasSubstr("w + c adds the context vectors of c.txt"));
  EXPECT_THAT(content("e.csv"), HasSubstr("w.txt,1,w + c,similarity,three,Pearson,,"));
  const auto scores = json("e.json").at("w.txt").at("scores");
  EXPECT_EQ(json("e.json").at("policies").at("contexts"), "c.txt");
  succeed(eval(
      {"sum.txt", "--similarity", "three.tsv", "--postprocess", "center", "--json", "sum.json"}));
  const auto sum = json("sum.json").at("sum.txt").at("scores");
  ASSERT_EQ(scores.size(), 4u);
  EXPECT_EQ(scores[2].at("postprocess"), "w + c");
  EXPECT_EQ(scores[3].at("postprocess"), "w + c, center");
  EXPECT_EQ(scores[2].at("pearson"), sum[0].at("pearson"));
  EXPECT_EQ(scores[3].at("pearson"), sum[1].at("pearson"));
  EXPECT_NE(scores[2].at("pearson"), scores[0].at("pearson"));

  fail(eval({"w.txt", "a.txt", "--contexts", "c.txt", "--similarity", "three.tsv"}),
       {"contexts are added to the vectors of one model", "a.txt"}, 2);
  fail(eval({"m=w.txt", "m=a.txt", "--contexts", "c.txt", "--similarity", "three.tsv"}),
       {"one model", "a.txt"}, 2);
  fail(eval({"a.txt", "--contexts", "c.txt", "--similarity", "three.tsv"}),
       {"no context vector", "'Dog'"});
}

TEST_F(EvalTest, IntervalsAreNamedWhereThereAreSome) {
  EXPECT_THAT(succeed(eval({"a.txt", "--properties", "6"})).out, Not(HasSubstr("resamples")));
}

TEST_F(EvalTest, MeaningNeedsPairsAndWordNet) {
  fail(eval({"a.txt", "--meaning", "--neighbors", "king"}), {"similarity benchmark"}, 2);
  fail(eval({"a.txt", "--similarity", "pairs.tsv", "--meaning-corpus", "text.txt"}), {"meaning"},
       2);
  if (!std::filesystem::exists("/usr/share/wordnet/data.noun"))
    GTEST_SKIP() << "WordNet not found (package wordnet-base)";
  const auto result = succeed(eval({"a.txt", "--similarity", "pairs.tsv", "--meaning",
                                    "--meaning-corpus", "text.txt", "--json", "e.json"}));
  EXPECT_THAT(result.out, HasSubstr("pairs cosine and path in WordNet"));
  EXPECT_THAT(result.out, HasSubstr("pairs cosine and PPMI"));
  const auto scores = json("e.json").at("a.txt").at("scores");
  EXPECT_EQ(scores.at(1).at("path").at("used"), 4);
  EXPECT_EQ(scores.at(1).at("ppmi").at("total"), 5);
}

TEST_F(EvalTest, NothingIsWrittenWhereSomethingIsWrong) {
  fail(eval({"gone.txt", "--similarity", "pairs.tsv", "--csv", "e.csv"}), {"gone.txt"});
  fail(eval({"m=gone.txt", "--similarity", "pairs.tsv"}), {"gone.txt"});
  fail(eval({"a.txt", "--similarity", "pairs.tsv", "--csv", "none/e.csv"}), {"none"});
  EXPECT_FALSE(exists("e.csv"));
}

TEST_F(EvalTest, ModelsOfAnyNameAreAllInTheResults) {
  const std::string vectors = "king 1 0\nqueen 0 1\nman 1 1\n";
  for (const char* name : {"policies", "comparison", "overlap", "x/a/v.txt", "y/a/v.txt"}) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write(name, vectors);
  }
  write("pairs.tsv", "king\tqueen\t1\nking\tman\t2\nman\tqueen\t3\n");
  succeed({"eval", "policies", "comparison", "overlap", "x/a/v.txt", "y/a/v.txt", "y/a/v.txt",
           "--similarity", "pairs.tsv", "--compare", "--overlap", "1", "--resamples", "0", "--json",
           "e.json", "--csv", "e.csv"});
  const auto all = json("e.json");
  std::vector<std::string> names;
  for (const char* key :
       {"./policies", "./comparison", "./overlap", "x/a/v.txt", "y/a/v.txt", "y/a/v.txt (2)"}) {
    ASSERT_TRUE(all.contains(key)) << key;
    EXPECT_EQ(all.at(key).at("words"), 3);
    names.push_back(all.at(key).at("model"));
  }
  EXPECT_EQ(all.at("./policies").at("path"), "policies");
  EXPECT_EQ(names, (std::vector<std::string>{"policies", "comparison", "overlap", "x/a/v.txt",
                                             "y/a/v.txt", "y/a/v.txt (2)"}));
  EXPECT_EQ(all.at("policies").at("unknown"), "drop");
  EXPECT_EQ(all.at("comparison").at("runs").size(), 6);
  EXPECT_EQ(all.at("overlap").at("names").size(), 6);
  EXPECT_THAT(content("e.csv"), HasSubstr("\ny/a/v.txt (2),1,"));
  fail({"eval", "policies", "policies=overlap", "--similarity", "pairs.tsv"},
       {"two models have the same name", "policies=overlap"}, 2);
}

}  // namespace
}  // namespace wordbridge
