#include "models/word2vec/output_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/rng.h"

namespace wordbridge {
namespace {

std::vector<std::int32_t> rows_of(const OutputRows& outputs, std::int32_t word) {
  const auto rows = outputs.of(word);
  return {rows.begin(), rows.end()};
}

TEST(OutputRowsTest, WordsOwnRowsSayYes) {
  const OutputRows outputs(3);
  EXPECT_EQ(outputs.rows(), 3);
  EXPECT_EQ(outputs.most(), 1);
  for (std::int32_t w = 0; w < 3; ++w) {
    EXPECT_EQ(rows_of(outputs, w), (std::vector<std::int32_t>{w}));
    EXPECT_EQ(outputs.of(w).yes, 1);
  }
}

/// Counts 2 and 1 are merged into node 0 (3), then 4 and node 0 into node 1 (7), then 8 and node 1
/// into node 2, the root. The label is positive where the path goes to the heavier child.
TEST(OutputRowsTest, ATreeWorkedOutByHand) {
  const OutputRows outputs = OutputRows::tree({8, 4, 2, 1});
  EXPECT_EQ(outputs.rows(), 3);
  EXPECT_EQ(outputs.most(), 3);
  EXPECT_EQ(rows_of(outputs, 0), (std::vector<std::int32_t>{2}));
  EXPECT_EQ(outputs.of(0).yes, 1);
  EXPECT_EQ(rows_of(outputs, 1), (std::vector<std::int32_t>{1, 2}));
  EXPECT_EQ(outputs.of(1).yes, 1);
  EXPECT_EQ(rows_of(outputs, 2), (std::vector<std::int32_t>{0, 2, 1}));
  EXPECT_EQ(outputs.of(2).yes, 1);
  EXPECT_EQ(rows_of(outputs, 3), (std::vector<std::int32_t>{2, 1, 0}));
  EXPECT_EQ(outputs.of(3).yes, 0);
}

/// As in fastText: among equal counts, a node is merged before a word, and a later word before an
/// earlier one.
TEST(OutputRowsTest, TiesGoAsInFastText) {
  // Words 3 and 2 are merged into node 0 (2); then node 0, which precedes word 1 (2), and word 1
  // into node 1 (4); then word 0 (3) and node 1 into the root.
  const OutputRows outputs = OutputRows::tree({3, 2, 1, 1});
  EXPECT_EQ(rows_of(outputs, 0), (std::vector<std::int32_t>{2}));
  EXPECT_EQ(outputs.of(0).yes, 0);
  EXPECT_EQ(rows_of(outputs, 1), (std::vector<std::int32_t>{2, 1}));  // the node came first
  EXPECT_EQ(outputs.of(1).yes, 2);
  EXPECT_EQ(rows_of(outputs, 3), (std::vector<std::int32_t>{2, 1, 0}));
  EXPECT_EQ(outputs.of(3).yes, 1);
  EXPECT_EQ(outputs.of(2).yes, 2);  // word 3 came before it
}

/// For any vectors of the nodes, the products of the node probabilities are a distribution over the
/// words.
TEST(OutputRowsTest, ProbabilitiesOfAllWordsSumToOne) {
  Rng rng(3, "tree");
  for (const int words : {1, 2, 3, 17, 1000}) {
    std::vector<std::int64_t> counts;
    for (int w = 0; w < words; ++w) counts.push_back(1 + static_cast<std::int64_t>(rng.below(500)));
    const OutputRows outputs = OutputRows::tree(counts);
    ASSERT_EQ(outputs.rows(), words - 1);
    std::vector<double> score(static_cast<std::size_t>(words));  // of each node for some input
    for (double& value : score) value = 2 * rng.normal();
    double sum = 0;
    std::int64_t most = 1;
    for (std::int32_t w = 0; w < words; ++w) {
      double probability = 1;
      const auto rows = outputs.of(w);
      most = std::max<std::int64_t>(most, rows.last - rows.first);
      for (std::int64_t i = 0; i < rows.last - rows.first; ++i) {
        ASSERT_LT(rows.first[i], outputs.rows());
        const double x = score[static_cast<std::size_t>(rows.first[i])];
        probability /= 1 + std::exp(i < rows.yes ? -x : x);
      }
      sum += probability;
    }
    EXPECT_NEAR(sum, 1, 1e-12) << words;
    EXPECT_EQ(outputs.most(), most);
  }
}

}  // namespace
}  // namespace wordbridge
