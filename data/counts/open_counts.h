#pragma once

#include <cstdint>

#include "data/corpus/corpus.h"
#include "data/counts/count_options.h"
#include "data/counts/sparse_view.h"

namespace wordbridge {

/// The counts of the training split: rows are the words of the vocabulary, columns their contexts.
/// `seed` is that of subsampling. With CountOptions::file, they are read from that file (see
/// read_counts()).
///
/// If the corpus is cached, the counts are mapped from a file in the same folder, which is used
/// again for the same text and options (with CountOptions::cache = false it has no name and
/// disappears with the counts). Otherwise they are in memory. Warns about a damaged cache file,
/// which is replaced. Error if no word has a context (such as after subsampling, in a text of one
/// word or in documents of one word), and if the disk is full; nothing is left behind then, nor
/// after Interrupted.
SparseCounts open_counts(const Corpus& corpus, const CountOptions& options, std::uint64_t seed);

/// What is known of the counts before they are counted or read, for estimates of memory.
struct ExpectedCounts {
  std::int64_t columns = 0;
  double nonzeros = 0;
  double reading_bytes = 0;  // memory while a file is read
};
ExpectedCounts expected_counts(const Corpus& corpus, const CountOptions& options);

}  // namespace wordbridge
