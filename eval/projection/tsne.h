#pragma once

#include <cstdint>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/projection/projection.h"

namespace wordbridge {

constexpr std::int64_t kMostTsneRows = 20000;  // P has 1.6 GB then

struct TsneOptions {
  /// How many neighbours each row has, so to say; at least 1, at most a third of the other rows is
  /// used.
  double perplexity = 30;
  std::int64_t iterations = 500;
  std::uint64_t seed = 1;
  /// Rows at unit length, so that neighbours are those by cosine.
  bool normalize = true;
};

/// t-distributed stochastic neighbour embedding (van der Maaten and Hinton 2008), exact, of the
/// first `count` rows (0: all): neighbours stay near each other; how far apart strangers are means
/// little. Starts from the principal plane at a standard deviation of 1e-4 (Kobak and Berens 2019)
/// and exaggerates P 12 times for the first quarter of the iterations, at the learning rate N / 12
/// or 50 (Belkina et al. 2019). Memory 4 N^2 bytes, time of N^2. Fewer than 4 rows, and tables of
/// one or two dimensions, give pca_projection(). The same for any number of threads. Error for
/// options out of range and for more than kMostTsneRows rows; Interrupted.
Projection tsne_projection(const EmbeddingTable& table, std::int64_t count,
                           const TsneOptions& options);

/// p_j|i of eq. (1) for all j, given the squared distances from i: a Gaussian of such a width that
/// 2 to its entropy (in bits) is the perplexity; p_i|i = 0. Where so many neighbours are equally
/// near that no width gives so little, these share it all.
std::vector<double> neighbor_probabilities(const float* squared_distances, std::int64_t count,
                                           std::int64_t i, double perplexity);

/// P [count, count] of rows [count, dim]: p_ij = (p_j|i + p_i|j) / 2 N, section 3.1.
std::vector<float> joint_probabilities(const std::vector<float>& rows, std::int64_t count,
                                       std::int64_t dim, double perplexity);

/// The Kullback-Leibler divergence of Q, eq. (4), from P, in nats, of points at (x, y).
double tsne_divergence(const std::vector<float>& p, const std::vector<float>& x,
                       const std::vector<float>& y);

/// A quarter of its gradient by x_i and y_i, eq. (5), with P taken `exaggeration` times.
struct TsneGradient {
  std::vector<double> x, y;
};
TsneGradient tsne_gradient(const std::vector<float>& p, const std::vector<float>& x,
                           const std::vector<float>& y, double exaggeration);

}  // namespace wordbridge
