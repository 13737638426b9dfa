#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/report_section.h"

namespace wordbridge {

/// Groups runs on the same corpus (the token stream of their first seeds) into one section, in the
/// given order, with a title of reader and file. Vector files are added to this section if there
/// is only one corpus; otherwise they have a separate section.
std::vector<ReportSection> sections_by_text(std::vector<StoredRun> runs);

/// All content of the page as data. The same runs give the same bytes. Throws Interrupted.
nlohmann::ordered_json report_content(const std::vector<ReportSection>& sections,
                                      const ReportOptions& options);

/// A self-contained HTML page, which needs no network.
std::string report_page(const nlohmann::ordered_json& content);

/// The report's scores and neighbours as Markdown. Maps are not included, so `map_words` may be 0.
std::string report_markdown(const nlohmann::ordered_json& content);

/// JSON that is safe inside a <script> element, whatever its strings contain.
std::string json_for_script(const nlohmann::ordered_json& content);

}  // namespace wordbridge
