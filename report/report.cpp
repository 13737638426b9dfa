#include "report/report.h"

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "core/version.h"
#include "report/report_parts.h"
#include "report_embedded.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

/// SHA-256 of the token stream; empty for vector files.
std::string stream_of(const StoredRun& run) {
  if (!run.manifest.contains("data")) return {};
  return run.manifest.at("data").value("stream_sha256", "");
}

/// "text: my-book", "wordnet"
std::string title_of(const StoredRun& run) {
  if (stream_of(run).empty()) return "Word vectors";
  const auto& source = run.manifest.at("data").at("source");
  std::string title = source.value("reader", "text");
  const auto files = source.value("files", nlohmann::json::array());
  if (files.size() == 1)
    title += ": " + std::filesystem::path(files[0].value("name", "")).stem().string();
  return title;
}

/// Replaces the marks of a template, in order. Inserted text is not scanned for marks.
std::string fill(std::string_view page,
                 const std::vector<std::pair<std::string_view, std::string_view>>& parts) {
  std::string filled;
  for (const auto& [mark, text] : parts) {
    const auto at = page.find(mark);
    WB_ASSERT(at != page.npos, "{} is missing in the page", mark);
    filled.append(page.substr(0, at)).append(text);
    page.remove_prefix(at + mark.size());
  }
  return filled.append(page);
}

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::vector<ReportSection> sections_by_text(std::vector<StoredRun> runs) {
  std::vector<std::string> streams;
  for (const auto& run : runs) {
    const std::string stream = stream_of(run);
    if (!stream.empty() && std::find(streams.begin(), streams.end(), stream) == streams.end())
      streams.push_back(stream);
  }
  if (streams.size() != 1) streams.emplace_back();  // for vectors of unknown corpora
  std::vector<ReportSection> sections(streams.size());
  for (auto& run : runs) {
    const auto found = std::find(streams.begin(), streams.end(), stream_of(run));
    const auto place = found == streams.end() ? 0 : found - streams.begin();
    auto& section = sections[static_cast<std::size_t>(place)];
    if (section.title.empty() || section.title == title_of({})) section.title = title_of(run);
    section.runs.push_back(std::move(run));
  }
  if (sections.back().runs.empty()) sections.pop_back();
  return sections;
}

ordered_json report_content(const std::vector<ReportSection>& sections,
                            const ReportOptions& options) {
  ordered_json content = {{"title", options.title}, {"version", version_facts()}};
  content["sections"] = ordered_json::array();
  for (const auto& section : sections) {
    const WordGroups groups = report_groups(section, options);
    ordered_json part = {{"title", section.title}, {"groups", groups.names}};
    part.update(report_runs(section));
    part["curves"] = report_curves(section);
    part["scores"] = report_scores(section);
    part["contexts"] = report_contexts(section);
    part["neighbors"] = report_neighbors(section, options);
    part["maps"] = report_maps(section, options, groups);
    content["sections"].push_back(std::move(part));
  }
  return content;
}

std::string json_for_script(const ordered_json& content) {
  // With '<' escaped, no string can close the element or open a comment in it. The line separators
  // were not allowed in JavaScript strings before 2019. Bytes that are not UTF-8 are replaced.
  const std::string json = content.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  std::string escaped;
  escaped.reserve(json.size() + json.size() / 64);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const bool is_separator =
        json.compare(i, 3, "\u2028") == 0 || json.compare(i, 3, "\u2029") == 0;
    if (is_separator) {
      escaped += json[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (json[i] == '<') {
      escaped += "\\u003c";
    } else {
      escaped += json[i];
    }
  }
  return escaped;
}

std::string report_page(const ordered_json& content) {
  const std::string data = json_for_script(content);
  const std::string title = html_text(content.at("title").get<std::string>());
  return fill(embedded::report_html(), {{"{{title}}", title},
                                        {"{{style}}", embedded::report_css()},
                                        {"{{data}}", data},
                                        {"{{d3-licence}}", embedded::d3_licence()},
                                        {"{{d3}}", embedded::d3()},
                                        {"{{labels}}", embedded::labels_js()},
                                        {"{{maps}}", embedded::maps_js()},
                                        {"{{curves}}", embedded::curves_js()},
                                        {"{{report}}", embedded::report_js()}});
}

}  // namespace wordbridge
