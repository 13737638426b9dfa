#pragma once

#include <cstdint>
#include <string>

#include "models/model_options.h"
#include "train/device.h"
#include "train/train_options.h"

namespace wordbridge {

class Processes;

/// Inputs of a learner besides the corpus: a configuration without its data, evaluation and run
/// folder.
struct LearnerInputs {
  std::string name;             // of the experiment, labels its vectors
  std::string model;            // a name of models/models.def
  const ModelOptions& options;  // of that model; read while the learner is constructed; with
                                // train.restarts, also later
  TrainOptions train;
  std::uint64_t seed = 1;
  DeviceChoice device;
  Processes* processes = nullptr;  // that train the model together; null: only this one
};

}  // namespace wordbridge
