#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// How a model is trained.
enum class LearnerKind {
  gradient,  // a torch::nn::Module, by autograd
  fitted,    // computed directly from the corpus
  kernel     // by hand-written loops over the corpus
};

/// Options of one model, read from its section of the configuration: `model: {type: NAME, NAME:
/// {...}}`.
struct ModelOptions {
  virtual ~ModelOptions() = default;
  /// The section's fields. The group's name is the model's name, its help describes the model.
  virtual FieldGroup describe() = 0;
  /// Reports fields that contradict each other, with keys under `prefix` ("model.nplm").
  virtual void validate(Problems& problems, const std::string& prefix) const = 0;

  /// Passes over the training split, and the learning rate: this model's defaults, which
  /// `train.epochs` and `train.lr` override. Fitted models do not use them.
  std::int64_t epochs = 10;
  double lr = 2e-3;
  /// `train.restarts`, for validate().
  std::int64_t restarts = 1;
};

}  // namespace wordbridge
