#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/embedding_table.h"
#include "data/word_groups.h"

namespace wordbridge {

/// What a run made under one seed.
struct ReportSeed {
  std::int64_t seed = 0;
  nlohmann::ordered_json results;      // of summary.json: metric -> number
  nlohmann::json scores;               // eval.json: a list of tasks
  std::vector<nlohmann::json> epochs;  // those lines of metrics.jsonl that end an epoch
  double seconds = 0;                  // of timing.jsonl, all lines together
};

/// A run, of one seed or several, or a file of vectors, which has no more than a label and a table.
struct ReportRun {
  std::string label, path, model;
  std::string missing;  // of a run that is not complete: what is not there
  std::string vectors;  // where its table is read from; empty: there is none yet
  std::vector<std::pair<std::string, std::string>> settings;  // "model.pca.dim", "50"
  std::string config;                                         // the same as YAML
  nlohmann::json manifest;                                    // of the first seed; null for a file
  std::vector<ReportSeed> seeds;
  std::optional<EmbeddingTable> table;  // of the first seed
};

/// Runs that are shown side by side.
struct ReportSection {
  std::string title;
  std::vector<ReportRun> runs;
};

struct ReportOptions {
  std::string title;
  std::vector<std::string> words;    // whose neighbours are listed; none: chosen from the runs
  std::int64_t map_words = 1000;     // the most frequent ones of each table; 0: no maps
  std::optional<WordGroups> groups;  // colours of the maps; none: the first groups benchmark's
};

/// Runs on the same text (the stream of their first seeds) in one section, in the order in which
/// they are given, titled by reader and file. Files of vectors join them if the text is one, and
/// have a section of their own otherwise.
std::vector<ReportSection> sections_by_text(std::vector<ReportRun> runs);

/// All that the page shows, as data; the same bytes for the same runs. Interrupted.
nlohmann::ordered_json report_content(const std::vector<ReportSection>& sections,
                                      const ReportOptions& options);

/// One HTML page with everything in it: it opens without a network and asks for nothing.
std::string report_page(const nlohmann::ordered_json& content);

/// Its scores and neighbours as Markdown; no maps, for which `map_words` may be 0.
std::string report_markdown(const nlohmann::ordered_json& content);

/// JSON that may stand within a <script> element whatever its texts hold.
std::string json_for_script(const nlohmann::ordered_json& content);

}  // namespace wordbridge
