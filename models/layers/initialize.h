#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "data/text/vocabulary.h"
#include "models/layers/feature_options.h"
#include "models/model_inputs.h"

namespace wordbridge {

// Initial parameter values. Each parameter has its own random stream, derived from its name, so the
// values do not depend on LibTorch's version or on the model's other parameters. Tensors are
// float32 on the CPU.

/// Normal distribution with mean 0 and standard deviation `scale`.
void fill_normal(torch::Tensor& values, double scale, std::uint64_t seed, const std::string& name);
/// Uniform distribution on [-bound, bound).
void fill_uniform(torch::Tensor& values, double bound, std::uint64_t seed, const std::string& name);
/// b_V[w] = ln((counts[w] + smoothing) / (total + smoothing V)): with zero features the softmax is
/// the unigram distribution.
void fill_log_unigram(torch::Tensor& b_V, const std::vector<std::int64_t>& counts,
                      double smoothing);
/// Word features of the random stream `name`, then the rows of the words that are in the vector
/// file, then the norms that the options ask for:
///
///   scaled       the rows of the file times s, the same for all
///   log_counts   |C(w)| = s ln(1 + max(count of w, 1)), all rows
///
/// where s makes the root mean square of these norms that of random features, scale sqrt(m). Rows
/// of zeros stay so. Herold, Gao and Ney 2018 start norms at scaled logarithms of the counts; their
/// scale is a number of its own. Logs how many words have no vector. When a trained model is loaded
/// the file is not read. Error if the dimensions differ or the file contains no word of the
/// vocabulary. `model`: the model's name.
void fill_features(torch::Tensor& values_Vm, const FeatureOptions& options,
                   const ModelInputs& inputs, const std::string& name, const std::string& model);

}  // namespace wordbridge
