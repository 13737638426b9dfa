#include "eval/benchmarks/directions.h"

#include <cmath>

#include "eval/statistics/cosine.h"

namespace wordbridge {

const float* directed_vector(const WordLookup& words, std::string_view word) {
  const WordVector found = words.vector(word);
  if (found.values == nullptr) return nullptr;
  const double length = norm(found.values, words.table().dim());
  const bool is_directed = std::isfinite(length) && (length > 0 || found.is_made());
  return is_directed ? found.values : nullptr;
}

double directed_cosine(const float* a, const float* b, std::int64_t dim) {
  const double value = cosine(a, b, dim);
  return std::isnan(value) ? 0 : value;
}

}  // namespace wordbridge
