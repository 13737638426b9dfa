#include "eval/statistics/cosine.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/threads.h"

namespace wordbridge {

namespace {

template <class Value>
double rounded_cosine(const Value* a, const float* b, std::int64_t dim) {
  double product = 0, square_a = 0, square_b = 0;
  for (std::int64_t i = 0; i < dim; ++i) {
    const double x = a[i], y = b[i];
    product += x * y, square_a += x * x, square_b += y * y;
  }
  // Squares of single precision are far from the limits of double precision, and so is their
  // product.
  const double value = product / std::sqrt(square_a * square_b);
  if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
  return std::clamp(std::nearbyint(value / kCosineStep) * kCosineStep, -1.0, 1.0);
}

}  // namespace

double norm(const float* row, std::int64_t dim) {
  double sum = 0;
  for (std::int64_t i = 0; i < dim; ++i) sum += static_cast<double>(row[i]) * row[i];
  return std::sqrt(sum);
}

double cosine(const float* a, const float* b, std::int64_t dim) {
  return rounded_cosine(a, b, dim);
}

double cosine(const double* a, const float* b, std::int64_t dim) {
  return rounded_cosine(a, b, dim);
}

std::vector<float> inverse_norms(const EmbeddingTable& table, std::int64_t size) {
  std::vector<float> inverse(static_cast<std::size_t>(size));
  for_each_range(size, 4096, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const double length = norm(table.row(i), table.dim());
      inverse[static_cast<std::size_t>(i)] = length > 0 && std::isfinite(length)
                                                 ? static_cast<float>(1 / length)
                                                 : std::numeric_limits<float>::quiet_NaN();
    }
  });
  return inverse;
}

}  // namespace wordbridge
