#pragma once

#include <cstdint>
#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// The `train.schedule:` section: how the learning rate goes.
struct ScheduleOptions {
  std::string type = "cosine";      // constant, inverse, step, cosine
  std::int64_t warmup_steps = 200;  // linear from 0 over the first updates
  double decay = 1e-8;              // inverse: r of rate/(1 + r t), Bengio et al. 2003
  std::int64_t step_epochs = 5;     // step: epochs between two cuts
  double step_factor = 0.5;         // step: what remains after a cut
  double final_fraction = 0.0;      // cosine: share of the rate at the end

  FieldGroup describe();
};

/// The `train:` section: the loop of everything that is trained by gradients.
struct TrainOptions {
  std::int64_t epochs = 10;
  std::int64_t batch_size = 256;
  std::string optimizer = "adamw";  // sgd, adagrad, adam, adamw, sgd_examples
  double lr = 2e-3;
  double momentum = 0.0;
  double beta1 = 0.9, beta2 = 0.999;
  double eps = 3e-5;
  double weight_decay = 0.01;
  double clip_norm = 0.0;
  bool lazy_rows = false;
  double average_epochs = 0.0;
  ScheduleOptions schedule;
  std::int64_t patience = 0;
  std::int64_t checkpoint_steps = 0;
  std::int64_t log_steps = 0;

  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

/// Learning rate of update `step` (from 0) of `total_steps`, of which `epoch_steps` make an epoch.
double learning_rate(const TrainOptions& options, std::int64_t step, std::int64_t epoch_steps,
                     std::int64_t total_steps);

}  // namespace wordbridge
