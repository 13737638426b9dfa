#include "train/processes/processes.h"

namespace wordbridge {

void sum_in_pairs(const std::vector<float*>& parts, std::int64_t count) {
  for (std::size_t step = 1; step < parts.size(); step *= 2) {
    for (std::size_t i = 0; i + step < parts.size(); i += 2 * step) {
      float* sum = parts[i];
      const float* other = parts[i + step];
      for (std::int64_t k = 0; k < count; ++k) sum[k] += other[k];
    }
  }
}

}  // namespace wordbridge
