#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "data/text/vocabulary.h"

namespace wordbridge {

// Initial values from our own random streams: a stream a parameter, by name, so that they do not
// depend on LibTorch's version or on what else a model has. Tensors are float32 on the CPU.

/// Normal of mean 0 and standard deviation `scale`.
void fill_normal(torch::Tensor& values, double scale, std::uint64_t seed, const std::string& name);
/// Uniform in [-bound, bound).
void fill_uniform(torch::Tensor& values, double bound, std::uint64_t seed, const std::string& name);
/// b_V[w] = ln((counts[w] + smoothing) / (total + smoothing V)): the softmax starts as the unigram.
void fill_log_unigram(torch::Tensor& b_V, const std::vector<std::int64_t>& counts,
                      double smoothing);
/// Rows of the words that the file of vectors holds; returns their number. Error if the columns
/// are not as many, or no word of the vocabulary is there.
std::int64_t fill_from_vectors(torch::Tensor& values_VE, const std::string& file,
                               const Vocabulary& vocabulary);

}  // namespace wordbridge
