#include "train/train_options.h"

#include <algorithm>
#include <cmath>

namespace wordbridge {

FieldGroup ScheduleOptions::describe() {
  FieldGroup group{"schedule", "how the learning rate goes"};
  group
      .add(Field{
          "type",
          &type,
          "constant; inverse: lr/(1 + decay t) after t updates (Bengio et al. 2003); step: cut by "
          "step_factor every step_epochs; cosine: half a cosine down to final_fraction",
          {},
          {"constant", "inverse", "step", "cosine"}})
      .add(Field{"warmup_steps", &warmup_steps, "updates over which the rate grows linearly from 0",
                 at_least(0)})
      .add(Field{"decay", &decay, "inverse: the paper's r", at_least(0)})
      .add(Field{"step_epochs", &step_epochs, "step: epochs between two cuts", at_least(1)})
      .add(Field{"step_factor", &step_factor, "step: share of the rate that a cut leaves",
                 between(0, 1)})
      .add(Field{"final_fraction", &final_fraction, "cosine: share of the rate at the end",
                 between(0, 1)});
  return group;
}

FieldGroup TrainOptions::describe() {
  FieldGroup group{"train", "training by gradients; closed-form models (pca) do not use it"};
  group.add(Field{"epochs", &epochs, "passes over the training split", between(1, 1e6)})
      .add(Field{"batch_size", &batch_size, "words predicted in one update", between(1, 1 << 20)})
      .add(Field{
          "optimizer",
          &optimizer,
          "adam has L2 decay in the gradient, adamw decay of the weights themselves; sgd_examples "
          "is sgd with one example an update (batch_size: 1), in float64, for nplm with the "
          "full softmax: how Bengio et al. 2003 trained",
          {},
          {"sgd", "adagrad", "adam", "adamw", "sgd_examples"}})
      .add(Field{"lr", &lr, "learning rate, of the mean loss of a batch", more_than(0)})
      .add(Field{"momentum", &momentum, "sgd only", below(0, 1)})
      .add(Field{"beta1", &beta1, "adam, adamw: decay of the mean gradient", below(0, 1)})
      .add(Field{"beta2", &beta2, "adam, adamw: decay of the mean squared gradient", below(0, 1)})
      .add(Field{"eps", &eps,
                 "adagrad, adam, adamw: added to the root. Not tiny: the outputs of words that "
                 "never occur have "
                 "tiny gradients, which a small eps would turn into full steps down",
                 more_than(0)})
      .add(Field{"weight_decay", &weight_decay,
                 "of weights and features, not of biases; per unit of lr", at_least(0)})
      .add(Field{"clip_norm", &clip_norm, "largest norm of the whole gradient, 0: no limit",
                 at_least(0)})
      .add(Field{"lazy_rows", &lazy_rows,
                 "rows of features and output weights that no example of the batch touched stay as "
                 "they are, their moments and decay too: an update's cost does not grow with the "
                 "vocabulary, where the output layer touches few rows"})
      .add(Field{"average_epochs", &average_epochs,
                 "validate and keep the mean of the weights over about the last so many epochs, 0: "
                 "the weights themselves",
                 at_least(0)})
      .add(Field{"patience", &patience,
                 "stop after so many epochs without a better validation, 0: never", at_least(0)})
      .add(Field{"checkpoint_steps", &checkpoint_steps,
                 "also save every so many updates, 0: after each epoch", at_least(0)})
      .add(Field{"log_steps", &log_steps,
                 "also record the training loss every so many updates, 0: each epoch",
                 at_least(0)});
  group.add(schedule.describe());
  return group;
}

void TrainOptions::validate(Problems& problems, const std::string& prefix) const {
  if (momentum > 0 && optimizer != "sgd") {
    problems.add(prefix + ".momentum", "only sgd has a momentum, the optimizer is " + optimizer);
  }
  if (optimizer == "sgd_examples") {
    if (batch_size != 1)
      problems.add(prefix + ".batch_size",
                   "sgd_examples needs 1, it is " + std::to_string(batch_size));
    if (clip_norm > 0) problems.add(prefix + ".clip_norm", "sgd_examples has none");
    if (average_epochs > 0) problems.add(prefix + ".average_epochs", "sgd_examples has none");
  }
  if (lr * weight_decay >= 1) {
    problems.add(prefix + ".weight_decay",
                 "lr x weight_decay must be below 1: one update would erase the weights");
  }
}

double learning_rate(const TrainOptions& options, std::int64_t step, std::int64_t epoch_steps,
                     std::int64_t total_steps) {
  const auto& schedule = options.schedule;
  const auto t = static_cast<double>(step);
  double rate = options.lr;
  if (schedule.type == "inverse") {
    rate /= 1 + schedule.decay * t;
  } else if (schedule.type == "step") {
    rate *= std::pow(schedule.step_factor,
                     static_cast<double>(step / (epoch_steps * schedule.step_epochs)));
  } else if (schedule.type == "cosine") {
    const double cosine =
        0.5 * (1 + std::cos(3.141592653589793 * t /
                            static_cast<double>(std::max<std::int64_t>(1, total_steps))));
    rate *= schedule.final_fraction + (1 - schedule.final_fraction) * cosine;
  }
  if (step < schedule.warmup_steps) rate *= (t + 1) / static_cast<double>(schedule.warmup_steps);
  return rate;
}

}  // namespace wordbridge
