#include "eval/statistics/cosine.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/threads.h"

namespace wordbridge {

double norm(const float* row, std::int64_t dim) {
  double sum = 0;
  for (std::int64_t i = 0; i < dim; ++i) sum += static_cast<double>(row[i]) * row[i];
  return std::sqrt(sum);
}

double cosine(const float* a, const float* b, std::int64_t dim) {
  double product = 0;
  for (std::int64_t i = 0; i < dim; ++i) product += static_cast<double>(a[i]) * b[i];
  const double lengths = norm(a, dim) * norm(b, dim);
  if (lengths == 0) return std::numeric_limits<double>::quiet_NaN();
  return std::clamp(product / lengths, -1.0, 1.0);
}

std::vector<float> inverse_norms(const EmbeddingTable& table, std::int64_t size) {
  std::vector<float> inverse(static_cast<std::size_t>(size));
  for_each_range(size, 4096, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const double length = norm(table.row(i), table.dim());
      inverse[static_cast<std::size_t>(i)] =
          length > 0 ? static_cast<float>(1 / length) : std::numeric_limits<float>::quiet_NaN();
    }
  });
  return inverse;
}

}  // namespace wordbridge
