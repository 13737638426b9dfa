#include "eval/contexts/context_measures.h"

#include <Eigen/Dense>
#include <cmath>
#include <map>

#include "core/index.h"
#include "core/threads.h"
#include "eval/contexts/context_sample.h"
#include "eval/properties/spectrum.h"

namespace wordbridge {
namespace {

using Rows = std::vector<const float*>;

Eigen::Map<const Eigen::VectorXf> vector_of(const float* row, std::int64_t dim) {
  return {row, static_cast<Eigen::Index>(dim)};
}

/// The row with length 1; NaN without a direction.
Eigen::VectorXd direction(const float* row, std::int64_t dim) {
  const Eigen::VectorXd x = vector_of(row, dim).cast<double>();
  return x / x.norm();
}

/// Sums over the pairs i != j of unit vectors: the sum's square minus n, in ordered pairs.
struct DirectionSum {
  Eigen::VectorXd sum;
  double count = 0;

  explicit DirectionSum(std::int64_t dim)
      : sum(Eigen::VectorXd::Zero(static_cast<Eigen::Index>(dim))) {}
  void add(const Eigen::VectorXd& unit) {
    sum += unit;
    ++count;
  }
  double cosines() const { return sum.squaredNorm() - count; }
  double pairs() const { return count * (count - 1); }
};

/// Without the undefined values.
double mean_of(const std::vector<double>& values) {
  double sum = 0, count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count == 0 ? kUndefined : sum / count;
}

}  // namespace

double mean_cosine(const Rows& rows, std::int64_t dim) {
  DirectionSum all(dim);
  for (const float* row : rows) all.add(direction(row, dim));
  return all.pairs() > 0 ? all.cosines() / all.pairs() : kUndefined;
}

double mean_cosine_of_different(const Rows& rows, const std::vector<std::int32_t>& words,
                                std::int64_t dim) {
  DirectionSum all(dim);
  std::map<std::int32_t, DirectionSum> of_word;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Eigen::VectorXd unit = direction(rows[i], dim);
    all.add(unit);
    of_word.try_emplace(words[i], dim).first->second.add(unit);
  }
  double cosines = all.cosines(), pairs = all.pairs();
  for (const auto& [word, same] : of_word) {
    cosines -= same.cosines();
    pairs -= same.pairs();
  }
  return pairs > 0 ? cosines / pairs : kUndefined;
}

double intra_sentence_similarity(const Rows& rows, std::int64_t dim) {
  if (rows.empty()) return kUndefined;
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(dim));
  for (const float* row : rows) mean += vector_of(row, dim).cast<double>();
  mean /= mean.norm();
  double sum = 0;
  for (const float* row : rows) sum += mean.dot(direction(row, dim));
  return sum / static_cast<double>(rows.size());
}

double explainable_variance(const Rows& rows, std::int64_t dim) {
  Eigen::MatrixXd matrix(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(dim));
  for (std::size_t i = 0; i < rows.size(); ++i)
    matrix.row(static_cast<Eigen::Index>(i)) = vector_of(rows[i], dim).cast<double>().transpose();
  if (rows.empty() || !matrix.allFinite()) return kUndefined;
  const bool is_wide = matrix.rows() < matrix.cols();
  const Eigen::MatrixXd gram =
      is_wide ? Eigen::MatrixXd(matrix * matrix.transpose()) : matrix.transpose() * matrix;
  return leading_share(spectrum_of(gram, gram.rows()), 1);
}

LayerMeasures measure_contexts(const ContextSample& sample, const std::vector<float>& vectors,
                               std::int64_t dim) {
  const auto has_direction = [&](std::int64_t index) {
    return !vector_of(&vectors[at(index * dim)], dim).isZero(0);
  };
  const auto rows_of = [&](const std::vector<std::int64_t>& indices) {
    Rows rows;
    for (const auto index : indices)
      if (has_direction(index)) rows.push_back(&vectors[at(index * dim)]);
    return rows;
  };
  std::vector<double> self(sample.words.size()), variance(self.size()), baseline(self.size()),
      intra(sample.sentences.size());
  for_each_block(static_cast<std::int64_t>(self.size()), [&](std::int64_t i) {
    const Rows rows = rows_of(sample.words[at(i)]);
    self[at(i)] = mean_cosine(rows, dim);
    variance[at(i)] = explainable_variance(rows, dim);
    baseline[at(i)] = explainable_variance(rows_of(sample.baselines[at(i)]), dim);
  });
  for_each_block(static_cast<std::int64_t>(intra.size()), [&](std::int64_t i) {
    intra[at(i)] = intra_sentence_similarity(rows_of(sample.sentences[at(i)]), dim);
  });
  std::vector<std::int32_t> random_words;
  for (const auto index : sample.random)
    if (has_direction(index)) random_words.push_back(sample.ids[at(index)]);
  const double random = mean_cosine_of_different(rows_of(sample.random), random_words, dim);
  return {
      {mean_of(self), random}, {mean_of(intra), random}, {mean_of(variance), mean_of(baseline)}};
}

}  // namespace wordbridge
