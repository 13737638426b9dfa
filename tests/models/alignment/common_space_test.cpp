#include "models/alignment/common_space.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/models/alignment/random_vectors.h"

namespace wordbridge {
namespace {

using Eigen::MatrixXd;

TEST(CommonSpace, RotatedCopiesMeet) {
  const MatrixXd rows = random_matrix(120, 6, 1);
  const std::vector<EmbeddingTable> tables = {table_of(rows),
                                              table_of(rows * random_rotation(6, 2)),
                                              table_of(2 * rows * random_rotation(6, 3))};
  for (const bool center : {false, true}) {
    const auto mapped = in_common_space(tables, center);
    ASSERT_EQ(mapped.size(), 3U);
    for (const auto& table : mapped) {
      EXPECT_LT((rows_of(table) - rows_of(mapped[0])).cwiseAbs().maxCoeff(), 1e-5);
      EXPECT_LT((rows_of(table).rowwise().norm().array() - 1).abs().maxCoeff(), 1e-6);
    }
  }
}

/// Cosines between the results are those of any order of the tables.
TEST(CommonSpace, NoTableIsTheReference) {
  const MatrixXd rows = random_matrix(120, 5, 4);
  std::vector<EmbeddingTable> tables;
  for (std::uint64_t seed = 5; seed < 9; ++seed)
    tables.push_back(
        table_of(rows * random_rotation(5, seed) + 0.5 * random_matrix(120, 5, seed + 10)));
  const auto products = [](const std::vector<EmbeddingTable>& mapped, std::size_t i,
                           std::size_t j) -> MatrixXd {
    return rows_of(mapped[i]) * rows_of(mapped[j]).transpose();
  };
  const auto one = in_common_space(tables, true);
  const auto other = in_common_space({tables[3], tables[1], tables[0], tables[2]}, true);
  EXPECT_LT((products(one, 0, 3) - products(other, 2, 0)).cwiseAbs().maxCoeff(), 1e-3);
  EXPECT_LT((products(one, 1, 2) - products(other, 1, 3)).cwiseAbs().maxCoeff(), 1e-3);
}

TEST(CommonSpace, OnlyWordsOfAllTables) {
  const EmbeddingTable a({"x", "y", "zero", "z"}, {1, 0, 0, 1, 1, 1, 1, 2}, 2, "a"),
      b({"z", "zero", "x"}, {1, 1, 0, 0, 2, 1}, 2, "b"), c({"q"}, {1, 1}, 2, "c");
  const auto mapped = in_common_space({a, b}, false);
  ASSERT_EQ(mapped[1].size(), 2);
  EXPECT_EQ(mapped[1].word(0), "x");
  EXPECT_EQ(mapped[1].word(1), "z");
  EXPECT_THROW(in_common_space({a, c}, false), Error);
}

}  // namespace
}  // namespace wordbridge
