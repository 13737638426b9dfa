#include "eval/properties/spectrum.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/threads.h"
#include "core/undefined.h"

namespace wordbridge {
namespace {

constexpr std::size_t kSpectrumRows = 256;
constexpr std::size_t kSpectrumParts = 64;

double sum_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

bool has_variance(const std::vector<double>& spectrum) {
  return !spectrum.empty() && spectrum.front() > 0 && std::isfinite(spectrum.front());
}

/// Logarithms of sums of exponentials, one for each direction: most + ln(rest).
struct LogSums {
  Eigen::ArrayXd most, rest;

  explicit LogSums(Eigen::Index directions)
      : most(Eigen::ArrayXd::Constant(directions, -std::numeric_limits<double>::infinity())),
        rest(Eigen::ArrayXd::Zero(directions)) {}
  /// exponents: [words, directions].
  void add(const Eigen::ArrayXXd& exponents) {
    const Eigen::ArrayXd larger = most.max(exponents.colwise().maxCoeff().transpose());
    rest *= (most - larger).exp();
    rest += (exponents.rowwise() - larger.transpose()).exp().colwise().sum().transpose();
    most = larger;
  }
  void add(const LogSums& other) {
    if (!(other.rest > 0).all()) return;  // no words
    const Eigen::ArrayXd larger = most.max(other.most);
    rest = rest * (most - larger).exp() + other.rest * (other.most - larger).exp();
    most = larger;
  }
};

}  // namespace

std::vector<double> spectrum_of(const Eigen::MatrixXd& symmetric, std::int64_t dim) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric, Eigen::EigenvaluesOnly);
  std::vector<double> spectrum(solver.eigenvalues().begin(), solver.eigenvalues().end());
  std::reverse(spectrum.begin(), spectrum.end());
  for (double& value : spectrum) value = std::max(value, 0.0);
  spectrum.resize(static_cast<std::size_t>(dim), 0.0);
  return spectrum;
}

double iso_score(const std::vector<double>& spectrum) {
  if (!has_variance(spectrum) || spectrum.size() < 2) return kUndefined;
  const auto n = static_cast<double>(spectrum.size());
  double length = 0, distance = 0;
  // Relative to the largest: squares of small eigenvalues would underflow.
  for (const double value : spectrum) length += std::pow(value / spectrum.front(), 2);
  for (const double value : spectrum)
    distance += std::pow(value / spectrum.front() * std::sqrt(n / length) - 1, 2);
  // delta^2 (n - sqrt n) is half the squared distance.
  return std::clamp((std::pow(n - distance / 2, 2) - n) / (n * (n - 1)), 0.0, 1.0);
}

double leading_share(const std::vector<double>& spectrum, std::size_t count) {
  if (!has_variance(spectrum)) return kUndefined;
  const auto end = spectrum.begin() + static_cast<std::ptrdiff_t>(std::min(count, spectrum.size()));
  return std::accumulate(spectrum.begin(), end, 0.0) / sum_of(spectrum);
}

double stable_rank(const std::vector<double>& spectrum) {
  return has_variance(spectrum) ? sum_of(spectrum) / spectrum.front() : kUndefined;
}

double rank_me(const std::vector<double>& spectrum) {
  if (!has_variance(spectrum)) return kUndefined;
  double sum = 0, entropy = 0;
  for (const double value : spectrum) sum += std::sqrt(value);
  for (const double value : spectrum) {
    const double p = std::sqrt(value) / sum;
    if (p > 0) entropy -= p * std::log(p);
  }
  return std::exp(entropy);
}

double inverse_condition(const std::vector<double>& spectrum) {
  return has_variance(spectrum) ? std::sqrt(spectrum.back() / spectrum.front()) : kUndefined;
}

double partition_isotropy(const WordVectors& vectors, const Eigen::MatrixXd& gram) {
  const std::size_t words = vectors.rows().size();
  if (words == 0) return kUndefined;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram);
  const Eigen::MatrixXd& directions = solver.eigenvectors();
  std::vector<LogSums> parts(kSpectrumParts, LogSums(2 * directions.cols()));
  for_each_block(static_cast<std::int64_t>(kSpectrumParts), [&](std::int64_t block) {
    const auto part = static_cast<std::size_t>(block);
    const std::size_t end = words * (part + 1) / kSpectrumParts;
    for (std::size_t i = words * part / kSpectrumParts; i < end; i += kSpectrumRows) {
      const Eigen::ArrayXXd products =
          (vectors.block(i, std::min(kSpectrumRows, end - i)) * directions).array();
      Eigen::ArrayXXd exponents(products.rows(), 2 * products.cols());
      exponents << products, -products;
      parts[part].add(exponents);
    }
  });
  LogSums all = parts.front();
  for (std::size_t part = 1; part < kSpectrumParts; ++part) all.add(parts[part]);
  const Eigen::ArrayXd logs = all.most + all.rest.log();
  double least = logs.minCoeff(), most = logs.maxCoeff();
  if (vectors.coordinates() < vectors.dim()) {  // in a direction at right angles to all, Z = words
    least = std::min(least, std::log(static_cast<double>(words)));
    most = std::max(most, std::log(static_cast<double>(words)));
  }
  return std::exp(least - most);
}

}  // namespace wordbridge
