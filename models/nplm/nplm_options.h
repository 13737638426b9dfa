#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/layers/activation.h"
#include "models/layers/feature_options.h"
#include "models/model_options.h"
#include "models/output/output_options.h"

namespace wordbridge {

/// Options of the neural probabilistic language model, in the notation of Bengio et al. 2003.
struct NplmOptions : ModelOptions {
  enum class Vectors { features, hidden, output };
  enum class Bias { zero, unigram };

  std::int64_t n = 5;                               // model order: predicts from n-1 words
  std::optional<std::int64_t> dim;                  // m, features per word
  std::optional<std::vector<std::int64_t>> hidden;  // h of each hidden layer; empty list: none
  Activation activation = Activation::tanh;
  std::optional<std::vector<std::int64_t>> bags;  // words per bag, before the n-1 nearest words;
                                                  // without a value: no bags
  std::int64_t bag_features = 0;                  // m_D; 0: m
  bool direct = false;  // W, direct connections from the features to the output
  bool tied = false;    // weight tying: U = C
  OutputOptions output;
  std::optional<double> dropout;          // of hidden units; without a value: 0
  std::optional<double> feature_dropout;  // of x; without a value: 0
  Vectors export_vectors = Vectors::features;

  // Initialisation. The paper specifies none.
  FeatureOptions features{0.1, FeatureOptions::Norms::given};  // C
  double output_scale = 0.01;        // standard deviation of U and W, normally distributed
  Bias output_bias = Bias::unigram;  // unigram: log((count + bias_smoothing) / total)
  double bias_smoothing = 1.0;

  /// Sizes of the bags.
  std::vector<std::int64_t> bag_sizes() const;
  /// N, the number of context words, including those in bags.
  std::int64_t context() const;
  /// Width of x.
  std::int64_t x_width() const;
  /// Whether the output layer has U. Without hidden layers, only if U is tied to C.
  bool has_output_rows() const { return tied || !hidden || !hidden->empty(); }
  FieldGroup describe() override;
  void choose(const TextSize& text, int effort, ChosenSettings& chosen) override;
  Efforts efforts() const override;
  void validate(Problems& problems, const std::string& prefix) const override;
  void validate_files(Problems& problems, const std::string& prefix) const override {
    features.validate_files(problems, prefix);
  }
};

}  // namespace wordbridge
