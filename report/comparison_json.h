#pragma once

#include <nlohmann/json_fwd.hpp>

#include "train/runs/run_comparison.h"

// Comparisons as JSON, as written by `wordbridge compare` and `wordbridge eval --compare`
// (docs/comparing.md). Undefined values are null.

namespace wordbridge {

/// `tests`, `not_compared` and `notes`.
nlohmann::ordered_json to_json(const PairedTests& found);

/// `runs`, `options`, `configuration`, `origin`, `scores`, the keys of the paired tests, and
/// `words` if requested.
nlohmann::ordered_json to_json(const RunComparison& comparison);

}  // namespace wordbridge
