#pragma once

#include <string>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// A word's vectors in several runs on each of two corpora.
struct TestedChange {
  std::string word;
  double between = 0;     // mean cosine distance of a run on one corpus and a run on the other
  double within = 0;      // mean of the mean distances of two runs on the same corpus
  double p = 1;           // permutation test
  double false_rate = 1;  // p adjusted by false_discovery_rates()
  double difference() const { return between - within; }
};

/// Tests for each word whether its vectors differ more between two corpora than between runs on the
/// same corpus. `runs`: tables of the same words in one space, the first `first` of them on the
/// first corpus. The statistic is between - within. If the corpora made no difference, all
/// divisions of the runs into groups of these sizes would be equally likely: p is the share of all
/// divisions with a statistic that is at least as large. This is exact. It tells a change from the
/// chance of training, but not from that of which texts are in the corpora.
///
/// Sorted by p, then by the difference. Error if even the smallest possible p is above 0.05, and
/// for a corpus with one run.
std::vector<TestedChange> test_changes(const std::vector<EmbeddingTable>& runs, std::size_t first);

/// Adjusted p-values of Benjamini and Hochberg (1995): those below q are a list of which a share of
/// at most q is expected to be false, if the tests are independent or positively dependent.
std::vector<double> false_discovery_rates(const std::vector<double>& p);

}  // namespace wordbridge
