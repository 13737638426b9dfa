#include "train/listing/run_query.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Names = std::vector<std::string>;

ListedRun run(const std::string& name, const std::map<std::string, std::string>& fields) {
  return {name, RunFields(fields), false};
}

/// Two networks, PCA, and a run that has not begun.
std::vector<ListedRun> four_runs() {
  return {run("runs/b", {{"model", "nplm"},
                         {"status", "complete"},
                         {"model.nplm.dim", "100"},
                         {"train.lr", "0.01"},
                         {"time", "630.5"},
                         {"started", "2026-11-02T10:00:00Z"},
                         {"results.test_perplexity", "98.5"},
                         {"results.similarity pairs spearman", "0.4"}}),
          run("runs/a", {{"model", "nplm"},
                         {"status", "complete"},
                         {"model.nplm.dim", "50"},
                         {"train.lr", "0.1"},
                         {"time", "9"},
                         {"started", "2026-11-01T10:00:00Z"},
                         {"results.test_perplexity", "150.25"}}),
          run("runs/c", {{"model", "pca"},
                         {"status", "complete"},
                         {"model.pca.dim", "300"},
                         {"data.path", "[text.txt]"},
                         {"results.similarity pairs spearman", "0.5"}}),
          run("runs/d", {{"model", "nplm"}, {"status", "not begun"}, {"model.nplm.dim", "auto"}})};
}

Names names_of(const RunQuery& query) {
  RunQuery with_names = query;
  with_names.columns = {"name"};
  Names names;
  for (const auto& row : query_runs(four_runs(), with_names).rows)
    names.push_back(row.at(0).value().substr(5));
  return names;
}

Names where(const Names& conditions) { return names_of({conditions, {}, false, {}, 0}); }

std::string refusal(const RunQuery& query) {
  return message_of<UsageError>([&] { query_runs(four_runs(), query); });
}

TEST(RunFieldsTest, PackedFieldsAreFoundByTheirWholeName) {
  const RunFields fields({{"a", "1"}, {"a.b", ""}, {"b", "x=y"}});
  EXPECT_EQ(fields.find("a"), "1");
  EXPECT_EQ(fields.find("a.b"), "");
  EXPECT_EQ(fields.find("b"), "x=y");
  EXPECT_FALSE(fields.find(""));
  EXPECT_FALSE(fields.find("1"));
  EXPECT_EQ(RunFields(fields.packed()).find("b"), "x=y");
  EXPECT_FALSE(RunFields().find("a"));
}

