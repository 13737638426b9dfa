#include "eval/projection/pca_projection.h"

#include <Eigen/Dense>
#include <cmath>

#include "core/error.h"
#include "core/threads.h"
#include "eval/projection/centered_rows.h"

namespace wordbridge {
namespace {

using Matrix = Eigen::MatrixXd;
using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::int64_t kBlockRows = 1024, kBlocksAtATime = 8;
// Relative to the largest variance; anything below is the rounding error of rows in single
// precision.
constexpr double kNoVariance = 1e-12;

/// X^T X [dim, dim], summed over blocks of rows in order.
Matrix scatter(const Eigen::Map<const FloatRows>& rows) {
  Matrix sum = Matrix::Zero(rows.cols(), rows.cols());
  for (std::int64_t first = 0; first < rows.rows(); first += kBlocksAtATime * kBlockRows) {
    std::vector<Matrix> parts(static_cast<std::size_t>(kBlocksAtATime));
    const auto some = std::min(kBlocksAtATime * kBlockRows, rows.rows() - first);
    for_each_range(some, kBlockRows, [&](std::int64_t begin, std::int64_t end) {
      const Matrix block = rows.middleRows(first + begin, end - begin).cast<double>();
      parts[static_cast<std::size_t>(begin / kBlockRows)].noalias() = block.transpose() * block;
    });
    for (const Matrix& part : parts)
      if (part.size() > 0) sum += part;
  }
  return sum;
}

/// Makes the component with the largest absolute value positive; the first among nearly equal ones,
/// so that rounding does not decide.
void fix_sign(Eigen::VectorXd& axis) {
  const double largest = axis.cwiseAbs().maxCoeff();
  for (const double value : axis) {
    if (std::abs(value) < (1 - 1e-6) * largest) continue;
    if (value < 0) axis = -axis;
    return;
  }
}

}  // namespace

PrincipalPlane::PrincipalPlane(const std::vector<float>& rows, std::int64_t count, std::int64_t dim)
    : points(static_cast<std::size_t>(2 * count)),
      explained(std::numeric_limits<double>::quiet_NaN()) {
  if (count == 0) return;
  const Eigen::Map<const FloatRows> x(rows.data(), count, dim);
  // X X^T has the same nonzero eigenvalues as X^T X; use the smaller of the two.
  const bool wide = count < dim;
  const Matrix both_sides =
      wide ? Matrix(x.cast<double>() * x.cast<double>().transpose()) : scatter(x);
  const double variance = both_sides.trace();
  if (!(variance > 0)) return;
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(both_sides);
  WB_ASSERT(eigen.info() == Eigen::Success);
  const auto& values = eigen.eigenvalues();  // in ascending order
  const Eigen::Index last = values.size() - 1;
  explained = 0;
  for (Eigen::Index axis = 0; axis < std::min<Eigen::Index>(2, values.size()); ++axis) {
    const double value = values(last - axis);
    if (value <= kNoVariance * values(last)) break;
    const Eigen::VectorXd vector = eigen.eigenvectors().col(last - axis);
    Eigen::VectorXd along = wide ? Eigen::VectorXd(vector * std::sqrt(value))
                                 : Eigen::VectorXd(x.cast<double>() * vector);
    fix_sign(along);
    for (Eigen::Index i = 0; i < count; ++i)
      points[static_cast<std::size_t>(2 * i + axis)] = static_cast<float>(along(i));
    explained += value / variance;
  }
}

Projection pca_projection(const EmbeddingTable& table, std::int64_t count) {
  if (table.dim() <= 2) return identity_projection(table, count);
  const CenteredRows rows(table, count, false);
  const PrincipalPlane plane(rows.rows, rows.size(), rows.dim);
  Projection map = rows.map("pca", plane.points);
  map.explained = plane.explained;
  for (float& value : map.xy) value = static_cast<float>(value / rows.scale);
  return map;
}

}  // namespace wordbridge
