#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "data/text/vocabulary.h"

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
/// Sets the rows of the words that are in the vector file; returns their number. Error if the
/// dimensions differ (`dim_key`: the setting) or the file contains no word of the vocabulary.
std::int64_t fill_from_vectors(torch::Tensor& values_VE, const std::string& file,
                               const Vocabulary& vocabulary, const std::string& dim_key);

}  // namespace wordbridge
