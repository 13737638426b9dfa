#include "eval/projection/tsne.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "core/rng.h"
#include "core/threads.h"
#include "eval/projection/centered_rows.h"
#include "eval/projection/pca_projection.h"
#include "kernels/tsne.h"

namespace wordbridge {
namespace {

constexpr double kExaggeration = 12, kLeastLearningRate = 50;
constexpr double kInitialDeviation = 1e-4;
// Noise that moves rows off a line or a point, which they would otherwise never leave: forces act
// along differences.
constexpr double kInitialNoise = 1e-6;

void stop_if_interrupted() {
  if (interrupted()) throw Interrupted("interrupted during t-SNE");
}

/// One coordinate of all points, with the optimiser's state.
class Coordinate {
 public:
  Coordinate(std::vector<float> at)
      : at_(std::move(at)), speed_(at_.size()), gain_(at_.size(), 1) {}
  const std::vector<float>& at() const { return at_; }

  /// Gradient descent with momentum and a gain for each value, which grows while the gradient has
  /// the same direction as the previous steps (Jacobs 1988; van der Maaten and Hinton, section
  /// 3.4).
  void step(const std::vector<double>& gradient, double learning_rate, double momentum) {
    double sum = 0;
    for (std::size_t i = 0; i < at_.size(); ++i) {
      const bool same_way = (gradient[i] > 0) != (speed_[i] > 0);
      gain_[i] = same_way ? gain_[i] + 0.2 : std::max(0.01, gain_[i] * 0.8);
      speed_[i] = momentum * speed_[i] - learning_rate * gain_[i] * gradient[i];
      at_[i] += static_cast<float>(speed_[i]);
      sum += at_[i];
    }
    const auto mean = static_cast<float>(sum / static_cast<double>(at_.size()));
    for (float& value : at_) value -= mean;
  }

