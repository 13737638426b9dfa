#include "report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace wordbridge {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

EmbeddingTable square() {
  return EmbeddingTable({"east", "north", "west", "south"}, {2, 0, 0, 1, -2, 0, 0, -1}, 2, "test");
}

json manifest(const std::string& stream, const std::string& file = "books/one.txt") {
  const json split = {{"tokens", 90}, {"unknown_share", 0.1}};
  return {{"seed", 1},
          {"data",
           {{"stream_sha256", stream},
            {"source", {{"reader", "text"}, {"files", {{{"name", file}}}}}},
            {"tokens", 1234},
            {"types", 56},
            {"unknown_share", 0.25},
            {"vocabulary", {{"size", 40}, {"sha256", "v"}}},
            {"splits", {{"train", split}, {"valid", split}, {"test", split}}}}}};
}

/// A run with one seed per value: the perplexity, and the Spearman correlation of a benchmark with
/// this coverage.
StoredRun run(const std::string& label, const std::vector<double>& values, int used = 8) {
  StoredRun run;
  run.label = label;
  run.model = "pca";
  run.manifest = manifest("text 1");
  run.settings = {{"data.reader", "text"}, {"data.path", "books/one.txt"}, {"model.type", "pca"},
                  {"model.pca.dim", "2"},  {"model.pca.power", "1"},       {"model.nplm.n", "5"}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    StoredSeed seed;
    seed.seed = static_cast<std::int64_t>(i) + 1;
    seed.results = {{"test_perplexity", 100 * values[i]}, {"explained", 0.5}};
    seed.scores = {{{"task", "similarity"},
                    {"name", "pairs"},
                    {"spearman", values[i]},
                    {"pearson", nullptr},
                    {"used", used},
                    {"total", 10}}};
    run.seeds.push_back(seed);
  }
  run.table = square();
  return run;
}

json section_of(std::vector<StoredRun> runs, const ReportOptions& options = {}) {
  return report_content({{"section", std::move(runs)}}, options).at("sections").at(0);
}

json row(const json& section, const std::string& name) {
  for (const auto& score : section.at("scores"))
    if (score.at("name") == name) return score;
  ADD_FAILURE() << "missing score " << name;
  return {};
}

TEST(Report, ScoresAreMeanAndSampleDeviationOverSeeds) {
  const auto section = section_of({run("a", {0.2, 0.4, 0.9}), run("b", {0.3})});
  const auto spearman = row(section, "pairs, Spearman");
  EXPECT_DOUBLE_EQ(spearman["cells"][0]["mean"], 0.5);
  EXPECT_DOUBLE_EQ(spearman["cells"][0]["sd"], std::sqrt(0.13));  // (0.09 + 0.01 + 0.16) / 2
  EXPECT_EQ(spearman["cells"][0]["n"], 3);
  EXPECT_EQ(spearman["cells"][0]["used"], 8);
  EXPECT_EQ(spearman["cells"][0]["total"], 10);
  EXPECT_TRUE(spearman["cells"][1]["sd"].is_null());
  EXPECT_EQ(spearman["best"], json({0}));
  // Undefined values stay undefined and are never the best.
  const auto pearson = row(section, "pairs, Pearson");
  EXPECT_TRUE(pearson["cells"][0]["mean"].is_null());
  EXPECT_EQ(pearson["best"], json::array());
}

