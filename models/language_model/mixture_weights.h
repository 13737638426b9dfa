#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// Weights of a mixture P = sum_j w[q][j] P_j, a set for each bin q.
struct MixtureWeights {
  std::int64_t components = 0, bins = 0;
  std::vector<double> weights;          // [bins, components], each row sums to 1
  std::vector<double> log_likelihoods;  // nats, before each step and after the last
  const double* row(std::int64_t bin) const { return weights.data() + bin * components; }
};

/// Maximum likelihood by expectation maximisation, from equal weights: no step lowers the
/// likelihood. `probabilities` [tokens, components] are what each component gives the token that
/// came, `bin` [tokens] says whose weights hold for it. Stops after `iterations`, or when a step
/// gains less than `tolerance` nats a token. Bins without tokens get the weights of all tokens
/// together. A token to which no component gives a probability counts for nothing.
MixtureWeights estimate_mixture(const std::vector<double>& probabilities,
                                const std::vector<std::int32_t>& bin, std::int64_t components,
                                std::int64_t bins, std::int64_t iterations, double tolerance = 0);

/// The bin of a context that occurs `frequency` times among `total` tokens: ceil(-ln((1 +
/// frequency) / total)), not below 0 (Bengio et al. 2003, section 4.1). The highest is that of
/// frequency 0.
std::int32_t frequency_bin(std::int64_t frequency, std::int64_t total);

}  // namespace wordbridge
