#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cli/contexts/context_text.h"
#include "eval/contexts/context_sample.h"

namespace wordbridge {

/// Measures all layers on a sample of the text and prints a table -> the same as JSON: `text`,
/// `sample`, and `layers`, a list of objects.
nlohmann::ordered_json print_measures(const ContextText& text, const ContextSampleOptions& options);

}  // namespace wordbridge
