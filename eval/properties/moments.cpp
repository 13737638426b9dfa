#include "eval/properties/moments.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/threads.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

constexpr std::size_t kRowsAtATime = 256;  // rows copied in double precision
constexpr std::size_t kParts = 4;          // per fold; each has a Gram matrix in memory

Moments no_words(std::int64_t dim) {
  Moments moments;
  moments.sum = moments.number_times_vector = Eigen::VectorXd::Zero(dim);
  moments.gram = Eigen::MatrixXd::Zero(dim, dim);
  return moments;
}

/// Adds rows [begin, end). Updates only the lower half of the Gram matrix.
void add(const EmbeddingTable& table, const std::vector<std::int64_t>& rows, std::size_t begin,
         std::size_t end, Moments& moments) {
  const Eigen::MatrixXd vectors = rows_as_double(table, rows, begin, end);
  Eigen::VectorXd numbers(vectors.rows());
  for (std::size_t i = begin; i < end; ++i)
    numbers[static_cast<Eigen::Index>(i - begin)] = std::log(static_cast<double>(rows[i] + 1));
  moments.words += vectors.rows();
  moments.sum += vectors.colwise().sum().transpose();
  moments.gram.selfadjointView<Eigen::Lower>().rankUpdate(vectors.transpose());
  moments.number += numbers.sum();
  moments.number_squared += numbers.squaredNorm();
  moments.number_times_vector += vectors.transpose() * numbers;
}

}  // namespace

std::vector<std::int64_t> rows_with_direction(const EmbeddingTable& table) {
  const auto scales = inverse_norms(table, table.size());
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < table.size(); ++i) {
    const float scale = scales[static_cast<std::size_t>(i)];
    if (scale > 0 && std::isfinite(scale)) rows.push_back(i);
  }
  return rows;
}

Moments& Moments::operator+=(const Moments& other) {
  words += other.words;
  sum += other.sum;
  gram += other.gram;
  number += other.number;
  number_squared += other.number_squared;
  number_times_vector += other.number_times_vector;
  return *this;
}

Moments& Moments::operator-=(const Moments& other) {
  words -= other.words;
  sum -= other.sum;
  gram -= other.gram;
  number -= other.number;
  number_squared -= other.number_squared;
  number_times_vector -= other.number_times_vector;
  return *this;
}

Eigen::MatrixXd Moments::covariance() const {
  const auto n = static_cast<double>(words);
  const Eigen::VectorXd mean = sum / n;
  return gram / n - mean * mean.transpose();
}

std::vector<Moments> moments_of_folds(const EmbeddingTable& table,
                                      const std::vector<std::int64_t>& rows) {
  std::array<std::vector<std::int64_t>, kFolds> fold_rows;
  for (std::size_t i = 0; i < rows.size(); ++i) fold_rows[i % kFolds].push_back(rows[i]);
  std::array<std::array<Moments, kParts>, kFolds> parts;
  for_each_block(static_cast<std::int64_t>(kFolds * kParts), [&](std::int64_t block) {
    const auto fold = static_cast<std::size_t>(block) / kParts,
               part = static_cast<std::size_t>(block) % kParts;
    const auto& of_fold = fold_rows[fold];
    Moments moments = no_words(table.dim());
    const std::size_t end = of_fold.size() * (part + 1) / kParts;
    for (std::size_t i = of_fold.size() * part / kParts; i < end; i += kRowsAtATime)
      add(table, of_fold, i, std::min(i + kRowsAtATime, end), moments);
    moments.gram = Eigen::MatrixXd(moments.gram.selfadjointView<Eigen::Lower>());
    parts[fold][part] = std::move(moments);
  });
  std::vector<Moments> folds(kFolds, no_words(table.dim()));
  for (std::size_t fold = 0; fold < kFolds; ++fold)
    for (const auto& part : parts[fold]) folds[fold] += part;
  return folds;
}

Eigen::MatrixXd rows_as_double(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                               std::size_t begin, std::size_t end) {
  Eigen::MatrixXd vectors(static_cast<Eigen::Index>(end - begin), table.dim());
  for (std::size_t i = begin; i < end; ++i)
    vectors.row(static_cast<Eigen::Index>(i - begin)) =
        Eigen::Map<const Eigen::RowVectorXf>(table.row(rows[i]), table.dim()).cast<double>();
  return vectors;
}

}  // namespace wordbridge
