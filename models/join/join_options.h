#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/layers/activation.h"
#include "models/model_options.h"

namespace wordbridge {

/// How the autoencoders of the methods daeme, caeme and aaeme are trained (meta_autoencoder.h).
struct AutoencoderSettings {
  Activation activation = Activation::identity;  // of the encoders; f(0) = 0
  std::int64_t epochs = 20, batch_size = 128;
  double learning_rate = 0.001;  // of Adam, falls to 0 in a straight line
  double noise = 0.05;           // share of the inputs that is set to 0
  double agreement = 1;          // weight of daeme's distances between codes
  std::int64_t seed = 1;

  static const EnumNames<Activation>& activations();
};

/// How the word vectors of several models are joined (joined_table.h).
struct JoinSettings {
  enum class Method { concatenation, average, svd, procrustes, gpa, gcca, daeme, caeme, aaeme };
  enum class Words { shared, all };

  Method method = Method::concatenation;
  std::int64_t dim =
      0;  // of svd, gcca, and a code of the autoencoders; 0: the largest of the inputs
  Words words = Words::shared;
  std::vector<double> weights;  // of the inputs; empty: all 1
  bool unit = true, center = false;
  AutoencoderSettings autoencoder;

  static const EnumNames<Method>& methods();
  static const EnumNames<Words>& word_sets();
  /// The fields, for YAML and the command line.
  std::vector<Field> fields();
  /// What is wrong with the settings for this number of inputs; empty if nothing is.
  std::string problem(std::size_t inputs) const;
  /// Whether the method uses `dim`.
  bool has_dim() const;
  /// Whether the method trains autoencoders, which needs LibTorch.
  bool is_autoencoder() const;
  /// Names of the settings that differ from the defaults but have no effect with the method.
  std::vector<std::string> unused() const;
  /// The same settings, with the unused() ones at their defaults.
  JoinSettings without_unused() const;
  /// "svd,dim=100": the method and what differs from the defaults.
  std::string text() const;
};

/// Options of the model `join`.
struct JoinOptions : ModelOptions {
  std::vector<std::string> inputs;
  JoinSettings settings;

  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;
  bool predicts_tokens() const override { return false; }
  bool needs_torch() const override { return settings.is_autoencoder(); }
};

}  // namespace wordbridge
