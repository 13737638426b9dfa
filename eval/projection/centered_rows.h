#pragma once

#include <cstdint>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/projection/projection.h"

namespace wordbridge {

/// What maps are made of: those of a table's first `count` rows that are finite, at unit length if
/// so wished (a zero row stays zero), less their mean. Error if one is farther from it than 1e18.
struct CenteredRows {
  CenteredRows(const EmbeddingTable& table, std::int64_t count, bool unit_length);
  std::int64_t size() const { return static_cast<std::int64_t>(index.size()); }
  /// Points [size, 2] as a map of all `total` rows, with the share of neighbours kept.
  Projection map(std::string method, const std::vector<float>& points) const;

  std::int64_t total, dim;
  std::vector<std::int64_t> index;  // the table's row of each row here
  std::vector<float> rows;          // [size, dim]
};

/// The two directions of largest variance of centred rows [count, dim] and the rows along them.
struct PrincipalPlane {
  PrincipalPlane(const std::vector<float>& rows, std::int64_t count, std::int64_t dim);
  std::vector<float> points;  // [count, 2]
  double explained;           // share of the variance, NaN if there is none
};

/// Squared Euclidean distances between rows [count, dim], which must outlive this: best centred,
/// as they are made from norms and products. Between equal rows exactly 0.
class Distances {
 public:
  static constexpr std::int64_t kBlock = 32;  // rows best asked about at once

  Distances(const float* rows, std::int64_t count, std::int64_t dim);
  std::int64_t count() const { return count_; }
  /// From each of some rows to all, on the calling thread; [end - begin, count].
  std::vector<float> from(std::int64_t begin, std::int64_t end) const;

 private:
  const float* rows_;
  std::int64_t count_, dim_;
  std::vector<float> squared_norms_;
};

/// The first `count` rows, of which there are one or two numbers each, as they are.
Projection identity_projection(const EmbeddingTable& table, std::int64_t count);

/// `count` rows as a user means them: 0 and more than there are mean all.
std::int64_t rows_meant(const EmbeddingTable& table, std::int64_t count);

}  // namespace wordbridge
