#pragma once

#include <cstdint>

#include "core/config/fields.h"

namespace wordbridge {

enum class ScheduleType { constant, inverse, step, cosine };

/// The `train.schedule:` section: the learning-rate schedule.
struct ScheduleOptions {
  ScheduleType type = ScheduleType::cosine;
  std::int64_t warmup_steps = 200;  // linear from 0 over the first updates
  double decay = 1e-8;              // inverse: r of rate/(1 + r t), Bengio et al. 2003
  std::int64_t step_epochs = 5;     // step: epochs between two cuts
  double step_factor = 0.5;         // step: what remains after a cut
  double final_fraction = 0.0;      // cosine: share of the rate at the end

  FieldGroup describe();
};

/// Learning rate of update `step` (from 0) of `total_steps`, of which `epoch_steps` make an epoch;
/// `lr` is the rate that the schedule scales.
double learning_rate(const ScheduleOptions& schedule, double lr, std::int64_t step,
                     std::int64_t epoch_steps, std::int64_t total_steps);

}  // namespace wordbridge
