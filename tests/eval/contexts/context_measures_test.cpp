#include "eval/contexts/context_measures.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"
#include "core/threads.h"
#include "eval/contexts/context_sample.h"

namespace wordbridge {
namespace {

using Matrix = std::vector<std::vector<float>>;

std::vector<const float*> rows_of(const Matrix& matrix) {
  std::vector<const float*> rows;
  for (const auto& row : matrix) rows.push_back(row.data());
  return rows;
}

// Cosines: (1,0) (0,2): 0; (1,0) (3,4): 3/5; (0,2) (3,4): 4/5.
TEST(ContextMeasures, CosinesByHand) {
  const Matrix rows = {{1, 0}, {0, 2}, {3, 4}};
  EXPECT_NEAR(mean_cosine(rows_of(rows), 2), (0 + 0.6 + 0.8) / 3, 1e-12);
  // The pair of the first and the last row has one word.
  EXPECT_NEAR(mean_cosine_of_different(rows_of(rows), {7, 5, 7}, 2), (0 + 0.8) / 2, 1e-12);
  // Their mean is (4, 6) / 3; cosines 4, 6 and (12 + 24) / 5 divided by sqrt(52).
  EXPECT_NEAR(intra_sentence_similarity(rows_of(rows), 2), (4 + 6 + 7.2) / std::sqrt(52.0) / 3,
              1e-12);
}

// The rows (2,0), (0,1): singular values 2 and 1. The rows (1,1), (1,1), (1,-1): their Gram matrix
// is ((3,1), (1,3)), whose eigenvalues are 4 and 2.
TEST(ContextMeasures, ExplainableVarianceByHand) {
  EXPECT_NEAR(explainable_variance(rows_of({{2, 0}, {0, 1}}), 2), 4.0 / 5, 1e-12);
  EXPECT_NEAR(explainable_variance(rows_of({{1, 1}, {1, 1}, {1, -1}}), 2), 4.0 / 6, 1e-12);
  EXPECT_NEAR(explainable_variance(rows_of({{1, 2, 3}, {-2, -4, -6}}), 3), 1, 1e-12);
}

TEST(ContextMeasures, UndefinedOnesAreNaN) {
  EXPECT_TRUE(std::isnan(mean_cosine(rows_of({{1, 0}}), 2))) << "one row";
  EXPECT_TRUE(std::isnan(mean_cosine(rows_of({{1, 0}, {0, 0}}), 2))) << "no direction";
  EXPECT_TRUE(std::isnan(mean_cosine_of_different(rows_of({{1, 0}, {1, 1}}), {3, 3}, 2)));
  EXPECT_TRUE(std::isnan(intra_sentence_similarity({}, 2)));
  EXPECT_TRUE(std::isnan(intra_sentence_similarity(rows_of({{1, 0}, {-1, 0}}), 2))) << "no mean";
  EXPECT_TRUE(std::isnan(explainable_variance({}, 2)));
  EXPECT_TRUE(std::isnan(explainable_variance(rows_of({{0, 0}, {0, 0}}), 2)));
}

double naive_cosine(const float* a, const float* b, std::int64_t dim) {
  double ab = 0, aa = 0, bb = 0;
  for (std::int64_t j = 0; j < dim; ++j) {
    ab += double{a[j]} * b[j];
    aa += double{a[j]} * a[j];
    bb += double{b[j]} * b[j];
  }
  return ab / std::sqrt(aa * bb);
}

/// The largest squared singular value, by the power method, over the sum of the squares.
double naive_variance(const std::vector<const float*>& rows, std::int64_t dim) {
  std::vector<double> v(static_cast<std::size_t>(dim), 1);
  double largest = 0, squares = 0;
  for (int step = 0; step < 2000; ++step) {
    std::vector<double> next(v.size(), 0);
    for (const float* row : rows) {
      double product = 0;
      for (std::size_t j = 0; j < v.size(); ++j) product += v[j] * row[j];
      for (std::size_t j = 0; j < v.size(); ++j) next[j] += product * row[j];
    }
    largest = 0;
    for (const double x : next) largest += x * x;
    largest = std::sqrt(largest);
    for (std::size_t j = 0; j < v.size(); ++j) v[j] = next[j] / largest;
  }
  for (const float* row : rows)
    for (std::int64_t j = 0; j < dim; ++j) squares += double{row[j]} * row[j];
  return largest / squares;
}

struct RandomContexts {
  static constexpr std::int64_t kDim = 6, kTokens = 400;
  RandomContexts() {
    Rng rng(3, "ids");
    for (std::int64_t i = 0; i < kTokens; ++i)
      ids.push_back(static_cast<std::int32_t>(rng.below(12)));
    ContextSampleOptions options;
    options.words = 7, options.occurrences = 9, options.sentences = 11, options.random = 60;
    sample = draw_contexts(ids.data(), {0, kTokens}, {}, {0}, options);
    for (std::size_t i = 0; i < sample.positions.size() * kDim; ++i)
      vectors.push_back(static_cast<float>(rng.normal() + 0.7));  // a common direction
  }
  const float* row(std::int64_t index) const { return vectors.data() + index * kDim; }
  std::vector<std::int32_t> ids;
  ContextSample sample;
  std::vector<float> vectors;
};

TEST(ContextMeasures, EqualNaiveLoops) {
  const RandomContexts text;
  const auto& sample = text.sample;
  const std::int64_t dim = RandomContexts::kDim;
  double self = 0, intra = 0, variance = 0, variance_baseline = 0, baseline = 0, pairs = 0;
  const auto rows_at = [&](const std::vector<std::int64_t>& indices) {
    std::vector<const float*> rows;
    for (const auto i : indices) rows.push_back(text.row(i));
    return rows;
  };
  for (std::size_t w = 0; w < sample.words.size(); ++w) {
    const auto& word = sample.words[w];
    double sum = 0, n = 0;
    for (const auto i : word)
      for (const auto j : word)
        if (i != j) sum += naive_cosine(text.row(i), text.row(j), dim), ++n;
    self += sum / n / 7;
    variance += naive_variance(rows_at(word), dim) / 7;
    variance_baseline += naive_variance(rows_at(sample.baselines[w]), dim) / 7;
  }
  for (const auto& sentence : sample.sentences) {
    std::vector<float> mean(static_cast<std::size_t>(dim), 0);
    for (const auto i : sentence)
      for (std::int64_t j = 0; j < dim; ++j) mean[static_cast<std::size_t>(j)] += text.row(i)[j];
    double sum = 0;
    for (const auto i : sentence) sum += naive_cosine(mean.data(), text.row(i), dim);
    intra += sum / static_cast<double>(sentence.size()) / 11;
  }
  for (const auto i : sample.random)
    for (const auto j : sample.random) {
      const auto word = [&](std::int64_t k) { return sample.ids[static_cast<std::size_t>(k)]; };
      if (word(i) != word(j)) baseline += naive_cosine(text.row(i), text.row(j), dim), ++pairs;
    }
  const LayerMeasures found = measure_contexts(sample, text.vectors, dim);
  EXPECT_NEAR(found.self_similarity.value, self, 1e-9);
  EXPECT_NEAR(found.self_similarity.baseline, baseline / pairs, 1e-9);
  EXPECT_NEAR(found.self_similarity.adjusted(), self - baseline / pairs, 1e-9);
  EXPECT_NEAR(found.intra_sentence.value, intra, 1e-6);
  EXPECT_NEAR(found.intra_sentence.baseline, baseline / pairs, 1e-9);
  EXPECT_NEAR(found.explainable_variance.value, variance, 1e-9);
  EXPECT_NEAR(found.explainable_variance.baseline, variance_baseline, 1e-9);
}

TEST(ContextMeasures, ZerosAreLeftOut) {
  // Word 0 at (1, 0), (0, 0), (1, 0), word 1 at (0, 1), (0, 0); of word 1, no two have a direction.
  ContextSample sample;
  sample.ids = {0, 0, 0, 1, 1};
  sample.words = sample.baselines = {{0, 1, 2}, {3, 4}};
  sample.sentences = {{0, 1, 3}};
  sample.random = {0, 1, 3};
  const LayerMeasures found = measure_contexts(sample, {1, 0, 0, 0, 1, 0, 0, 1, 0, 0}, 2);
  EXPECT_NEAR(found.self_similarity.value, 1, 1e-12);
  EXPECT_NEAR(found.self_similarity.baseline, 0, 1e-12);
  EXPECT_NEAR(found.intra_sentence.value, std::sqrt(0.5), 1e-12);
  EXPECT_NEAR(found.explainable_variance.value, 1, 1e-12);
}

TEST(ContextMeasures, SameBitsOnAnyNumberOfThreads) {
  const RandomContexts text;
  std::vector<LayerMeasures> found;
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    found.push_back(measure_contexts(text.sample, text.vectors, RandomContexts::kDim));
  }
  set_threads(0);
  for (const auto& other : found) {
    EXPECT_EQ(other.self_similarity.value, found[0].self_similarity.value);
    EXPECT_EQ(other.intra_sentence.value, found[0].intra_sentence.value);
    EXPECT_EQ(other.explainable_variance.value, found[0].explainable_variance.value);
    EXPECT_EQ(other.explainable_variance.baseline, found[0].explainable_variance.baseline);
  }
}

}  // namespace
}  // namespace wordbridge
