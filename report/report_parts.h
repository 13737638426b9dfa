#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/report_section.h"

// The parts that report/report.cpp combines. Each part is in its own file.

namespace wordbridge {

/// Cards of the runs, `runs`, and facts about the corpus if they share one, `corpus`.
nlohmann::ordered_json report_runs(const ReportSection& section);

/// Mean, lowest and highest perplexity over the seeds by epoch, for runs that have epochs.
nlohmann::ordered_json report_curves(const ReportSection& section);

/// One row per score: its cells (mean, sd, n, used, total; null if the run does not have the
/// score), the best cells, and the reason if none is marked.
nlohmann::ordered_json report_scores(const ReportSection& section);

/// For each run with measures of vectors in context, one line per layer: means over the seeds.
nlohmann::ordered_json report_contexts(const ReportSection& section);

/// The nearest neighbours of chosen words among all words of each table.
nlohmann::ordered_json report_neighbors(const ReportSection& section, const ReportOptions& options);

/// One map per table: words, coordinates, neighbours among the words of the map.
nlohmann::ordered_json report_maps(const ReportSection& section, const ReportOptions& options,
                                   const WordGroups& groups);

/// The word groups that colour the words of a section: those of the options, or of the first groups
/// benchmark in its scores.
WordGroups report_groups(const ReportSection& section, const ReportOptions& options);

/// Whether two runs have the same corpus and vocabulary, so that their perplexities are comparable.
bool same_text(const StoredRun& a, const StoredRun& b);

/// Whether the vectors are plotted without projection (at most two dimensions). Their neighbours
/// are then by distance: in one dimension the cosine is only a sign, in two it ignores the length,
/// which is visible.
inline bool is_drawn_directly(const EmbeddingTable& table) { return table.dim() <= 2; }

}  // namespace wordbridge
