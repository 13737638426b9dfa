#pragma once

#include <cstdint>

#include "core/config/fields.h"

namespace wordbridge {

enum class ScheduleType { constant, inverse, step, cosine };

/// The `train.schedule:` section: the learning-rate schedule.
struct ScheduleOptions {
  ScheduleType type = ScheduleType::cosine;
  std::int64_t warmup_steps = 200;  // linear warm-up from 0
  double decay = 1e-8;              // inverse: r in rate/(1 + r t), Bengio et al. 2003
  std::int64_t step_epochs = 5;     // step: epochs between two reductions
  double step_factor = 0.5;         // step: factor of each reduction
  double final_fraction = 0.0;      // cosine: final rate as a fraction of lr

  FieldGroup describe();
};

/// Learning rate of update `step` (from 0) of `total_steps`, with `epoch_steps` updates per epoch.
/// `lr` is the base learning rate, which the schedule scales.
double learning_rate(const ScheduleOptions& schedule, double lr, std::int64_t step,
                     std::int64_t epoch_steps, std::int64_t total_steps);

}  // namespace wordbridge