TEST(Report, MarkdownHasTheScores) {
  const std::vector<ReportSection> sections = {
      {"One text", {run("a|b", {0.2, 0.4, 0.9}), run("c", {0.3})}}};
  ReportOptions options;
  options.title = "Title";
  options.words = {"east", "none"};
  options.map_words = 0;
  const auto text = report_markdown(report_content(sections, options));
  EXPECT_THAT(text, testing::StartsWith("# Title\n\n## One text\n\n| score"));
  EXPECT_THAT(text, HasSubstr("| a\\|b | c |\n|---|---:|---:|\n"));
  EXPECT_THAT(text, HasSubstr("| test perplexity | 50.0 ± 36.1 (3 seeds) | 30.0 |\n"));
  EXPECT_THAT(text, HasSubstr("| pairs, Spearman | 0.500 ± 0.361 (3 seeds); 8/10 | 0.300; 8/10 |"));
  EXPECT_THAT(text, HasSubstr("| pairs, Pearson | nan ± nan (0 seeds); 8/10 | nan; 8/10 |"));
  EXPECT_THAT(text, HasSubstr("Nearest neighbours of east:\n\n- a|b: "));
  EXPECT_THAT(text, HasSubstr("- c: not in the vocabulary\n"));
}

TEST(Report, TheBestOfAPerplexityIsTheLowest) {
  const auto section = section_of({run("a", {0.5}), run("b", {0.3}), run("c", {0.3})});
  EXPECT_EQ(row(section, "test perplexity")["best"], json({1, 2}));
  EXPECT_EQ(row(section, "pairs, Spearman")["best"], json({0}));
}

TEST(Report, NothingIsBestWhereTheRunsWereMeasuredOnOtherThings) {
  const auto coverages = section_of({run("a", {0.5}, 8), run("b", {0.3}, 9)});
  EXPECT_EQ(row(coverages, "pairs, Spearman")["best"], json::array());
  EXPECT_THAT(row(coverages, "pairs, Spearman")["note"].get<std::string>(),
              HasSubstr("coverage differs"));
  EXPECT_EQ(row(coverages, "test perplexity")["best"], json({1}));

  auto other = run("b", {0.3});
  other.manifest["data"]["vocabulary"]["sha256"] = "w";
  const auto texts = section_of({run("a", {0.5}), other});
  EXPECT_EQ(row(texts, "test perplexity")["best"], json::array());
  EXPECT_THAT(row(texts, "test perplexity")["note"].get<std::string>(), HasSubstr("vocabulary"));
  EXPECT_EQ(row(texts, "pairs, Spearman")["best"], json({0}));

  EXPECT_EQ(row(section_of({run("a", {0.5})}), "test perplexity")["best"], json::array());
}

TEST(Report, RunsWithoutAScoreHaveNone) {
  auto without = run("b", {0.3});
  without.seeds[0].scores = json::array();
  const auto spearman = row(section_of({run("a", {0.5}), without}), "pairs, Spearman");
  EXPECT_TRUE(spearman["cells"][1].is_null());
  EXPECT_EQ(spearman["best"], json::array());  // a single value is not marked as best
}

TEST(Report, BenchmarksOfOneNameHaveARowEach) {
  auto both = run("a", {0.5});
  both.seeds[0].scores.push_back(both.seeds[0].scores[0]);
  both.seeds[0].scores[1]["spearman"] = 0.25;
  const auto section = section_of({both});
  EXPECT_EQ(row(section, "pairs, Spearman")["cells"][0]["mean"], 0.5);
  EXPECT_EQ(row(section, "pairs, Spearman")["cells"][0]["n"], 1);
  EXPECT_EQ(row(section, "pairs, Spearman (2)")["cells"][0]["mean"], 0.25);
}

TEST(Report, OptionsThatDifferStandFirst) {
  auto other = run("b", {0.3});
  other.settings[4].second = "0.5";
  other.settings.emplace_back("train.lr", "1");
  const auto options = section_of({run("a", {0.5}), other})["runs"][0]["options"];
  ASSERT_EQ(options.size(), 2u);  // only those of its model
  EXPECT_EQ(options[0], json({{"key", "power"}, {"value", "1"}, {"differs", true}}));
  EXPECT_EQ(options[1], json({{"key", "dim"}, {"value", "2"}, {"differs", false}}));
}

