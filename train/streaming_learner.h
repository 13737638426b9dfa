#pragma once

#include <memory>

#include "train/learner.h"
#include "train/learner_inputs.h"

namespace wordbridge {

/// Returns the learner of models with their own training loop (word2vec): runs its steps, records
/// metrics and writes checkpoints.
std::unique_ptr<Learner> make_streaming_learner(const LearnerInputs& inputs, const Corpus& corpus);

}  // namespace wordbridge
