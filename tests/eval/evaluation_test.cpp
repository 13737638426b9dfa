#include "eval/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "eval/results_table.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

EmbeddingTable table() {
  return EmbeddingTable({"king", "queen", "man", "woman", "noise"},
                        {1, 1, 0, 1, -1, 0, 1, 1, 1, 1, -1, 1, 1, 1, 0.2f}, 3, "by hand");
}

struct Benchmarks {
  TempFolder folder;
  EvalOptions options;
  Benchmarks() {
    options.files["similarity"] = {
        folder.write("EN-RG-65.txt", "king queen 1\nking noise 4\nking duke 2\n"),
        folder.write("other.txt", "a b 1\n")};
    options.files["analogy"] = {folder.write(
        "questions-words.txt", ": family\nman king woman queen\nman king woman duchess\n")};
    options.neighbors = {"king", "duke"};
  }
};

TEST(Evaluation, ScoresInAFixedOrder) {
  const Benchmarks benchmarks;
  const json results = evaluate(table(), benchmarks.options);
  ASSERT_EQ(results.size(), 6u);
  EXPECT_EQ(results[0], (json{{"task", "similarity"},
                              {"name", "EN-RG-65"},
                              {"spearman", 1.0},
                              {"pearson", results[0]["pearson"]},
                              {"used", 2},
                              {"total", 3},
                              {"unknown", 1},
                              {"undefined", 0},
                              {"intervals", results[0]["intervals"]}}));
  EXPECT_NEAR(results[0]["pearson"].get<double>(), 1, 1e-12);
  EXPECT_EQ(results[1]["name"], "other");
  EXPECT_TRUE(results[1]["spearman"].is_null()) << "undefined";
  EXPECT_EQ(results[2]["task"], "similarity-mean");
  EXPECT_EQ(results[2]["spearman"], 1.0) << "of the benchmark with a defined score";
  EXPECT_EQ(results[2]["used"], 2);
  EXPECT_EQ(results[2]["total"], 4);
  EXPECT_EQ(results[3]["task"], "analogy");
  EXPECT_EQ(results[3]["name"], "questions-words");
  EXPECT_EQ(results[3]["vocabulary"], 5);
  EXPECT_EQ(results[3]["accuracy_add"], 1.0);
  EXPECT_EQ(results[3]["used"], 1);
  EXPECT_EQ(results[3]["total"], 2);
  EXPECT_EQ(results[3]["semantic"]["correct_mul"], 1);
  EXPECT_TRUE(results[3]["syntactic"]["accuracy_add"].is_null());
  EXPECT_EQ(results[3]["sections"][0]["name"], "family");
  EXPECT_EQ(results[4]["task"], "neighbors");
  EXPECT_EQ(results[4]["neighbors"][0]["word"], "noise");
  EXPECT_EQ(results[4]["neighbors"].size(), 4u);
  EXPECT_EQ(results[5], (json{{"task", "neighbors"},
                              {"name", "duke"},
                              {"known", false},
                              {"neighbors", json::array()}}));
  EXPECT_EQ(json::parse(results.dump()), results);
}

TEST(Evaluation, TableSideBySide) {
  const json similarity = {{"task", "similarity"}, {"name", "RG"}, {"spearman", 0.41234},
                           {"pearson", nullptr},   {"used", 64},   {"total", 65}};
  const json other = {{"task", "similarity"}, {"name", "MC|30"}, {"spearman", -0.5},
                      {"pearson", 0.25},      {"used", 30},      {"total", 30}};
  const json later = {{"task", "of a later kind"}};
  EXPECT_EQ(results_table({{"pca", {json::array({similarity, later})}},
                           {"größer", {json::array({other, similarity})}}},
                          false),
            "score (used/total)            pca          größer\n"
            "RG Spearman         0.412 (64/65)   0.412 (64/65)\n"
            "RG Pearson            nan (64/65)     nan (64/65)\n"
            "MC|30 Spearman                  -  -0.500 (30/30)\n"
            "MC|30 Pearson                   -   0.250 (30/30)\n");
  EXPECT_EQ(results_table({{"pca", {json::array({other})}}}, true),
            "| score (used/total) |            pca |\n"
            "|--------------------|---------------:|\n"
            "| MC\\|30 Spearman    | -0.500 (30/30) |\n"
            "| MC\\|30 Pearson     |  0.250 (30/30) |\n");
}

TEST(Evaluation, TableOfAllKinds) {
  const Benchmarks benchmarks;
  const auto text = results_table({{"v", {evaluate(table(), benchmarks.options)}}}, false);
  EXPECT_THAT(text, HasSubstr("EN-RG-65 Spearman"));
  EXPECT_THAT(text, HasSubstr("1.000 [1.000, 1.000] (2/3)"));
  EXPECT_THAT(text, HasSubstr("questions-words 3CosMul"));
  EXPECT_THAT(text, testing::Not(HasSubstr("semantic")))
      << "the semantic sections are all sections";
  EXPECT_THAT(text, HasSubstr("noise, "));
  EXPECT_THAT(text, HasSubstr("unknown"));
}

TEST(Evaluation, BenchmarksOfOneNameHaveARowEach) {
  const auto result = [](double score) {
    return json{{"task", "similarity"}, {"name", "x"}, {"spearman", score},
                {"pearson", score},     {"used", 2},   {"total", 2}};
  };
  const json both = json::array({result(0.25), result(0.75)});
  EXPECT_EQ(results_table({{"v", {both}}, {"w", {both}}}, false),
            "score (used/total)            v            w\n"
            "x Spearman          0.250 (2/2)  0.250 (2/2)\n"
            "x Pearson           0.250 (2/2)  0.250 (2/2)\n"
            "x Spearman (2)      0.750 (2/2)  0.750 (2/2)\n"
            "x Pearson (2)       0.750 (2/2)  0.750 (2/2)\n");
}

