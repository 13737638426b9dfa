#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/eval/eval_models.h"

// What `wordbridge eval` says beside its table of scores: the same text for the terminal and for
// Markdown, where nothing else is said.

namespace wordbridge {

/// A Markdown list of the models: their files, and what runs say of themselves.
std::string models_text(const std::vector<EvalModel>& models);

/// How words were looked up, what was dropped, how intervals were made: as a sentence and as data.
std::string policies_text(const EvalOptions& options, const EvalNeeds& needs);
nlohmann::ordered_json policies_json(const EvalOptions& options, const EvalNeeds& needs);

/// What compare_models() found.
std::string model_comparison_text(const ModelComparison& comparison, bool markdown);

/// What overlap_of() found.
std::string overlap_text(const ModelOverlap& found);

}  // namespace wordbridge
