#pragma once

#include <filesystem>
#include <vector>

#include "eval/benchmarks/paired_tests.h"

namespace wordbridge {

/// On which words two language models differ: for each pair of runs whose tokens can be compared,
/// the `options.words` words of the split by which the second gains the most over all their
/// occurrences, and the same number that cost it the most, as data: first, second, gained and lost
/// (lists of word, count, nats in all). The words come from the first run's text, which must be
/// where its configuration says; where it is not, `why` stands instead of the lists.
nlohmann::ordered_json word_differences(const std::vector<RunEvidence>& runs,
                                        const ComparisonOptions& options);

}  // namespace wordbridge
