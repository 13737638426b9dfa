#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/config/fields.h"
#include "models/model_options.h"
#include "train/schedule.h"

namespace wordbridge {

/// What is wrong with a `train.budget`; empty if it is a time.
std::string budget_problem(const std::string& budget);

enum class OptimizerType { sgd, adagrad, adam, adamw, online_sgd };
const EnumNames<OptimizerType>& optimizer_names();

/// The `train:` section: options of gradient-based training.
struct TrainOptions {
  std::optional<double> epochs;  // chosen by the model: ModelOptions::choose()
  std::int64_t restarts = 1;
  std::int64_t restart_epochs = 0;
  std::int64_t batch_size = 256;
  OptimizerType optimizer = OptimizerType::adamw;
  std::optional<double> lr;  // chosen by the model
  double momentum = 0.0;
  double beta1 = 0.9, beta2 = 0.999;
  double eps = 3e-5;
  double weight_decay = 0.01;
  double clip_norm = 0.0;
  bool lazy_rows = false;
  double average_epochs = 0.0;
  std::optional<std::int64_t> shards;  // of a mini-batch; unset: one for each process
  bool divide_output = false;
  ScheduleOptions schedule;
  std::int64_t patience = 2;
  std::string budget;  // as parse_duration() reads it; empty: none
  std::int64_t checkpoint_steps = 0;
  std::int64_t log_steps = 0;

  /// Updates of the whole training with epochs of `epoch_steps` updates; at least 1.
  std::int64_t total_steps(std::int64_t epoch_steps) const;
  /// Epochs of all starts.
  double all_epochs() const;
  /// Epochs of each random start, the best of which is continued; 0 with a single start.
  std::int64_t start_epochs() const;
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
  void validate_budget(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