TEST(Report, FactsOfASharedTextAreSaidOnce) {
  const auto shared = section_of({run("a", {0.5}), run("b", {0.3})});
  EXPECT_THAT(shared["corpus"].dump(), HasSubstr(R"(["tokens","1,234"])"));
  EXPECT_THAT(shared["corpus"].dump(), HasSubstr(R"(["unknown words","25.00 %"])"));
  auto dropping = run("c", {0.2});
  dropping.manifest["data"]["vocabulary"]["unknown"] = "";
  EXPECT_THAT(section_of({dropping})["corpus"].dump(),
              AllOf(HasSubstr(R"(["dropped words","25.00 %"])"),
                    HasSubstr(R"(["train","90 tokens, 10.00 % dropped"])")));
  EXPECT_EQ(shared["runs"][1]["corpus"], json::array());
  auto other = run("b", {0.3});
  other.manifest = manifest("text 2");
  const auto two = section_of({run("a", {0.5}), other});
  EXPECT_EQ(two["corpus"], json::array());
  EXPECT_FALSE(two["runs"][1]["corpus"].empty());
}

TEST(Report, CurvesAreMeansAndRangesOverSeeds) {
  auto two = run("a", {0.2, 0.4});
  two.seeds[0].epochs = {{{"epoch", 1}, {"train_perplexity", 10.0}, {"valid_perplexity", 12.0}},
                         {{"epoch", 2}, {"train_perplexity", 8.0}}};
  two.seeds[1].epochs = {{{"epoch", 1}, {"train_perplexity", 20.0}, {"valid_perplexity", 16.0}},
                         {{"epoch", 2}, {"train_perplexity", nullptr}}};  // overflowed
  const auto section = section_of({run("closed form", {0.3}), two});
  ASSERT_EQ(section["curves"].size(), 1u);
  EXPECT_EQ(section["curves"][0]["run"], 1);
  EXPECT_EQ(section["curves"][0]["train"], json({{1, 15.0, 10.0, 20.0}, {2, 8.0, 8.0, 8.0}}));
  EXPECT_EQ(section["curves"][0]["valid"].dump(), "[[1,14.0,12.0,16.0]]");
}

json context_measures(double value) {
  json layers = json::array();
  for (int l = 0; l < 2; ++l) {
    const json measure = {{"value", value}, {"baseline", 0.1}, {"adjusted", value - 0.1}};
    layers.push_back({{"layer", l},
                      {"random_cosine", 0.1},
                      {"self_similarity", measure},
                      {"intra_sentence_similarity", measure},
                      {"explainable_variance", measure}});
  }
  layers[1]["self_similarity"]["adjusted"] = nullptr;
  return {{"text", "the training split"},
          {"sample",
           {{"words", 500}, {"sentences", 7}, {"sentence", "lines"}, {"random_occurrences", 1000}}},
          {"layers", layers}};
}

TEST(Report, ContextMeasuresAreMeansOverTheSeedsThatHaveThem) {
  auto three = run("a", {0.2, 0.4, 0.9});
  three.seeds[0].context_measures = context_measures(0.5);
  three.seeds[2].context_measures = context_measures(0.75);
  const std::vector<ReportSection> sections = {{"section", {run("b", {0.3}), three}}};
  const json content = report_content(sections, {});
  const json part = content.at("sections").at(0).at("contexts");
  ASSERT_EQ(part.size(), 1u);
  EXPECT_EQ(part[0]["run"], 1);
  EXPECT_EQ(part[0]["seeds"], 2);
  EXPECT_EQ(part[0]["sample"],
            "500 words, 7 sentences (lines), 1,000 random occurrences of the training split");
  ASSERT_EQ(part[0]["layers"].size(), 2u);
  EXPECT_DOUBLE_EQ(part[0]["layers"][0]["self_similarity"]["value"], 0.625);
  EXPECT_DOUBLE_EQ(part[0]["layers"][1]["explainable_variance"]["adjusted"], 0.525);
  EXPECT_TRUE(part[0]["layers"][1]["self_similarity"]["adjusted"].is_null());
  EXPECT_THAT(report_markdown(report_content(sections, {})),
              AllOf(HasSubstr("Contextual embeddings of a (500 words, 7 sentences"),
                    HasSubstr("| 1 | 0.100 | 0.625 | nan | 0.625 | 0.525 | 0.625 | 0.525 |\n")));
}

