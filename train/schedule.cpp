#include "train/schedule.h"

#include <algorithm>
#include <cmath>

namespace wordbridge {

FieldGroup ScheduleOptions::describe() {
  FieldGroup group{"schedule", "learning-rate schedule"};
  group
      .add(choice(
          "type", &type,
          "constant; inverse: lr/(1 + decay t) after t updates (Bengio et al. 2003); step: "
          "multiplied "
          "by step_factor every step_epochs epochs; cosine: annealed from lr to final_fraction of "
          "it along half a cosine",
          {{"constant", ScheduleType::constant},
           {"inverse", ScheduleType::inverse},
           {"step", ScheduleType::step},
           {"cosine", ScheduleType::cosine}}))
      .add(Field{"warmup_steps", &warmup_steps, "updates of linear warm-up from 0", at_least(0)})
      .add(Field{"decay", &decay, "inverse: decay rate, r in the paper", at_least(0)})
      .add(Field{"step_epochs", &step_epochs, "step: epochs between two reductions", at_least(1)})
      .add(Field{"step_factor", &step_factor, "step: factor of each reduction", between(0, 1)})
      .add(Field{"final_fraction", &final_fraction,
                 "cosine: final learning rate as a fraction of lr", between(0, 1)});
  return group;
}

double learning_rate(const ScheduleOptions& schedule, double lr, std::int64_t step,
                     std::int64_t epoch_steps, std::int64_t total_steps) {
  const auto t = static_cast<double>(step);
  double rate = lr;
  switch (schedule.type) {
    case ScheduleType::constant:
      break;
    case ScheduleType::inverse:
      rate /= 1 + schedule.decay * t;
      break;
    case ScheduleType::step:
      rate *= std::pow(schedule.step_factor,
                       static_cast<double>(step / (epoch_steps * schedule.step_epochs)));
      break;
    case ScheduleType::cosine: {
      const double cosine =
          0.5 * (1 + std::cos(3.141592653589793 * t /
                              static_cast<double>(std::max<std::int64_t>(1, total_steps))));
      rate *= schedule.final_fraction + (1 - schedule.final_fraction) * cosine;
      break;
    }
  }
  if (step < schedule.warmup_steps) rate *= (t + 1) / static_cast<double>(schedule.warmup_steps);
  return rate;
}

}  // namespace wordbridge
