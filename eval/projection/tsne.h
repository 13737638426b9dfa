#pragma once

#include <cstdint>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/projection/projection.h"

namespace wordbridge {

constexpr std::int64_t kMostTsneRows = 20000;  // P takes 1.6 GB

struct TsneOptions {
  /// Effective number of neighbours of each row, at least 1; reduced to a third of the number of
  /// other rows if it is larger.
  double perplexity = 30;
  std::int64_t iterations = 500;
  std::uint64_t seed = 1;
  /// Scale rows to unit length, so that neighbours are those by cosine similarity.
  bool normalize = true;
};

/// Exact t-distributed stochastic neighbour embedding (van der Maaten and Hinton 2008) of the first
/// `count` rows (0: all). Neighbours stay near each other; distances between points that are not
/// neighbours mean little. Starts from the principal plane with a standard deviation of 1e-4 (Kobak
/// and Berens 2019) and exaggerates P by a factor of 12 in the first quarter of the iterations,
/// with learning rate max(N / 12, 50) (Belkina et al. 2019). Memory: 4 N^2 bytes; time: O(N^2) per
/// iteration. Returns pca_projection() for fewer than 4 rows and for tables of one or two
/// dimensions. The result does not depend on the number of threads. Error for options out of range
/// and for more than kMostTsneRows rows. Throws Interrupted.
Projection tsne_projection(const EmbeddingTable& table, std::int64_t count,
                           const TsneOptions& options);

/// p_j|i of eq. (1) for all j, given the squared distances from i: a Gaussian whose width is chosen
/// so that 2 to the power of its entropy (in bits) is the perplexity; p_i|i = 0. If more neighbours
/// than that are equally near, so that no width has such a low entropy, they share the probability
/// equally.
std::vector<double> neighbor_probabilities(const float* squared_distances, std::int64_t count,
                                           std::int64_t i, double perplexity);

/// P [count, count] of rows [count, dim]: p_ij = (p_j|i + p_i|j) / 2 N, section 3.1.
std::vector<float> joint_probabilities(const std::vector<float>& rows, std::int64_t count,
                                       std::int64_t dim, double perplexity);

/// Kullback-Leibler divergence of Q, eq. (4), from P, in nats, for points at (x, y).
double tsne_divergence(const std::vector<float>& p, const std::vector<float>& x,
                       const std::vector<float>& y);

/// A quarter of the gradient of the divergence with respect to x_i and y_i, eq. (5), with P
/// multiplied by `exaggeration`.
struct TsneGradient {
  std::vector<double> x, y;
};
TsneGradient tsne_gradient(const std::vector<float>& p, const std::vector<float>& x,
                           const std::vector<float>& y, double exaggeration);

}  // namespace wordbridge
