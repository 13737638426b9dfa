#pragma once

#include <nlohmann/json_fwd.hpp>

#include "train/runs/run_comparison.h"

// Comparisons as the JSON that `wordbridge compare` and `wordbridge eval --compare` write
// (docs/comparing.md). What is undefined is null.

namespace wordbridge {

/// `tests`, `not_compared` and `notes`.
nlohmann::ordered_json to_json(const PairedTests& found);

/// `runs`, `options`, `configuration`, `origin`, `scores`, those of the paired tests, and `words`
/// if they were asked for.
nlohmann::ordered_json to_json(const RunComparison& comparison);

}  // namespace wordbridge
