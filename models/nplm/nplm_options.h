#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/layers/activation.h"
#include "models/model_options.h"
#include "models/output/output_options.h"

namespace wordbridge {

/// Options of the neural probabilistic language model; letters as in Bengio et al. 2003.
struct NplmOptions : ModelOptions {
  enum class Vectors { features, hidden, output };
  enum class Bias { zero, unigram };

  std::int64_t n = 5;                        // order: predicts from n-1 words
  std::int64_t dim = 30;                     // m, features of a word
  std::vector<std::int64_t> hidden = {100};  // h of each hidden layer; empty: none
  Activation activation = Activation::tanh;
  std::vector<std::int64_t> bags;  // words of each bag before the n-1 nearest words
  std::int64_t bag_features = 0;   // m_D; 0: m
  bool direct = false;             // W: connections from the features to the output
  bool tied = false;               // the output rows U are the features C
  OutputOptions output;
  double dropout = 0.0;          // of hidden units
  double feature_dropout = 0.0;  // of x
  Vectors export_vectors = Vectors::features;

  // Initialisation: the paper gives none.
  double feature_scale = 0.1;        // C: normal of this standard deviation
  double output_scale = 0.01;        // U, W: likewise
  Bias output_bias = Bias::unigram;  // unigram: log((count + bias_smoothing) / total)
  double bias_smoothing = 1.0;
  std::string vectors;  // file with initial features
  bool frozen = false;  // features stay as they are read

  /// N, all words of context, those in bags too.
  std::int64_t context() const;
  /// Features in x.
  std::int64_t x_width() const;
  /// Whether the output has a U: without hidden layers, only where it is tied to C.
  bool has_output_rows() const { return tied || !hidden.empty(); }
  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
