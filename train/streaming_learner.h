#pragma once

#include <memory>

#include "train/learner.h"
#include "train/learner_inputs.h"

namespace wordbridge {

/// The learner of models that are trained by loops of their own: steps, metrics, checkpoints.
std::unique_ptr<Learner> make_streaming_learner(const LearnerInputs& inputs, const Corpus& corpus);

}  // namespace wordbridge
