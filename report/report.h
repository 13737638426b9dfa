#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/report_section.h"

namespace wordbridge {

/// Runs on the same text (the stream of their first seeds) in one section, in the order in which
/// they are given, titled by reader and file. Files of vectors join them if the text is one, and
/// have a section of their own otherwise.
std::vector<ReportSection> sections_by_text(std::vector<StoredRun> runs);

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
