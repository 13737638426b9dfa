#pragma once

#include <memory>

#include "data/corpus/corpus.h"
#include "train/learner.h"
#include "train/learner_inputs.h"

namespace wordbridge {

/// Returns the learner of a gradient model, on the device of `inputs`. With `train.restarts`, it
/// trains the model from several random starts, one after the other, and continues the one with the
/// lowest training loss; the options of `inputs` must then outlive it. The first start has the seed
/// of `inputs`, so it is the training without restarts; each other start has a seed of its own,
/// from which its initial parameters, the order of its examples and its dropout masks follow. The
/// best start so far is kept in Checkpoint::best.
std::unique_ptr<Learner> make_gradient_learner(const LearnerInputs& inputs, const Corpus& corpus);

}  // namespace wordbridge
