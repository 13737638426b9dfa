#pragma once

#include <nlohmann/json_fwd.hpp>

#include "data/corpus/corpus.h"
#include "train/runs/run_config.h"

namespace wordbridge {

/// What a run has in common with one that resumes from its checkpoints, and with the other
/// processes that train it: checksums of the settings that affect the results, of the text and of
/// the vocabulary.
nlohmann::json run_identity(RunConfig& config, const Corpus& corpus);

}  // namespace wordbridge
