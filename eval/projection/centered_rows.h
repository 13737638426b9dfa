#pragma once

#include <cstdint>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/projection/projection.h"

namespace wordbridge {

/// Input of a map: the finite rows among a table's first `count` rows, optionally scaled to unit
/// length (a zero row stays zero), minus their mean. Where the squares of the differences would
/// vanish in single precision, they are scaled up. Error if a row is more than 1e18 from the
/// mean.
struct CenteredRows {
  CenteredRows(const EmbeddingTable& table, std::int64_t count, bool unit_length);
  std::int64_t size() const { return static_cast<std::int64_t>(index.size()); }
  /// Map of all `total` rows with the given points [size, 2], including the share of neighbours
  /// kept.
  Projection map(std::string method, const std::vector<float>& points) const;

  std::int64_t total, dim;
  std::vector<std::int64_t> index;  // table row of each entry of `rows`
  std::vector<float> rows;          // [size, dim]
  double scale = 1;  // of `rows`: a power of two, above 1 only if all are shorter than 1e-12
};

/// The two directions of largest variance of centred rows [count, dim], and the coordinates of the
/// rows along them.
struct PrincipalPlane {
  PrincipalPlane(const std::vector<float>& rows, std::int64_t count, std::int64_t dim);
  std::vector<float> points;  // [count, 2]
  double explained;           // share of the variance; NaN without variance
};

/// Squared Euclidean distances between rows [count, dim], which must outlive this object. Rows
/// should be centred, because distances are computed from norms and inner products. The distance
/// between equal rows is exactly 0.
class Distances {
 public:
  static constexpr std::int64_t kBlock = 32;  // suggested number of rows per call of from()

  Distances(const float* rows, std::int64_t count, std::int64_t dim);
  std::int64_t count() const { return count_; }
  /// Distances from rows [begin, end) to all rows, computed on the calling thread: [end - begin,
  /// count].
  std::vector<float> from(std::int64_t begin, std::int64_t end) const;

 private:
  const float* rows_;
  std::int64_t count_, dim_;
  std::vector<float> squared_norms_;
};

/// Map of the first `count` rows of a table with one or two dimensions: the rows themselves.
Projection identity_projection(const EmbeddingTable& table, std::int64_t count);

/// Number of rows for a user's `count`: 0 and anything above the number of rows mean all rows.
std::int64_t rows_meant(const EmbeddingTable& table, std::int64_t count);

}  // namespace wordbridge