 private:
  std::vector<float> at_;
  std::vector<double> speed_, gain_;
};

/// The principal plane, scaled so that its first axis has the initial deviation, with noise.
std::vector<Coordinate> initial_points(const CenteredRows& rows, std::uint64_t seed) {
  const std::vector<float> plane = PrincipalPlane(rows.rows, rows.size(), rows.dim).points;
  double sum = 0;
  for (std::size_t i = 0; i < plane.size(); i += 2) sum += static_cast<double>(plane[i]) * plane[i];
  const double deviation = std::sqrt(sum / static_cast<double>(rows.size()));
  const double scale = deviation > 0 ? kInitialDeviation / deviation : 0;
  Rng rng(seed, "tsne.start");
  std::vector<float> at[2];
  for (std::size_t i = 0; i < plane.size(); ++i)
    at[i % 2].push_back(static_cast<float>(plane[i] * scale + kInitialNoise * rng.normal()));
  return {Coordinate(std::move(at[0])), Coordinate(std::move(at[1]))};
}

void check(const TsneOptions& options, std::int64_t count) {
  if (!(options.perplexity >= 1)) {
    throw Error("invalid perplexity for t-SNE")
        .expected("at least 1")
        .got("{}", options.perplexity);
  }
  if (options.iterations < 1) {
    throw Error("invalid number of iterations for t-SNE")
        .expected("at least 1")
        .got("{}", options.iterations);
  }
  if (count > kMostTsneRows) {
    throw Error("too many words for an exact t-SNE")
        .expected("at most {}", kMostTsneRows)
        .got("{}", count)
        .hint("use only the most frequent words, or PCA");
  }
}

}  // namespace

std::vector<double> neighbor_probabilities(const float* squared_distances, std::int64_t count,
                                           std::int64_t i, double perplexity) {
  const auto size = static_cast<std::size_t>(count), self = static_cast<std::size_t>(i);
  double nearest = std::numeric_limits<double>::infinity(), mean = 0;
  for (std::size_t j = 0; j < size; ++j) {
    if (j == self) continue;
    nearest = std::min<double>(nearest, squared_distances[j]);
    mean += squared_distances[j] / static_cast<double>(count - 1);
  }
  // Entropies are in nats here; they decrease as the precision 1 / (2 sigma^2) increases.
  constexpr int kMostSteps = 200;
  constexpr double kTolerance = 1e-5;
  const double wanted = std::log(perplexity);
  double low = 0, high = std::numeric_limits<double>::infinity();
  double precision = mean > nearest ? 1 / (mean - nearest) : 1, sum = 0;
  std::vector<double> p(size);
  for (int step = 0; step < kMostSteps; ++step) {
    double moment = 0;
    sum = 0;
    for (std::size_t j = 0; j < size; ++j) {
      const double distance = squared_distances[j] - nearest;
      p[j] = j == self ? 0 : std::exp(-precision * distance);
      sum += p[j];
      moment += p[j] * distance;
    }
    const double excess = std::log(sum) + precision * moment / sum - wanted;
    if (std::abs(excess) < kTolerance) break;
    (excess > 0 ? low : high) = precision;
    precision = std::isinf(high) ? 2 * precision : (low + high) / 2;
  }
  for (double& value : p) value /= sum;
  return p;
}

std::vector<float> joint_probabilities(const std::vector<float>& rows, std::int64_t count,
                                       std::int64_t dim, double perplexity) {
  const Distances distances(rows.data(), count, dim);
  const auto size = static_cast<std::size_t>(count);
  std::vector<float> p(size * size);
  for_each_range(count, Distances::kBlock, [&](std::int64_t begin, std::int64_t end) {
    stop_if_interrupted();
    const std::vector<float> squared = distances.from(begin, end);
    for (std::int64_t i = begin; i < end; ++i) {
      const auto given_i =
          neighbor_probabilities(squared.data() + (i - begin) * count, count, i, perplexity);
      std::transform(given_i.begin(), given_i.end(), p.begin() + i * count,
                     [](double value) { return static_cast<float>(value); });
    }
  });
  const float scale = 0.5f / static_cast<float>(count);
  for_each_block(count, [&](std::int64_t block) {
    const auto i = static_cast<std::size_t>(block);
    for (std::size_t j = 0; j < i; ++j) {
      const float both = scale * (p[i * size + j] + p[j * size + i]);
      p[i * size + j] = p[j * size + i] = both;
    }
  });
  return p;
}

double tsne_divergence(const std::vector<float>& p, const std::vector<float>& x,
                       const std::vector<float>& y) {
  const std::size_t size = x.size();
  std::vector<double> parts(size), weights(size);  // sum_j p log(p / w), sum_j w
  for_each_block(static_cast<std::int64_t>(size), [&](std::int64_t block) {
    const auto i = static_cast<std::size_t>(block);
    for (std::size_t j = 0; j < size; ++j) {
      if (j == i) continue;
      const double dx = static_cast<double>(x[i]) - x[j], dy = static_cast<double>(y[i]) - y[j];
      const double inverse = 1 + dx * dx + dy * dy, value = p[i * size + j];
      weights[i] += 1 / inverse;
      if (value > 0) parts[i] += value * std::log(value * inverse);
    }
  });
  return std::accumulate(parts.begin(), parts.end(), 0.0) +
         std::log(std::accumulate(weights.begin(), weights.end(), 0.0));
}

TsneGradient tsne_gradient(const std::vector<float>& p, const std::vector<float>& x,
                           const std::vector<float>& y, double exaggeration) {
  constexpr std::int64_t kBlock = 64;
  const auto count = static_cast<std::int64_t>(x.size());
  std::vector<TsneForces> forces(x.size());
  for_each_range(count, kBlock, [&](std::int64_t begin, std::int64_t end) {
    tsne_forces(x.data(), y.data(), p.data() + begin * count, count, begin, end,
                forces.data() + begin);
  });
  double z = 0;
  for (const auto& force : forces) z += static_cast<double>(force.weight) - 1;
  TsneGradient gradient{std::vector<double>(x.size()), std::vector<double>(x.size())};
  for (std::size_t i = 0; i < x.size(); ++i) {
    gradient.x[i] = exaggeration * forces[i].attraction_x - forces[i].repulsion_x / z;
    gradient.y[i] = exaggeration * forces[i].attraction_y - forces[i].repulsion_y / z;
  }
  return gradient;
}

Projection tsne_projection(const EmbeddingTable& table, std::int64_t count,
                           const TsneOptions& options) {
  check(options, rows_meant(table, count));
  const CenteredRows rows(table, count, options.normalize);
  if (table.dim() <= 2 || rows.size() < 4) return pca_projection(table, count);
  const double perplexity = std::min(options.perplexity, static_cast<double>(rows.size() - 1) / 3);
  const auto p = joint_probabilities(rows.rows, rows.size(), rows.dim, perplexity);
  auto points = initial_points(rows, options.seed);
  const double learning_rate =
      std::max(static_cast<double>(rows.size()) / kExaggeration, kLeastLearningRate);
  const auto total = static_cast<std::uint64_t>(options.iterations);
  Progress progress("t-SNE", total, "iterations");
  for (std::uint64_t done = 0; done < total; ++done) {
    stop_if_interrupted();
    const bool early = done < total / 4;
    const auto gradient =
        tsne_gradient(p, points[0].at(), points[1].at(), early ? kExaggeration : 1);
    const double momentum = early ? 0.5 : 0.8;
    points[0].step(gradient.x, learning_rate, momentum);
    points[1].step(gradient.y, learning_rate, momentum);
    progress.update(done + 1);
  }
  progress.finish();
  std::vector<float> both;
  for (std::size_t i = 0; i < points[0].at().size(); ++i) {
    both.push_back(points[0].at()[i]);
    both.push_back(points[1].at()[i]);
  }
  Projection map = rows.map("tsne", both);
  map.divergence = tsne_divergence(p, points[0].at(), points[1].at());
  return map;
}

}  // namespace wordbridge
