#pragma once

#include <memory>

#include "models/fitted_model.h"
#include "train/learner.h"
#include "train/learner_inputs.h"

namespace wordbridge {

/// Returns the learner of models that are fitted in a single step. It has no state to resume from:
/// a stopped run starts again.
std::unique_ptr<Learner> make_fitted_learner(const LearnerInputs& inputs, const Corpus& corpus);

}  // namespace wordbridge
