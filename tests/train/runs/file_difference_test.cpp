#include "train/runs/file_difference.h"

#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/io/container.h"
#include "core/io/file.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

class FileDifferenceTest : public testing::Test {
 protected:
  std::optional<FileDifference> compare(const std::string& name, const std::string& a,
                                        const std::string& b) const {
    folder_.write("a/" + name, a);
    folder_.write("b/" + name, b);
    return difference(name);
  }
  std::optional<FileDifference> difference(const std::string& name) const {
    return file_difference(name, folder_ / ("a/" + name), folder_ / ("b/" + name));
  }
  void write_arrays(const std::string& file, const nlohmann::json& meta,
                    const std::vector<float>& C, const std::vector<std::int64_t>& counts) const {
    make_folder((folder_ / file).parent_path());
    ContainerWriter writer("checkpoint", meta);
    writer.add("C", C);
    writer.add("counts", counts);
    writer.write(folder_ / file);
  }

  const TempFolder folder_;
};

TEST_F(FileDifferenceTest, TheSameBytesDoNotDiffer) {
  EXPECT_FALSE(compare("metrics.jsonl", "{\"epoch\":1}\n", "{\"epoch\":1}\n"));
  EXPECT_FALSE(compare("pairs.tsv", "", ""));
}

TEST_F(FileDifferenceTest, MetricsPartAtTheFirstEpochThatDiffers) {
  const auto found = compare("metrics.jsonl",
                             "{\"epoch\":1,\"train_loss\":4.0}\n{\"epoch\":2,\"train_loss\":3.0}\n"
                             "{\"epoch\":3,\"train_loss\":2.0}\n",
                             "{\"epoch\":1,\"train_loss\":4.0}\n{\"epoch\":2,\"train_loss\":3.25}\n"
                             "{\"epoch\":3,\"train_loss\":1.5}\n");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->what, "they part at epoch 2: train_loss: 3.0, now 3.25");
  ASSERT_EQ(found->numbers.size(), 1u);
  EXPECT_EQ(found->numbers[0].name, "train_loss");
  EXPECT_EQ(found->numbers[0].largest, 0.5);
  EXPECT_EQ(found->numbers[0].magnitude, 4);
  EXPECT_EQ(found->numbers[0].different, 2);
  EXPECT_EQ(found->numbers[0].count, 3);
}

TEST_F(FileDifferenceTest, AShorterTrainingIsADifference) {
  const auto found =
      compare("metrics.jsonl", "{\"epoch\":1}\n{\"final\":true}\n", "{\"epoch\":1}\n");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->what, "2 lines, now 1");
}

TEST_F(FileDifferenceTest, LargestDifferenceOfEachArray) {
  write_arrays("a/checkpoints/best.wb", {{"learner", {{"step", 7}}}}, {1, -8, NAN, 2}, {5, 6});
  write_arrays("b/checkpoints/best.wb", {{"learner", {{"step", 8}}}}, {1, -8.5f, NAN, 2.25f},
               {5, 6});
  const auto found = difference("checkpoints/best.wb");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->what, "1 of 2 arrays differ; step: 7, now 8");
  ASSERT_EQ(found->numbers.size(), 1u);
  EXPECT_EQ(found->numbers[0].name, "C");
  EXPECT_EQ(found->numbers[0].largest, 0.5);
  EXPECT_EQ(found->numbers[0].magnitude, 8);
  EXPECT_EQ(found->numbers[0].different, 2);
  EXPECT_EQ(found->numbers[0].count, 4);
}

TEST_F(FileDifferenceTest, NaNInOneOfThemIsNoNumber) {
  write_arrays("a/checkpoints/best.wb", {{"learner", 1}}, {1, 2}, {});
  write_arrays("b/checkpoints/best.wb", {{"learner", 1}}, {NAN, 3}, {});
  const auto found = difference("checkpoints/best.wb");
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::isnan(found->numbers.at(0).largest));
  EXPECT_EQ(found->numbers.at(0).different, 2);
}

TEST_F(FileDifferenceTest, CheckpointsMayHaveOtherLengthsOfLogs) {
  write_arrays("a/checkpoints/best.wb", {{"learner", 1}, {"timing_bytes", 80}}, {1}, {2});
  write_arrays("b/checkpoints/best.wb", {{"learner", 1}, {"timing_bytes", 81}}, {1}, {2});
  EXPECT_FALSE(difference("checkpoints/best.wb"));
  // Other files have no such exception.
  write_arrays("a/model.wb", {{"learner", 1}, {"timing_bytes", 80}}, {1}, {2});
  write_arrays("b/model.wb", {{"learner", 1}, {"timing_bytes", 81}}, {1}, {2});
  ASSERT_TRUE(difference("model.wb"));
  EXPECT_EQ(difference("model.wb")->what, "timing_bytes: 80, now 81");
}

TEST_F(FileDifferenceTest, ArraysThatOnlyOneHas) {
  write_arrays("a/model.wb", {}, {1, 2}, {2});
  write_arrays("b/model.wb", {}, {1}, {2});
  EXPECT_EQ(difference("model.wb")->what, "C has another shape or type");
  const std::vector<std::int64_t> counts = {2};
  ContainerWriter writer("checkpoint", nlohmann::json());
  writer.add("counts", counts);
  writer.write(folder_ / "b/model.wb");
  EXPECT_EQ(difference("model.wb")->what, "C is only in the first run");
}

TEST_F(FileDifferenceTest, VectorsByNumberAndByWord) {
  const auto numbers = compare("vectors.txt", "2 2\na 1 2\nb 3 4\n", "2 2\na 1 2\nb 3 4.5\n");
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->numbers.at(0).largest, 0.5);
  EXPECT_EQ(numbers->numbers.at(0).count, 4);
  const auto words = compare("vectors.txt", "2 1\na 1\nb 3\n", "2 1\na 1\nc 3\n");
  ASSERT_TRUE(words);
  EXPECT_EQ(words->what, "word 2: b, now c");
  EXPECT_EQ(compare("vectors.txt", "1 1\na 1\n", "1 2\na 1 2\n")->what, "1 x 1 numbers, now 1 x 2");
}

TEST_F(FileDifferenceTest, ValuesOfJsonAndPlacesOfText) {
  const auto found = compare("summary.json", R"({"results": {"a": 1, "b": [1, 2]}, "c": null})",
                             R"({"results": {"a": 1, "b": [1, 3], "d": 4}, "c": null})");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->what, "results.b[1]: 2, now 3; results.d: null, now 4");
  EXPECT_EQ(compare("classes.tsv", "a\t1\nb\t2\n", "a\t1\nb\t3\n")->what, "line 2, byte 7");
  EXPECT_EQ(compare("classes.tsv", "a\t1\n", "a\t1\nb\t3\n")->what,
            "line 2, byte 5; 4 bytes, now 8");
}

}  // namespace
}  // namespace wordbridge
