#pragma once

#include <memory>

#include "models/fitted_model.h"
#include "train/learner.h"
#include "train/learner_inputs.h"

namespace wordbridge {

/// The learner of models that are computed at once: nothing to continue, it starts again.
std::unique_ptr<Learner> make_fitted_learner(const LearnerInputs& inputs, const Corpus& corpus);

}  // namespace wordbridge
