#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// Which kind of learner trains a model.
enum class LearnerKind {
  gradient,  // a torch::nn::Module, by autograd
  fitted,    // computed directly from the corpus
  kernel     // by loops of its own over the corpus
};

/// The options of one model, as its section of the configuration: `model: {type: NAME, NAME:
/// {...}}`.
struct ModelOptions {
  virtual ~ModelOptions() = default;
  /// The section: the group's name is the model's, its help says what it is.
  virtual FieldGroup describe() = 0;
  /// Contradictions between fields; keys under `prefix` ("model.nplm").
  virtual void validate(Problems& problems, const std::string& prefix) const = 0;

  /// Passes over the training split and the learning rate, which `train.epochs` and `train.lr` set;
  /// until then the defaults with this model. Fitted models do not read them.
  std::int64_t epochs = 10;
  double lr = 2e-3;
};

}  // namespace wordbridge
