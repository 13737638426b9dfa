#pragma once

#include <cstdint>

#include "data/corpus/corpus.h"
#include "data/counts/count_options.h"
#include "data/counts/sparse_view.h"

namespace wordbridge {

/// The counts of the training split: rows are the words of the vocabulary, columns their contexts.
/// `seed` is that of subsampling. Throws Interrupted.
SparseCounts open_counts(const Corpus& corpus, const CountOptions& options, std::uint64_t seed);

}  // namespace wordbridge
