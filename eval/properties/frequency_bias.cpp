#include "eval/properties/frequency_bias.h"

#include <cmath>

#include "core/undefined.h"
#include "eval/properties/moments.h"
#include "eval/statistics/correlation.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

constexpr double kSameLength = 1e-6;  // relative

double log_rank(std::int64_t row) { return std::log(static_cast<double>(row + 1)); }

struct Regression {
  Eigen::VectorXd weights;
  double constant = 0;
};

Regression ridge(const Moments& seen, double penalty) {
  const auto n = static_cast<double>(seen.words);
  const Eigen::VectorXd mean = seen.sum / n;
  const double mean_number = seen.number / n;
  Eigen::MatrixXd matrix = seen.covariance();
  matrix.diagonal().array() += penalty * matrix.trace() / static_cast<double>(seen.dim);
  Regression regression;
  regression.weights =
      Eigen::LDLT<Eigen::MatrixXd>(matrix).solve(seen.number_times_vector / n - mean_number * mean);
  regression.constant = mean_number - regression.weights.dot(mean);
  return regression;
}

/// Sum of (y - w . v - b)^2, computed from the moments alone.
double squared_error(const Moments& unseen, const Regression& of) {
  const Eigen::VectorXd& w = of.weights;
  const double b = of.constant;
  return unseen.number_squared + w.dot(unseen.gram * w) +
         b * b * static_cast<double>(unseen.words) - 2 * w.dot(unseen.number_times_vector) -
         2 * b * unseen.number + 2 * b * w.dot(unseen.sum);
}

}  // namespace

double mean_difference(const std::vector<double>& ascending) {
  const auto n = static_cast<double>(ascending.size());
  if (n < 2) return kUndefined;
  double sum = 0;
  for (std::size_t i = 0; i < ascending.size(); ++i)
    sum += ascending[i] * (2 * static_cast<double>(i) - n + 1);
  return sum / (n * (n - 1) / 2);
}

double log_rank_r2(const std::vector<Moments>& folds, double penalty) {
  const Moments all = sum_of(folds);
  if (all.words < static_cast<std::int64_t>(2 * kFolds)) return kUndefined;
  const double mean = all.number / static_cast<double>(all.words);
  const double total = all.number_squared - mean * all.number;
  const double energy = all.gram.trace() / static_cast<double>(all.words);
  if (!(all.covariance().trace() > 1e-12 * energy)) return kUndefined;  // only rounding error
  double error = 0;
  for (const Moments& unseen : folds) {
    Moments seen = all;
    seen -= unseen;
    error += squared_error(unseen, ridge(seen, penalty));
  }
  return 1 - error / total;
}

FrequencyBias frequency_bias(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                             const std::vector<Moments>& folds,
                             const std::vector<std::int64_t>& nearest) {
  FrequencyBias bias;
  std::vector<double> norms, log_ranks;
  for (const std::int64_t row : rows) {
    norms.push_back(norm(table.row(row), table.dim()));
    log_ranks.push_back(log_rank(row));
  }
  const auto [shortest, longest] = std::minmax_element(norms.begin(), norms.end());
  // Vectors of unit length in single precision have lengths that differ by rounding alone.
  if (!norms.empty() && *longest > (1 + kSameLength) * *shortest)
    bias.norm_correlation = spearman(norms, log_ranks);
  bias.r2 = log_rank_r2(folds);
  bias.neighbor_distance_by_chance = mean_difference(log_ranks);
  if (nearest.empty()) return bias;
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    sum += std::abs(log_ranks[i] - log_rank(nearest[i]));
  bias.neighbor_distance = sum / static_cast<double>(rows.size());
  return bias;
}

}  // namespace wordbridge
