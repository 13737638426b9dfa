#include "eval/translation/changed_words.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {

std::vector<ChangedWord> changed_words(const EmbeddingTable& a, const EmbeddingTable& b) {
  WB_ASSERT(a.dim() == b.dim(), "{} and {}", a.dim(), b.dim());
  std::vector<ChangedWord> words;
  for (std::int64_t row = 0; row < a.size(); ++row) {
    const std::int64_t other = b.find(a.word(row));
    if (other < 0) continue;
    const double distance = 1 - cosine(a.row(row), b.row(other), a.dim());
    if (!std::isnan(distance)) words.push_back({std::string(a.word(row)), distance});
  }
  std::stable_sort(words.begin(), words.end(),
                   [](const auto& x, const auto& y) { return x.distance > y.distance; });
  return words;
}

}  // namespace wordbridge
