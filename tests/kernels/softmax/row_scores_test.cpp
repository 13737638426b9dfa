#include "kernels/softmax/row_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <map>
#include <vector>

#include "core/rng.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kExamples = 61, kAllRows = 90;

std::vector<float> random_floats(std::int64_t count, const char* stream) {
  Rng rng(5, stream);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (auto& value : values) value = static_cast<float>(rng.normal());
  return values;
}

/// Lists of 0 to 12 of the 90 rows, with repetitions; every seventh list is empty, and most contain
/// row 3.
RowLists random_lists() {
  Rng rng(5, "lists");
  RowLists lists;
  lists.begin.push_back(0);
  for (std::int64_t b = 0; b < kExamples; ++b) {
    const std::uint64_t count = b % 7 == 0 ? 0 : rng.below(13);
    for (std::uint64_t j = 0; j < count; ++j) {
      lists.row.push_back(j == 1 ? 3 : static_cast<std::int32_t>(2 * rng.below(kAllRows / 2)));
    }
    lists.begin.push_back(static_cast<std::int64_t>(lists.row.size()));
  }
  return lists;
}

struct Case {
  explicit Case(std::int64_t w)
      : width(w),
        x(random_floats(kExamples * w, "x")),
        weight(random_floats(kAllRows * w, "weight")),
        g(random_floats(static_cast<std::int64_t>(lists.row.size()), "g")) {}

  float at(const std::vector<float>& matrix, std::int64_t row, std::int64_t i) const {
    return matrix[static_cast<std::size_t>(row * width + i)];
  }

  RowLists lists = random_lists();
  std::int64_t width;
  std::vector<float> x, weight, bias = random_floats(kAllRows, "bias"), g;
};

class RowScores : public testing::TestWithParam<std::int64_t> {
 protected:
  void TearDown() override { set_threads(1); }
};

TEST_P(RowScores, AreTheBiasAndTheProduct) {
  const Case c(GetParam());
  std::vector<float> scores(c.lists.row.size()), without(c.lists.row.size());
  row_scores(c.lists, c.x.data(), c.weight.data(), c.bias.data(), c.width, scores.data());
  row_scores(c.lists, c.x.data(), c.weight.data(), nullptr, c.width, without.data());
  for (std::int64_t b = 0; b < kExamples; ++b) {
    for (auto j = c.lists.begin[static_cast<std::size_t>(b)];
         j < c.lists.begin[static_cast<std::size_t>(b) + 1]; ++j) {
      const auto entry = static_cast<std::size_t>(j);
      const auto row = c.lists.row[entry];
      double product = 0;
      for (std::int64_t i = 0; i < c.width; ++i) {
        product += static_cast<double>(c.at(c.x, b, i)) * c.at(c.weight, row, i);
      }
      EXPECT_NEAR(without[entry], product, 2e-5) << b << " " << row;
      EXPECT_NEAR(scores[entry], product + c.bias[static_cast<std::size_t>(row)], 2e-5);
    }
  }
}

TEST_P(RowScores, GradientsAreTheNaiveSums) {
  const Case c(GetParam());
  std::vector<float> x_gradient(c.x.size(), 99.0f);
  const auto gradients = row_score_gradients(c.lists, c.g.data(), c.x.data(), c.weight.data(),
                                             kExamples, c.width, x_gradient.data());
  std::vector<double> expected_x(c.x.size());
  std::map<std::int64_t, std::vector<double>> expected_rows;  // `width` weights, then the bias
  for (std::int64_t b = 0; b < kExamples; ++b) {
    for (auto j = c.lists.begin[static_cast<std::size_t>(b)];
         j < c.lists.begin[static_cast<std::size_t>(b) + 1]; ++j) {
      const auto row = c.lists.row[static_cast<std::size_t>(j)];
      const double g = c.g[static_cast<std::size_t>(j)];
      auto& sums = expected_rows[row];
      sums.resize(static_cast<std::size_t>(c.width) + 1);
      for (std::int64_t i = 0; i < c.width; ++i) {
        expected_x[static_cast<std::size_t>(b * c.width + i)] += g * c.at(c.weight, row, i);
        sums[static_cast<std::size_t>(i)] += g * c.at(c.x, b, i);
      }
      sums.back() += g;
    }
  }
  for (std::size_t i = 0; i < x_gradient.size(); ++i) {
    EXPECT_NEAR(x_gradient[i], expected_x[i], 2e-5) << i;
  }
  ASSERT_EQ(gradients.rows.size(), expected_rows.size());
  std::size_t r = 0;
  for (const auto& [row, sums] : expected_rows) {
    EXPECT_EQ(gradients.rows[r], row);
    for (std::int64_t i = 0; i < c.width; ++i) {
      EXPECT_NEAR(c.at(gradients.weight, static_cast<std::int64_t>(r), i),
                  sums[static_cast<std::size_t>(i)], 2e-5);
    }
    EXPECT_NEAR(gradients.bias[r], sums.back(), 1e-5);
    ++r;
  }
}

TEST_P(RowScores, SameBitsOnAnyNumberOfThreads) {
  const Case c(GetParam());
  std::vector<std::vector<float>> results;
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    std::vector<float> result(c.lists.row.size());
    row_scores(c.lists, c.x.data(), c.weight.data(), c.bias.data(), c.width, result.data());
    std::vector<float> x_gradient(c.x.size());
    const auto gradients = row_score_gradients(c.lists, c.g.data(), c.x.data(), c.weight.data(),
                                               kExamples, c.width, x_gradient.data());
    for (const auto& more : {x_gradient, gradients.weight, gradients.bias}) {
      result.insert(result.end(), more.begin(), more.end());
    }
    results.push_back(result);
  }
  EXPECT_EQ(results[1], results[0]);
  EXPECT_EQ(results[2], results[0]);
}

INSTANTIATE_TEST_SUITE_P(Widths, RowScores, testing::Values(1, 17, 100, 290));

TEST(RowScoresEmpty, ListsGiveNoRows) {
  const RowLists lists{{0, 0, 0}, {}};
  const std::vector<float> x(2 * 3, 1.0f), weight(4 * 3, 1.0f);
  std::vector<float> x_gradient(6, 99.0f);
  row_scores(lists, x.data(), weight.data(), nullptr, 3, nullptr);
  const auto gradients =
      row_score_gradients(lists, nullptr, x.data(), weight.data(), 2, 3, x_gradient.data());
  EXPECT_TRUE(gradients.rows.empty());
  EXPECT_TRUE(gradients.weight.empty());
  EXPECT_EQ(x_gradient, std::vector<float>(6, 0.0f));
}

}  // namespace
}  // namespace wordbridge