TEST(RunQueryTest, RunsAreSortedByNameUnlessAFieldIsGiven) {
  EXPECT_THAT(names_of({}), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(names_of({{}, {}, true, {}, 0}), ElementsAre("d", "c", "b", "a"));
  EXPECT_THAT(names_of({{}, {"results.test_perplexity"}, false, {}, 0}),
              ElementsAre("b", "a", "c", "d"))
      << "98.5 before 150.25; those without one last, by name";
  EXPECT_THAT(names_of({{}, {"results.test_perplexity"}, true, {}, 0}),
              ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(names_of({{}, {"dim"}, false, {}, 0}), ElementsAre("a", "b", "c", "d"))
      << "numbers before words";
  EXPECT_THAT(names_of({{}, {"model", "dim"}, true, {}, 0}), ElementsAre("c", "b", "a", "d"));
  EXPECT_THAT(names_of({{}, {}, false, {}, 2}), ElementsAre("a", "b"));
}

TEST(RunQueryTest, ConditionsCompareNumbersAsNumbersAndTextAsText) {
  EXPECT_THAT(where({"model=nplm"}), ElementsAre("a", "b", "d"));
  EXPECT_THAT(where({" model != nplm "}), ElementsAre("c"));
  EXPECT_THAT(where({"results.test_perplexity<150"}), ElementsAre("b"));
  EXPECT_THAT(where({"results.test_perplexity>98.5"}), ElementsAre("a"));
  EXPECT_THAT(where({"results.test_perplexity>=98.50"}), ElementsAre("a", "b"));
  EXPECT_THAT(where({"results.test_perplexity<=98.5"}), ElementsAre("b"));
  EXPECT_THAT(where({"train.lr=1e-2"}), ElementsAre("b"));
  EXPECT_THAT(where({"name~/b"}), ElementsAre("b"));
  EXPECT_THAT(where({"started>2026-11-02"}), ElementsAre("b"));
  EXPECT_THAT(where({"model=nplm", "lr>0.05"}), ElementsAre("a"));
  EXPECT_THAT(where({"results.similarity pairs spearman > 0.45"}), ElementsAre("c"));
}

TEST(RunQueryTest, ARunWithoutTheFieldMeetsOnlyNotEqual) {
  EXPECT_THAT(where({"lr!=0.1"}), ElementsAre("b", "c", "d"));
  EXPECT_THAT(where({"lr<9"}), ElementsAre("a", "b"));
  EXPECT_THAT(where({"lr~"}), ElementsAre("a", "b"));
  EXPECT_THAT(where({"dim<1000"}), ElementsAre("a", "b", "c")) << "auto is not a number";
  EXPECT_THAT(where({"dim>0"}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(where({"dim!=50"}), ElementsAre("b", "c", "d"));
}

TEST(RunQueryTest, TimesHaveUnits) {
  EXPECT_THAT(where({"time<10m"}), ElementsAre("a"));
  EXPECT_THAT(where({"time>=10m"}), ElementsAre("b"));
  EXPECT_THAT(where({"time=9s"}), ElementsAre("a"));
}

TEST(RunQueryTest, RunningIsAStatus) {
  auto runs = four_runs();
  runs[3].is_running = true;
  const RunTable table = query_runs(runs, {{"status=running"}, {}, false, {"name", "status"}, 0});
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0][0], "runs/d");
  EXPECT_EQ(table.rows[0][1], "running");
}

TEST(RunQueryTest, ShortNames) {
  EXPECT_THAT(where({"test_perplexity<150"}), ElementsAre("b"));
  EXPECT_THAT(where({"dim=300"}), ElementsAre("c")) << "the dim of its own model";
  EXPECT_THAT(where({"spearman=0.4"}), ElementsAre("b"));
  const auto ambiguous = message_of<UsageError>([] {
    query_runs({run("a", {{"train.x", "1"}, {"data.x", "2"}})}, {{"x=1"}, {}, false, {}, 0});
  });
  EXPECT_THAT(ambiguous, HasSubstr("ambiguous"));
  EXPECT_THAT(ambiguous, HasSubstr("data.x, train.x"));
  // Only whole parts of names.
  EXPECT_THAT(refusal({{"erplexity<150"}, {}, false, {}, 0}), HasSubstr("no run has this field"));
}

TEST(RunQueryTest, UnknownFieldsAreRefusedExceptSettings) {
  EXPECT_THAT(refusal({{"train.rl=1"}, {}, false, {}, 0}), HasSubstr("did you mean train.lr?"));
  EXPECT_THAT(refusal({{}, {"nothing"}, false, {}, 0}), HasSubstr("nothing"));
  EXPECT_THAT(refusal({{}, {}, false, {"model", "zzz"}, 0}), HasSubstr("zzz"));
  EXPECT_THAT(where({"model.word2vec.window=5"}), ElementsAre()) << "a setting";
  EXPECT_THAT(where({"metrics.train_loss<5"}), ElementsAre()) << "no run has metrics";
  EXPECT_TRUE(query_runs({}, {{"results.any<5", "seed=1"}, {}, false, {}, 0}).rows.empty());
}

TEST(RunQueryTest, WhatIsNoCondition) {
  for (const char* const text : {"model", "=nplm", "", " <5"})
    EXPECT_THAT(refusal({{text}, {}, false, {}, 0}), HasSubstr("not a condition")) << text;
}

TEST(RunQueryTest, Columns) {
  const auto columns = [](const Names& wanted) {
    return query_runs(four_runs(), {{}, {}, false, wanted, 0}).columns;
  };
  EXPECT_THAT(columns({}),
              ElementsAre("name", "model", "corpus", "status", "seed", "started", "time",
                          "results.test_perplexity", "results.similarity pairs spearman"));
  EXPECT_THAT(columns({"dim", "name"}), ElementsAre("dim", "name"));
  EXPECT_EQ(columns({"+lr", "dim"}).size(), columns({}).size() + 2);
  EXPECT_EQ(columns({"+lr", "dim"}).back(), "dim");
  EXPECT_THAT(columns({"all"}), testing::Contains("data.path"));
  const RunTable table = query_runs(four_runs(), {{}, {}, false, {"lr", "dim"}, 2});
  EXPECT_EQ(table.all, 4u);
  EXPECT_THAT(table.rows, ElementsAre(ElementsAre("0.1", "50"), ElementsAre("0.01", "100")));
  EXPECT_FALSE(query_runs(four_runs(), {{"model=pca"}, {}, false, {"lr"}, 0}).rows.at(0).at(0));
}

}  // namespace
}  // namespace wordbridge
