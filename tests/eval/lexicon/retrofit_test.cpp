#include "eval/lexicon/retrofit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"
#include "core/threads.h"
#include "tests/eval/random_table.h"

namespace wordbridge {
namespace {

using Edges = std::vector<WordGraph::Edge>;

std::vector<float> retrofitted(std::vector<float> rows, std::int64_t dim, const WordGraph& graph,
                               const RetrofitOptions& options) {
  retrofit(rows, dim, graph, options);
  return rows;
}

/// About `per_word` random edges for each of the words but every seventh.
WordGraph random_graph(std::int64_t words, std::int64_t per_word, std::uint64_t seed) {
  Rng rng(seed, "test.graph");
  Edges edges;
  const auto any = [&] {
    const auto row = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(words)));
    return row % 7 == 0 ? row + 1 : row;
  };
  for (std::int64_t i = 0; i < words * per_word / 2; ++i) {
    const auto a = any(), b = any();
    if (a < words && b < words) edges.emplace_back(a, b);
  }
  return WordGraph(words, edges);
}

/// Written from the paper: the matrix of all beta_ij, and a sum over all words.
std::vector<float> naive(const std::vector<float>& rows, std::int64_t dim, const WordGraph& graph,
                         const RetrofitOptions& options) {
  const auto words = static_cast<std::size_t>(graph.words()), size = static_cast<std::size_t>(dim);
  std::vector<std::vector<double>> beta(words, std::vector<double>(words, 0.0));
  for (std::size_t i = 0; i < words; ++i)
    for (const auto j : graph.neighbors(static_cast<std::int64_t>(i)))
      beta[i][static_cast<std::size_t>(j)] =
          1.0 / static_cast<double>(graph.neighbors(static_cast<std::int64_t>(i)).size());
  std::vector<double> q(rows.begin(), rows.end());
  for (std::int64_t sweep = 0; sweep < options.sweeps; ++sweep) {
    for (std::size_t i = 0; i < words; ++i) {
      double weights = 0;
      for (std::size_t j = 0; j < words; ++j) weights += beta[i][j];
      if (weights == 0) continue;
      for (std::size_t d = 0; d < size; ++d) {
        double sum = options.alpha * static_cast<double>(rows[i * size + d]);
        for (std::size_t j = 0; j < words; ++j) sum += beta[i][j] * q[j * size + d];
        q[i * size + d] = sum / (weights + options.alpha);
      }
    }
  }
  return {q.begin(), q.end()};
}

/// w0 - w1 - w2 with the vectors 8, 0, 4. First sweep: w0 = (0 + 8) / 2 = 4, w1 = ((4 + 4) / 2 + 0)
/// / 2 = 2, w2 = (2 + 4) / 2 = 3. Second: w0 = (2 + 8) / 2 = 5, w1 = (5 + 3) / 4 = 2, w2 = 3.
TEST(Retrofit, ThreeWordsByHand) {
  const WordGraph graph(4, {{0, 1}, {1, 2}});
  const std::vector<float> rows = {8, 0, 4, 7};
  EXPECT_EQ(retrofitted(rows, 1, graph, {1, 1}), (std::vector<float>{4, 2, 3, 7}));
  EXPECT_EQ(retrofitted(rows, 1, graph, {2, 1}), (std::vector<float>{5, 2, 3, 7}));
  // alpha = 3: w0 = (0 + 24) / 4 = 6, w1 = ((6 + 4) / 2 + 0) / 4 = 1.25, w2 = (1.25 + 12) / 4.
  EXPECT_EQ(retrofitted(rows, 1, graph, {1, 3}), (std::vector<float>{6, 1.25f, 3.3125f, 7}));
  // alpha = 0: each the mean of its neighbours.
  EXPECT_EQ(retrofitted(rows, 1, graph, {1, 0}), (std::vector<float>{0, 2, 2, 7}));
}

TEST(Retrofit, EqualsTheNaiveReference) {
  for (const std::int64_t dim : {1, 7, 8, 70}) {
    for (const RetrofitOptions options : {RetrofitOptions{10, 1}, {3, 0.25}, {1, 5}}) {
      const auto graph = random_graph(60, 4, static_cast<std::uint64_t>(dim));
      const auto rows = normal_rows(60, dim, 1);
      const auto expected = naive(rows, dim, graph, options);
      const auto found = retrofitted(rows, dim, graph, options);
      for (std::size_t i = 0; i < rows.size(); ++i)
        EXPECT_NEAR(found[i], expected[i], 1e-7 * std::abs(expected[i])) << dim << ", " << i;
    }
  }
}

TEST(Retrofit, WordsWithoutNeighboursKeepTheirBits) {
  const auto rows = normal_rows(70, 33, 2);
  const auto graph = random_graph(70, 4, 2);
  const auto found = retrofitted(rows, 33, graph, {});
  for (std::size_t i = 0; i < 70; ++i) {
    const bool is_same = std::equal(rows.begin() + static_cast<std::ptrdiff_t>(i * 33),
                                    rows.begin() + static_cast<std::ptrdiff_t>(i * 33 + 33),
                                    found.begin() + static_cast<std::ptrdiff_t>(i * 33));
    EXPECT_EQ(is_same, graph.neighbors(static_cast<std::int64_t>(i)).size() == 0) << i;
  }
}

TEST(Retrofit, AHugeAlphaChangesNothing) {
  const auto rows = normal_rows(70, 33, 3);
  EXPECT_EQ(retrofitted(rows, 33, random_graph(70, 4, 3), {10, 1e15}), rows);
}

TEST(Retrofit, TheSameOnAnyNumberOfThreads) {
  const auto rows = normal_rows(500, 100, 4);
  const auto graph = random_graph(500, 5, 4);
  set_threads(1);
  const auto one = retrofitted(rows, 100, graph, {});
  set_threads(3);
  const auto three = retrofitted(rows, 100, graph, {});
  set_threads(0);
  EXPECT_EQ(one, three);
  EXPECT_NE(one, rows);
}

}  // namespace
}  // namespace wordbridge