TEST(Evaluation, SeedsAreMeanAndStandardDeviation) {
  const auto seed = [](const json& score) {
    return json::array({{{"task", "similarity"},
                         {"name", "x"},
                         {"spearman", score},
                         {"pearson", 0.5},
                         {"used", 2},
                         {"total", 3},
                         {"intervals", {{"pearson", {0.25, 0.75}}}}}});
  };
  EXPECT_EQ(results_table({{"a", {seed(0.25), seed(0.75)}}, {"b", {seed(0.5)}}}, false),
            "score (used/total)                    a                           b\n"
            "x Spearman          0.500 ± 0.354 (2/3)                 0.500 (2/3)\n"
            "x Pearson           0.500 ± 0.000 (2/3)  0.500 [0.250, 0.750] (2/3)\n");
  EXPECT_THAT(results_table({{"a", {seed(0.25), seed(nullptr)}}}, false),
              HasSubstr("0.250 ± nan of 1/2 (2/3)"));
  EXPECT_EQ(results_csv({{"a, b", {seed(nullptr)}}}),
            "model,seed,postprocess,task,benchmark,metric,part,value,low,high,used,total\r\n"
            "\"a, b\",1,,similarity,x,Spearman,,,,,2,3\r\n"
            "\"a, b\",1,,similarity,x,Pearson,,0.5,0.25,0.75,2,3\r\n");
}

TEST(Evaluation, EffectOfPostProcessingStandsBeside) {
  const Benchmarks benchmarks;
  EvalOptions options;
  options.files["similarity"] = {
      benchmarks.folder.write("EN-RG-65.txt", "king queen 1\nking noise 4\nman noise 2\n")};
  options.postprocess = {"center", "all-but-the-top:1, normalize"};
  options.resamples = 0;
  const json results = evaluate(table(), options);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[1]["postprocess"], "center");
  EXPECT_NE(results[1]["pearson"], results[0]["pearson"]);
  const auto text = results_table({{"v", {results}}}, true);
  EXPECT_THAT(text, HasSubstr("v, center | v, all-but-the-top:1, normalize |"));
  EXPECT_THAT(results_csv({{"v", {results}}}), HasSubstr("v,1,center,similarity,EN-RG-65,Pearson"));
  options.postprocess = {"turn"};
  Problems problems;
  options.validate(problems, "eval");
  EXPECT_THAT(problems.found(),
              ElementsAre(testing::Pair("eval.postprocess", HasSubstr("all-but-the-top"))));
}

/// A lexicon's words match as those of benchmarks do, unless the step says otherwise. A lexicon
/// that does not exist is found before anything is computed.
TEST(Evaluation, RetrofittingFollowsTheLetterCase) {
  const Benchmarks benchmarks;
  const auto lexicon = benchmarks.folder.write("lexicon.txt", "KING noise\n");
  EvalOptions options;
  options.files["similarity"] = {
      benchmarks.folder.write("EN-RG-65.txt", "king queen 1\nking noise 4\nman noise 2\n")};
  options.resamples = 0;
  options.postprocess = {"retrofit:" + lexicon};
  EXPECT_THROW(evaluate(table(), options), Error) << "as written, no word is related";
  options.lookup.letter_case = LetterCase::lower;
  const json results = evaluate(table(), options);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[1]["postprocess"], "retrofit:" + lexicon);
  EXPECT_NE(results[1]["pearson"], results[0]["pearson"]);
  options.postprocess = {"retrofit:" + lexicon + ",case=as-written"};
  EXPECT_THROW(evaluate(table(), options), Error);
  options.postprocess = {"retrofit:gone.txt"};
  Problems problems;
  options.validate(problems, "eval");
  EXPECT_THAT(problems.found(),
              ElementsAre(testing::Pair("eval.postprocess", HasSubstr("no such lexicon"))));
}

TEST(EvalOptions, FilesMustExist) {
  const Benchmarks benchmarks;
  Problems none;
  benchmarks.options.validate(none, "eval");
  EXPECT_TRUE(none.empty());
  EvalOptions options;
  options.files["similarity"] = {benchmarks.folder.path().string(),
                                 benchmarks.options.files.at("similarity")[0]};
  options.files["analogy"] = {"no/such/file"};
  options.files["groups"] = {"/dev/null"};
  Problems problems;
  options.validate(problems, "eval");
  EXPECT_THAT(
      problems.found(),
      ElementsAre(testing::Pair("eval.similarity", HasSubstr("is a folder, expected a file")),
                  testing::Pair("eval.analogy", HasSubstr("no such file: 'no/such/file'")),
                  testing::Pair("eval.groups", HasSubstr("'/dev/null' is not a regular file"))));
}

TEST(EvalOptions, DescribesItsFields) {
  EvalOptions options;
  const auto group = options.describe();
  EXPECT_EQ(group.name, "eval");
  std::vector<std::string> names;
  for (const auto& field : group.fields) names.push_back(field.name);
  EXPECT_THAT(names, ElementsAre("similarity", "analogy", "groups", "categories", "outliers",
                                 "associations", "properties", "meaning", "meaning_corpus",
                                 "postprocess", "analogy_vocabulary", "analogy_also",
                                 "analogy_as_gensim", "case", "unknown", "resamples", "neighbors"));
}

}  // namespace
}  // namespace wordbridge
