#include "data/corpus/subsampling.h"

#include <algorithm>
#include <cmath>

namespace wordbridge {

double used_share(double sample, std::int64_t tokens, std::int64_t count) {
  if (sample == 0) return 1;
  const double ratio = sample * static_cast<double>(tokens) / static_cast<double>(count);
  return std::min(1.0, std::sqrt(ratio) + ratio);
}

}  // namespace wordbridge
