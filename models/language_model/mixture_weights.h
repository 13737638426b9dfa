#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// Mixture weights: P = sum_j w[q][j] P_j, with one set of weights per bin q.
struct MixtureWeights {
  std::int64_t components = 0, bins = 0;
  std::vector<double> weights;          // [bins, components], each row sums to 1
  std::vector<double> log_likelihoods;  // in nats, before each step and after the last one
  const double* row(std::int64_t bin) const { return weights.data() + bin * components; }
};

/// Maximum-likelihood mixture weights by expectation maximisation, starting from equal weights. No
/// step decreases the likelihood. `probabilities` [tokens, components] are the probabilities that
/// the components assign to each token, `bin` [tokens] is the bin of each token. Stops after
/// `iterations` steps, or when a step gains less than `tolerance` nats per token. Bins without
/// tokens get the weights estimated from all tokens together. Tokens to which no component assigns
/// a positive probability are ignored.
MixtureWeights estimate_mixture(const std::vector<double>& probabilities,
                                const std::vector<std::int32_t>& bin, std::int64_t components,
                                std::int64_t bins, std::int64_t iterations, double tolerance = 0);

/// The bin of a context that occurs `frequency` times among `total` tokens: ceil(-ln((1 +
/// frequency) / total)), at least 0 (Bengio et al. 2003, section 4.1). Frequency 0 has the highest
/// bin.
std::int32_t frequency_bin(std::int64_t frequency, std::int64_t total);

}  // namespace wordbridge
