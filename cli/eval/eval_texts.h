#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/eval/eval_models.h"

// Output of `wordbridge eval` besides its table of scores. The text is the same for the terminal
// and for Markdown unless noted otherwise.

namespace wordbridge {

/// A Markdown list of the models with their files and, for runs, their results.
std::string models_text(const std::vector<EvalModel>& models);

/// The policies of the evaluation (word lookup, dropped items, intervals), as text and as JSON.
std::string policies_text(const EvalOptions& options, const EvalNeeds& needs);
nlohmann::ordered_json policies_json(const EvalOptions& options, const EvalNeeds& needs);

/// The results of compare_models().
std::string model_comparison_text(const ModelComparison& comparison, bool markdown);

/// The result of overlap_of().
std::string overlap_text(const ModelOverlap& found);

}  // namespace wordbridge