TEST(Report, MapsHoldTheWordsAskedForAndThoseOfTheGroups) {
  ReportOptions options;
  options.map_words = 2;
  options.groups = WordGroups{{"poles", "sides"}, {{"south", 0}, {"east", 1}, {"nowhere", 1}}};
  const auto section = section_of({run("a", {0.5})}, options);
  EXPECT_EQ(section["groups"], json({"poles", "sides"}));
  const auto& map = section["maps"][0];
  EXPECT_EQ(map["words"], json({"east", "north", "south"}));
  EXPECT_EQ(map["groups"], json({1, -1, 0}));
  EXPECT_EQ(map["rarer"], 1);
  // Two dimensions are plotted without projection; neighbours are by distance.
  ASSERT_EQ(map["pictures"].size(), 1u);
  EXPECT_EQ(map["pictures"][0]["xy"], json({2.0, 0.0, 0.0, 1.0, 0.0, -1.0}));
  EXPECT_EQ(map["measure"], "distance");
  EXPECT_EQ(map["near"][1].dump(), "[2,2.0,0,2.24]");
}

TEST(Report, NeighboursOfMoreDimensionsAreByCosine) {
  auto wide = run("a", {0.5});
  wide.table =
      EmbeddingTable({"a", "b", "c", "nothing"}, {1, 0, 0, 3, 4, 0, 0, 1, 0, 0, 0, 0}, 3, "test");
  ReportOptions options;
  options.words = {"a", "nothing", "absent"};
  const auto section = section_of({wide}, options);
  const auto& words = section["neighbors"];
  ASSERT_EQ(words.size(), 3u);
  EXPECT_EQ(words[0]["cells"][0]["measure"], "cosine");
  EXPECT_EQ(words[0]["cells"][0]["near"].dump(), R"([["b",0.6],["c",0.0]])");
  EXPECT_EQ(words[1]["cells"][0]["near"], json::array());
  EXPECT_EQ(words[2]["cells"][0]["known"], false);
  EXPECT_EQ(section["maps"][0]["near"][0].dump(), "[1,0.6,2,0.0]");
  EXPECT_EQ(section["maps"][0]["near"][3], json::array());
  ASSERT_EQ(section["maps"][0]["pictures"].size(), 2u);
  EXPECT_EQ(section["maps"][0]["pictures"][1]["method"], "tsne");
}

TEST(Report, GroupsAndWordsComeFromTheRunsScores) {
  auto scored = run("a", {0.5});
  scored.seeds[0].scores.push_back({{"task", "groups"},
                                    {"name", "compass"},
                                    {"auc", 0.75},
                                    {"p", 0.01},
                                    {"used", 4},
                                    {"total", 4},
                                    {"groups",
                                     {{{"name", "sides"}, {"words", {"west"}}},
                                      {{"name", "poles"}, {"words", {"north", "south"}}}}}});
  const auto section = section_of({scored});
  EXPECT_EQ(section["groups"], json({"sides", "poles"}));
  EXPECT_EQ(section["maps"][0]["groups"], json({-1, 1, 0, 1}));
  EXPECT_DOUBLE_EQ(row(section, "compass, AUC")["cells"][0]["mean"], 0.75);
  ASSERT_EQ(section["neighbors"].size(), 2u);
  EXPECT_EQ(section["neighbors"][0]["word"], "west");
  scored.seeds[0].scores.push_back({{"task", "neighbors"}, {"name", "east"}});
  EXPECT_EQ(section_of({scored})["neighbors"][0]["word"], "east");
}

