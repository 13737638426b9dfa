#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/report_section.h"

// What report/report.cpp puts together; each part has a file of its own.

namespace wordbridge {

/// Cards of the runs and what they share: `corpus` (facts of the text, if it is one), `runs`.
nlohmann::ordered_json report_runs(const ReportSection& section);

/// Mean, lowest and highest perplexity over the seeds, by epoch, of the runs that have epochs.
nlohmann::ordered_json report_curves(const ReportSection& section);

/// A row a score: its cells (mean, sd, n, used, total; null where a run lacks it), which are best,
/// and why none is said to be.
nlohmann::ordered_json report_scores(const ReportSection& section);

/// The nearest words to chosen ones, among all words of each table.
nlohmann::ordered_json report_neighbors(const ReportSection& section, const ReportOptions& options);

/// A map for each table: words, coordinates, neighbours among the map's words.
nlohmann::ordered_json report_maps(const ReportSection& section, const ReportOptions& options,
                                   const WordGroups& groups);

/// The groups that colour a section's words: the options', or the first benchmark's in its scores.
WordGroups report_groups(const ReportSection& section, const ReportOptions& options);

/// The same text and the same words: what perplexities need to be compared.
bool same_text(const StoredRun& a, const StoredRun& b);

/// Few dimensions are looked at as they are, and their words are near by distance: in one
/// dimension the cosine is a sign, in two it forgets half of what is seen.
inline bool is_drawn_directly(const EmbeddingTable& table) { return table.dim() <= 2; }

}  // namespace wordbridge
