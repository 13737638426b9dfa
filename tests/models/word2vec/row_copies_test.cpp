#include "models/word2vec/row_copies.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "core/rng.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kWidth = 16, kRows = 3000, kWords = 500;

std::vector<float> random_matrix() {
  Rng rng(2, "matrix");
  std::vector<float> values(static_cast<std::size_t>(kRows * kWidth));
  for (float& value : values) value = static_cast<float>(rng.normal());
  return values;
}

/// Words of several characters that share many n-grams.
Subwords toy_parts() {
  std::vector<std::string> words;
  for (int w = 0; w < kWords; ++w) words.push_back(std::to_string(w * w * 17));
  Subwords parts(words, {1, 3, 1000}, 1500);
  EXPECT_LT(1500 + parts.buckets().size(), static_cast<std::size_t>(kRows));
  return parts;
}

/// The number added to element k of row `row` in turn `turn` of the set of copies c.
float change_of(std::int64_t c, int turn, std::int32_t row, std::int64_t k) {
  return static_cast<float>(0.01 * std::sin(static_cast<double>(c * 31 + turn * 7 + row * 3 + k)));
}

/// Rows accessed in the set of copies c, some of them repeatedly.
std::vector<std::int32_t> rows_of_copy(std::int64_t c) {
  Rng rng(7, "rows", static_cast<std::uint64_t>(c));
  std::vector<std::int32_t> rows;
  for (int turn = 0; turn < 1200; ++turn)
    rows.push_back(static_cast<std::int32_t>(rng.below(turn % 3 == 0 ? 20 : 1400)));
  return rows;
}

/// Changes all copies, and checks that no copy moves in memory.
void change(std::vector<RowCopies>& copies, const std::vector<float>& matrix,
            const Subwords& parts) {
  for (std::size_t c = 0; c < copies.size(); ++c) {
    copies[c].start(matrix.data(), kWidth, 1400, parts);
    const auto rows = rows_of_copy(static_cast<std::int64_t>(c));
    std::map<std::int32_t, float*> seen;
    for (std::size_t turn = 0; turn < rows.size(); ++turn) {
      float* const row = copies[c].row(rows[turn]);
      const auto known = seen.emplace(rows[turn], row);
      ASSERT_EQ(known.first->second, row) << "the copy has moved";
      for (std::int64_t k = 0; k < kWidth; ++k)
        row[k] += change_of(static_cast<std::int64_t>(c), static_cast<int>(turn), rows[turn], k);
    }
    copies[c].finish();
  }
}

/// The expected matrix, in double precision.
std::vector<double> expected_of(std::size_t copies, const std::vector<float>& matrix,
                                const Subwords& parts) {
  std::vector<double> expected(matrix.begin(), matrix.end());
  for (std::size_t c = 0; c < copies; ++c) {
    const auto rows = rows_of_copy(static_cast<std::int64_t>(c));
    for (std::size_t turn = 0; turn < rows.size(); ++turn) {
      std::vector<std::int32_t> changed = {rows[turn]};
      if (parts.has(rows[turn]))
        changed.assign(parts.of(rows[turn]).begin(), parts.of(rows[turn]).end());
      for (const auto row : changed)
        for (std::int64_t k = 0; k < kWidth; ++k)
          expected[static_cast<std::size_t>(row * kWidth + k)] += static_cast<double>(
              change_of(static_cast<std::int64_t>(c), static_cast<int>(turn), rows[turn], k));
    }
  }
  return expected;
}

class RowCopiesTest : public testing::TestWithParam<bool> {
 protected:
  void TearDown() override { set_threads(0); }
  const Subwords parts_ = GetParam() ? toy_parts() : Subwords();
};

TEST_P(RowCopiesTest, CopiesAreRowsOrMeans) {
  const std::vector<float> matrix = random_matrix();
  RowCopies copies;
  copies.start(matrix.data(), kWidth, kRows, parts_);
  std::vector<float> mean(kWidth);
  for (std::int32_t row = 0; row < 1400; ++row) {
    const float* expected = matrix.data() + row * kWidth;
    if (parts_.has(row)) {
      parts_.mean(row, matrix.data(), kWidth, mean.data());
      expected = mean.data();
    }
    const float* const copy = copies.row(row);
    for (std::int64_t k = 0; k < kWidth; ++k) ASSERT_EQ(copy[k], expected[k]) << row;
  }
}

TEST_P(RowCopiesTest, AllDifferencesAreAddedWhateverTheThreads) {
  const std::vector<float> before = random_matrix();
  std::vector<float> first;
  for (const int count : {1, 2, 3, 8}) {
    set_threads(count);
    std::vector<float> matrix = before;
    std::vector<RowCopies> copies(5);
    change(copies, matrix, parts_);
    EXPECT_EQ(matrix, before);  // unchanged until the merge
    CopyMerger(kRows).merge(copies.data(), 5, matrix.data());
    if (first.empty()) first = matrix;
    EXPECT_EQ(matrix, first) << count;
  }
  const auto expected = expected_of(5, before, parts_);
  for (std::size_t i = 0; i < first.size(); ++i)
    ASSERT_NEAR(static_cast<double>(first[i]), expected[i], 2e-4) << i;
}

TEST_P(RowCopiesTest, StartForgetsAll) {
  const std::vector<float> before = random_matrix();
  std::vector<float> once = before, again = before;
  std::vector<RowCopies> copies(1);
  CopyMerger merger(kRows);
  change(copies, before, parts_);
  merger.merge(copies.data(), 1, once.data());
  change(copies, before, parts_);
  merger.merge(copies.data(), 1, again.data());
  EXPECT_EQ(once, again);
}

TEST_P(RowCopiesTest, WhatIsNotChangedKeepsItsBits) {
  std::vector<float> matrix = random_matrix();
  const std::vector<float> before = matrix;
  RowCopies copies;
  copies.start(matrix.data(), kWidth, 1400, parts_);
  for (std::int32_t row = 0; row < 1400; ++row) copies.row(row);
  copies.finish();
  CopyMerger(kRows).merge(&copies, 1, matrix.data());
  EXPECT_EQ(matrix, before);
}

INSTANTIATE_TEST_SUITE_P(Parts, RowCopiesTest, testing::Bool(), [](const auto& some) {
  return some.param ? std::string("WithParts") : std::string("Without");
});

/// The words share no parts, so that each mean becomes equal to its copy.
TEST(RowCopiesOfParts, MeansBecomeWhatTheirCopiesWere) {
  std::vector<float> matrix = random_matrix();
  const Subwords parts({"ab", "xyz"}, {2, 2, 100000}, 10);
  RowCopies copies;
  copies.start(matrix.data(), kWidth, 2, parts);
  for (std::int32_t w = 0; w < 2; ++w) {
    float* const row = copies.row(w);
    for (std::int64_t k = 0; k < kWidth; ++k) row[k] = static_cast<float>(w * 100 + k);
  }
  copies.finish();
  CopyMerger(kRows).merge(&copies, 1, matrix.data());
  std::vector<float> mean(kWidth);
  for (std::int32_t w = 0; w < 2; ++w) {
    parts.mean(w, matrix.data(), kWidth, mean.data());
    for (std::int64_t k = 0; k < kWidth; ++k)
      EXPECT_NEAR(mean[static_cast<std::size_t>(k)], static_cast<float>(w * 100 + k), 1e-4);
  }
}

}  // namespace
}  // namespace wordbridge