TEST(Report, TheFirstWordOfEachGroupThatAllRunsKnowStandsForIt) {
  ReportOptions options;
  options.groups = {{"away", "poles", "sides"},
                    {{"up", 0}, {"zenith", 1}, {"south", 1}, {"west", 2}, {"east", 2}}};
  auto second = run("b", {0.5});
  second.table = EmbeddingTable({"east", "south"}, {2, 0, 0, 1}, 2, "test");
  const auto words = section_of({run("a", {0.5}), second}, options)["neighbors"];
  ASSERT_EQ(words.size(), 2u);
  EXPECT_EQ(words[0]["word"], "south");
  EXPECT_EQ(words[1]["word"], "east");
}

TEST(Report, OfManyFilesTheFirstAndTheLastAreNamed) {
  auto many = run("a", {0.5});
  auto& files = many.manifest["data"]["source"]["files"];
  files.clear();
  for (int i = 1; i <= 1200; ++i) files.push_back({{"name", "c" + std::to_string(i)}});
  EXPECT_THAT(section_of({many})["corpus"].dump(),
              HasSubstr("\"c1, c2, ..., c1200 (1,200 files)\""));
}

TEST(Report, RunsOnOneTextShareASection) {
  auto second = run("b", {0.3});
  second.manifest = manifest("text 2", "two.txt");
  StoredRun file;
  file.label = "vectors.bin";
  file.table = square();
  const auto sections = sections_by_text({run("a", {1}), second, run("c", {1}), file});
  ASSERT_EQ(sections.size(), 3u);
  EXPECT_EQ(sections[0].title, "text: one");
  EXPECT_EQ(sections[0].runs[1].label, "c");
  EXPECT_EQ(sections[1].title, "text: two");
  EXPECT_EQ(sections[2].runs[0].label, "vectors.bin");
  // With a single corpus, the vector file is in the section of its runs.
  const auto together = sections_by_text({file, run("a", {1})});
  ASSERT_EQ(together.size(), 1u);
  EXPECT_EQ(together[0].title, "text: one");
  ASSERT_EQ(together[0].runs.size(), 2u);
  EXPECT_EQ(sections_by_text({}).size(), 0u);
}

TEST(ReportPage, NoTextEndsTheDataOrIsTakenForAMark) {
  auto odd = run("</script><script>alert(1)", {0.5});
  odd.table =
      EmbeddingTable({"<!--", "{{d3}}", "a\u2028b", "\xff"}, {0, 1, 2, 3, 4, 5, 6, 7}, 2, "");
  ReportOptions options;
  options.title = "<b>&\"";
  const auto content = report_content({{"</SCRIPT>", {odd}}}, options);
  const std::string data = json_for_script(content);
  EXPECT_THAT(data, Not(HasSubstr("<")));
  EXPECT_THAT(data, Not(HasSubstr("\u2028")));
  const auto again = json::parse(data);
  EXPECT_EQ(again["sections"][0]["title"], "</SCRIPT>");
  EXPECT_EQ(again["sections"][0]["maps"][0]["words"],
            json({"<!--", "{{d3}}", "a\u2028b", "\uFFFD"}));
  const std::string page = report_page(content);
  EXPECT_THAT(page, HasSubstr("<title>&lt;b>&amp;\"</title>"));
  EXPECT_THAT(page, HasSubstr(data));
  EXPECT_THAT(page, HasSubstr("Mike Bostock"));
  for (const char* const mark : {"{{title}}", "{{style}}", "{{data}}", "{{report}}"})
    EXPECT_THAT(page, Not(HasSubstr(mark)));
}

TEST(ReportPage, TheSameRunsGiveTheSameBytes) {
  const auto make = [] {
    return report_page(report_content({{"s", {run("a", {0.5})}}}, ReportOptions()));
  };
  EXPECT_EQ(make(), make());
}

}  // namespace
}  // namespace wordbridge
