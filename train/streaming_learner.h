#pragma once

#include <memory>

#include "train/learner.h"
#include "train/runs/run_config.h"

namespace wordbridge {

/// The learner of models that are trained by loops of their own: steps, metrics, checkpoints.
std::unique_ptr<Learner> make_streaming_learner(const RunConfig& config, const Corpus& corpus);

}  // namespace wordbridge
