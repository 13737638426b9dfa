#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/layers/activation.h"
#include "models/model_options.h"
#include "models/output/output_options.h"

namespace wordbridge {

/// Options of the neural probabilistic language model, in the notation of Bengio et al. 2003.
struct NplmOptions : ModelOptions {
  enum class Vectors { features, hidden, output };
  enum class Bias { zero, unigram };

  std::int64_t n = 5;                        // model order: predicts from n-1 words
  std::int64_t dim = 30;                     // m, features per word
  std::vector<std::int64_t> hidden = {100};  // h of each hidden layer; empty: no hidden layer
  Activation activation = Activation::tanh;
  std::vector<std::int64_t> bags;  // words per bag, before the n-1 nearest words
  std::int64_t bag_features = 0;   // m_D; 0: m
  bool direct = false;             // W, direct connections from the features to the output
  bool tied = false;               // weight tying: U = C
  OutputOptions output;
  double dropout = 0.0;          // of hidden units
  double feature_dropout = 0.0;  // of x
  Vectors export_vectors = Vectors::features;

  // Initialisation. The paper specifies none.
  double feature_scale = 0.1;        // standard deviation of C, normally distributed
  double output_scale = 0.01;        // standard deviation of U and W, normally distributed
  Bias output_bias = Bias::unigram;  // unigram: log((count + bias_smoothing) / total)
  double bias_smoothing = 1.0;
  std::string vectors;  // file with the initial features
  bool frozen = false;  // the features are not trained

  /// N, the number of context words, including those in bags.
  std::int64_t context() const;
  /// Width of x.
  std::int64_t x_width() const;
  /// Whether the output layer has U. Without hidden layers, only if U is tied to C.
  bool has_output_rows() const { return tied || !hidden.empty(); }
  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
