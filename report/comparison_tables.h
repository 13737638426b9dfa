#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/text_table.h"

namespace wordbridge {

/// The part of it that says what paired_tests() found: tests, what was not compared, notes.
void add_tests(const nlohmann::ordered_json& content, TextDocument& document);

/// What compare_runs() found, as aligned text or as Markdown.
std::string comparison_text(const nlohmann::ordered_json& content, bool markdown);

/// Likewise as CSV (RFC 4180), a line for each number of two runs: part (configuration, origin,
/// score, test), name, first, second, their values, difference, low, high, p, p_holm, items. The
/// difference of perplexities is in nats a token for a test, and in perplexity for a score.
std::string comparison_csv(const nlohmann::ordered_json& content);

}  // namespace wordbridge
