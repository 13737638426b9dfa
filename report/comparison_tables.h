#pragma once

#include <string>
#include <vector>

#include "core/text_table.h"
#include "train/runs/run_comparison.h"

namespace wordbridge {

/// Adds the results of paired_tests() for runs with these labels: tests, pairs that were not
/// compared, notes.
void add_tests(const PairedTests& found, const std::vector<std::string>& labels,
               const BootstrapOptions& options, TextDocument& document);

/// A comparison of runs as aligned text or as Markdown.
std::string comparison_text(const RunComparison& comparison, bool markdown);

/// The same as CSV (RFC 4180), one line for each number of two runs: part (configuration, origin,
/// score, test), name, first, second, their values, difference, low, high, p, p_holm, items. The
/// difference of perplexities is in nats per token for a test and in perplexity for a score.
std::string comparison_csv(const RunComparison& comparison);

}  // namespace wordbridge
