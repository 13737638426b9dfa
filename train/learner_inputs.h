#pragma once

#include <cstdint>
#include <string>

#include "models/model_options.h"
#include "train/device.h"
#include "train/train_options.h"

namespace wordbridge {

/// What a learner is made from besides the corpus: an experiment without its data, its evaluation
/// and its folder.
struct LearnerInputs {
  std::string name;             // the experiment's, which labels its vectors
  std::string model;            // a name of models/models.def
  const ModelOptions& options;  // of that model; read only while the learner is made
  TrainOptions train;
  std::uint64_t seed = 1;
  DeviceChoice device;
};

}  // namespace wordbridge
