#include "train/processes/merged_changes.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/index.h"
#include "core/rng.h"
#include "tests/support/thread_processes.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kShards = 8, kRows = 3000, kWidth = 5;

StreamingModel::StepResult result_of(std::int64_t shard) {
  StreamingModel::StepResult result;
  result.loss = 1.0 / static_cast<double>(shard + 3);
  result.examples = shard;
  result.done = shard < 6 ? 10 : 0;  // the last two have nothing to train on
  result.learning_rate = 1 - 0.1 * static_cast<double>(shard);
  return result;
}

/// Changes some rows of a matrix, as a shard does.
void change_rows(std::int64_t shard, float* matrix) {
  Rng rng(1, "rows", static_cast<std::uint64_t>(shard));
  for (std::int64_t row = 0; row < kRows; ++row) {
    if (rng.uniform() < 0.5) continue;
    for (std::int64_t k = 0; k < kWidth; ++k)
      matrix[row * kWidth + k] += static_cast<float>(rng.uniform() - 0.5);
  }
}

std::vector<float> initial(std::int64_t rows) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < rows * kWidth; ++i) values.push_back(static_cast<float>(i % 7) / 8);
  return values;
}

/// Expected updates of each row in a shard, from 0 to 3.
std::vector<float> updates() {
  std::vector<float> values;
  for (std::int64_t row = 0; row < kRows; ++row) values.push_back(static_cast<float>(row) * 1e-3f);
  return values;
}

struct Merged {
  std::vector<float> words, contexts;
  MergedChanges::Totals totals;
};

/// The arrays of each of `size` processes after two merges.
std::vector<Merged> merged_on(int size) {
  Meeting meeting(size);
  std::vector<Merged> all(at(size));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      ThreadProcesses processes(rank, size, meeting);
      Merged& own = all[at(rank)];
      own.words = initial(kRows);
      own.contexts = initial(kRows);
      MergedChanges merged({{"words", {kRows, kWidth}, own.words.data()},
                            {"contexts", {kRows, kWidth}, own.contexts.data()}},
                           {updates(), updates()}, kShards, size == 1 ? nullptr : &processes);
      EXPECT_EQ(merged.own_shards(), kShards / size);
      merged.begin();
      for (int merge = 0; merge < 2; ++merge) {
        for (std::int64_t i = 0; i < merged.own_shards(); ++i) {
          const std::int64_t shard = merged.first_shard() + i;
          change_rows(shard, own.words.data());
          if (shard % 2 == 0) change_rows(shard + 10, own.contexts.data());
          merged.add_shard(result_of(shard));
        }
        own.totals = merged.finish(rank == 1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return all;
}

TEST(MergedChangesTest, RowsChangeByTheSumTheMeanOrInBetween) {
  EXPECT_EQ(share_of_sum(1, 5), 1);
  EXPECT_NEAR(share_of_sum(4, 0), 1, 1e-7);
  EXPECT_NEAR(share_of_sum(4, 1e3), 0.25, 1e-12);
  // Two shards: (1 - x^2) / (2 (1 - x)) = (1 + x) / 2 with x = exp(-0.3 gain).
  EXPECT_NEAR(share_of_sum(2, 2), (1 + std::exp(-0.6)) / 2, 1e-12);

  // Rows with many updates in a shard, with many, with none, with none.
  std::vector<float> matrix = {1, 2, 3, 4, 5, 6, 7, 8};
  MergedChanges merged({{"words", {4, 2}, matrix.data()}}, {{1e6f, 1e6f, 0, 0}}, 2, nullptr);
  merged.begin();
  matrix = {2, 2, 3, 5, 7, 6, 7, 8};
  merged.add_shard(result_of(0));
  EXPECT_EQ(matrix, std::vector<float>({1, 2, 3, 4, 5, 6, 7, 8}));
  matrix = {4, 6, 3, 4, 6, 6, 7, 8};
  merged.add_shard(result_of(1));
  const auto totals = merged.finish(false);
  EXPECT_EQ(matrix, std::vector<float>(
                        {1 + (1 + 3) / 2.0f, 2 + (0 + 4) / 2.0f, 3, 4 + 1, 5 + (2 + 1), 6, 7, 8}));
  EXPECT_EQ(totals.result.loss, 1.0 / 3 + 1.0 / 4);
  EXPECT_EQ(totals.result.examples, 0 + 1);
  EXPECT_EQ(totals.result.done, 20);
  EXPECT_EQ(totals.result.learning_rate, 0.9);
  EXPECT_FALSE(totals.stop);
}

TEST(MergedChangesTest, EqualANaiveMerge) {
  const std::vector<float> updates_of = updates();
  std::vector<double> expected;
  for (const float value : initial(kRows)) expected.push_back(value);
  for (int merge = 0; merge < 2; ++merge) {
    std::vector<double> sums(expected.size());
    std::vector<int> counts(at(kRows));
    for (std::int64_t shard = 0; shard < kShards; ++shard) {
      std::vector<float> own(expected.size());
      change_rows(shard, own.data());
      for (std::int64_t row = 0; row < kRows; ++row) {
        bool changed = false;
        for (std::int64_t k = 0; k < kWidth; ++k) {
          sums[at(row * kWidth + k)] += own[at(row * kWidth + k)];
          changed = changed || own[at(row * kWidth + k)] != 0;
        }
        counts[at(row)] += changed ? 1 : 0;
      }
    }
    for (std::size_t i = 0; i < expected.size(); ++i)
      if (const auto row = i / kWidth; counts[row] > 0)
        expected[i] +=
            sums[i] * share_of_sum(counts[row], result_of(5).learning_rate * updates_of[row]);
  }
  const auto merged = merged_on(1)[0];
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_NEAR(merged.words[i], expected[i], 1e-6) << i;
  EXPECT_EQ(merged.totals.result.learning_rate, result_of(5).learning_rate);
}

TEST(MergedChangesTest, HaveTheSameBitsOnAnyNumberOfProcesses) {
  const Merged one = merged_on(1)[0];
  for (const int size : {2, 4, 8}) {
    for (const Merged& other : merged_on(size)) {
      EXPECT_EQ(other.words, one.words) << size;
      EXPECT_EQ(other.contexts, one.contexts) << size;
      EXPECT_EQ(other.totals.result.loss, one.totals.result.loss);
      EXPECT_EQ(other.totals.result.done, one.totals.result.done);
      EXPECT_TRUE(other.totals.stop);  // process 1 was asked to stop
    }
  }
}

}  // namespace
}  // namespace wordbridge
