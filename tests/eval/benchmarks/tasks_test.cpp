#include "eval/benchmarks/tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "eval/metrics.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using testing::ElementsAre;

TEST(BenchmarkTasks, AreTheKeysOfFiles) {
  std::vector<std::string> names;
  for (const auto& task : benchmark_tasks()) names.push_back(task.name);
  EXPECT_THAT(names, ElementsAre("similarity", "analogy", "groups", "categories", "outliers",
                                 "associations"));
  const auto files = no_benchmark_files();
  EXPECT_EQ(files.size(), names.size());
  for (const auto& name : names) EXPECT_TRUE(files.at(name).empty()) << name;
}

TEST(BenchmarkTasks, ResultsHaveTheirMetrics) {
  const TempFolder folder;
  const std::vector<std::string> paths = {folder.write("pairs.tsv", "a b 2\na c 1\nb c 3\n")};
  const WordLookup words(EmbeddingTable({"a", "b", "c"}, {1, 0, 1, 1, 1, 2}, 2, "by hand"));
  json results = json::array();
  const BenchmarkTask task = similarity_task();
  task.score(TaskInput{words}, paths, results);
  ASSERT_EQ(results.size(), 1u);
  for (const auto& metric : task.results.front().metrics)
    EXPECT_TRUE(results[0].contains(metric.key)) << metric.key;
  // The cosine similarities 0.707, 0.447 and 0.949 have the same order as the human scores.
  const auto lines = score_lines(results);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].name(" "), "pairs Spearman");
  EXPECT_EQ(lines[0].value, 1);
  EXPECT_EQ(lines[0].used, 3);
}

}  // namespace
}  // namespace wordbridge
