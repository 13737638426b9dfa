#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/config/fields.h"

namespace wordbridge {

struct ContextOptions;
struct CountOptions;

/// How a model is trained.
enum class LearnerKind {
  gradient,  // a torch::nn::Module, by autograd
  fitted,    // computed directly from the corpus
  kernel     // by hand-written loops over the corpus
};

/// Size of the text for which settings are chosen.
struct TextSize {
  std::int64_t tokens = 0;       // of the training split
  std::int64_t words = 0;        // in the vocabulary
  bool single_examples = false;  // each update is of one example (train.optimizer: online_sgd)
};

/// "for 1,171,946 tokens of training text"
std::string size_text(const TextSize& text);

/// Epochs after which networks of the usual width begin to overfit a text (experiments/defaults).
double epochs_of_network(std::int64_t tokens);

/// Range of ModelOptions::choose()'s `effort`.
struct Efforts {
  int least = 0, most = 0;
};

/// Settings that were chosen for a text: dotted key ("train.epochs") and reason.
class ChosenSettings {
 public:
  /// Sets the setting unless it has a value.
  template <class T>
  void choose(const std::string& key, std::optional<T>& setting, T value, std::string reason) {
    if (setting) return;
    setting = std::move(value);
    reasons_[key] = std::move(reason);
  }
  /// Adds the reason for a setting that was changed afterwards.
  void explain(const std::string& key, std::string reason) { reasons_[key] = std::move(reason); }
  const std::map<std::string, std::string>& reasons() const { return reasons_; }

 private:
  std::map<std::string, std::string> reasons_;
};

/// Options of one model, read from its section of the configuration: `model: {type: NAME, NAME:
/// {...}}`.
struct ModelOptions {
  virtual ~ModelOptions() = default;
  /// The section's fields. The group's name is the model's name, its help describes the model.
  virtual FieldGroup describe() = 0;
  /// Reports fields that contradict each other, with keys under `prefix` ("model.nplm").
  virtual void validate(Problems& problems, const std::string& prefix) const = 0;

  /// Reports files that training reads and that do not exist. A trained model does not need them.
  virtual void validate_files(Problems& /*problems*/, const std::string& /*prefix*/) const {}

  /// What the model does with the text. A language model predicts each token, so part of the text
  /// is kept for validation and test, and rare words are replaced by the unknown symbol. Other
  /// models use all of the text and drop rare words. These are defaults of `data`.
  virtual bool predicts_tokens() const { return true; }
  /// The vectors in context that the model exports; null if it exports others.
  virtual const ContextOptions* exported_contexts() const { return nullptr; }
  /// The counts from which the model is computed; null if it is not computed from counts.
  virtual const CountOptions* counted_contexts() const { return nullptr; }
  /// Whether a model that is not a gradient model needs LibTorch with these options.
  virtual bool needs_torch() const { return false; }

  /// Chooses the settings that have no value, among them `epochs` and `lr` (docs/defaults.md).
  /// `effort`: 0 for the usual choice; 1, 2, ... for more expensive ones that are at least as good,
  /// and -1, -2, ... for cheaper ones, within efforts().
  virtual void choose(const TextSize& /*text*/, int /*effort*/, ChosenSettings& /*chosen*/) {}
  virtual Efforts efforts() const { return {}; }

  /// `train.epochs`, passes over the training split, and `train.lr`, the learning rate. Fitted
  /// models do not use them.
  std::optional<double> epochs;
  std::optional<double> lr;
  /// `train.restarts`, for validate().
  std::int64_t restarts = 1;
};

}  // namespace wordbridge
