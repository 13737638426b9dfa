#include "data/counts/open_counts.h"

#include "data/counts/cooccurrence.h"

namespace wordbridge {

SparseCounts open_counts(const Corpus& corpus, const CountOptions& options, std::uint64_t seed) {
  return SparseCounts(count_cooccurrences(training_stream(corpus), options, seed));
}

}  // namespace wordbridge
