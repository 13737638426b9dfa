#include "eval/properties/moments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/threads.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

constexpr std::size_t kRowsAtATime = 256;  // rows copied in double precision
constexpr std::size_t kParts = 4;          // per fold; each has a Gram matrix in memory

Moments no_words(const WordVectors& vectors, bool with_gram) {
  const std::int64_t size = vectors.coordinates();
  Moments moments;
  moments.dim = vectors.dim();
  moments.sum = moments.number_times_vector = Eigen::VectorXd::Zero(size);
  if (with_gram) moments.gram = Eigen::MatrixXd::Zero(size, size);
  return moments;
}

/// Adds the words at first, first + step, ... Updates only the lower half of the Gram matrix.
void add(const WordVectors& words, std::size_t first, std::size_t count, std::size_t step,
         Moments& moments) {
  const Eigen::MatrixXd vectors = words.block(first, count, step);
  Eigen::VectorXd numbers(vectors.rows());
  for (std::size_t i = 0; i < count; ++i)
    numbers[static_cast<Eigen::Index>(i)] =
        std::log(static_cast<double>(words.rows()[first + i * step] + 1));
  moments.words += vectors.rows();
  moments.sum += vectors.colwise().sum().transpose();
  if (moments.gram.size() > 0)
    moments.gram.selfadjointView<Eigen::Lower>().rankUpdate(vectors.transpose());
  moments.number += numbers.sum();
  moments.number_squared += numbers.squaredNorm();
  moments.number_times_vector += vectors.transpose() * numbers;
}

Eigen::Map<const Eigen::RowVectorXf> row_of(const EmbeddingTable& table, std::int64_t row) {
  return {table.row(row), table.dim()};
}

}  // namespace

std::vector<std::int64_t> rows_with_direction(const EmbeddingTable& table) {
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < table.size(); ++i) {
    const double length = norm(table.row(i), table.dim());
    if (length > 0 && std::isfinite(length)) rows.push_back(i);
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

WordVectors::WordVectors(const EmbeddingTable& table, std::vector<std::int64_t> rows,
                         bool as_they_are)
    : table_(table), rows_(std::move(rows)) {
  if (as_they_are || static_cast<std::int64_t>(rows_.size()) >= dim()) return;
  // V V^T = U S^2 U^T: the coordinates along the principal axes are U S.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      products_of_rows(table, rows_, Eigen::RowVectorXd::Zero(dim())));
  coordinates_ =
      solver.eigenvectors() * solver.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
}

std::int64_t WordVectors::coordinates() const {
  return coordinates_.size() > 0 ? coordinates_.cols() : dim();
}

Eigen::MatrixXd WordVectors::block(std::size_t first, std::size_t count, std::size_t step) const {
  Eigen::MatrixXd vectors(static_cast<Eigen::Index>(count), coordinates());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = first + i * step;
    if (coordinates_.size() > 0)
      vectors.row(static_cast<Eigen::Index>(i)) =
          coordinates_.row(static_cast<Eigen::Index>(place));
    else
      vectors.row(static_cast<Eigen::Index>(i)) = row_of(table_, rows_[place]).cast<double>();
  }
  return vectors;
}

Eigen::MatrixXd products_of_rows(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                                 const Eigen::RowVectorXd& origin) {
  const auto count = static_cast<Eigen::Index>(rows.size());
  const auto size = static_cast<Eigen::Index>(kRowsAtATime);
  const auto vectors = [&](Eigen::Index begin) {
    Eigen::MatrixXd block(std::min(size, count - begin), table.dim());
    for (Eigen::Index i = 0; i < block.rows(); ++i)
      block.row(i) =
          row_of(table, rows[static_cast<std::size_t>(begin + i)]).cast<double>() - origin;
    return block;
  };
  Eigen::MatrixXd products(count, count);
  for_each_range(count, size, [&](std::int64_t begin, std::int64_t end) {
    const Eigen::MatrixXd own = vectors(begin);
    for (Eigen::Index other = 0; other <= begin; other += size) {
      const Eigen::MatrixXd block = own * vectors(other).transpose();
      products.block(begin, other, end - begin, block.cols()) = block;
      products.block(other, begin, block.cols(), end - begin) = block.transpose();
    }
  });
  return products;
}

std::vector<Moments> moments_of_folds(const WordVectors& vectors, bool with_gram) {
  const std::size_t words = vectors.rows().size();
  std::array<std::array<Moments, kParts>, kFolds> parts;
  for_each_block(static_cast<std::int64_t>(kFolds * kParts), [&](std::int64_t block) {
    const auto fold = static_cast<std::size_t>(block) / kParts,
               part = static_cast<std::size_t>(block) % kParts;
    const std::size_t size = (words + kFolds - 1 - fold) / kFolds;  // of the fold
    Moments moments = no_words(vectors, with_gram);
    const std::size_t end = size * (part + 1) / kParts;
    for (std::size_t i = size * part / kParts; i < end; i += kRowsAtATime)
      add(vectors, fold + i * kFolds, std::min(kRowsAtATime, end - i), kFolds, moments);
    if (with_gram) moments.gram = Eigen::MatrixXd(moments.gram.selfadjointView<Eigen::Lower>());
    parts[fold][part] = std::move(moments);
  });
  std::vector<Moments> folds(kFolds, no_words(vectors, with_gram));
  for (std::size_t fold = 0; fold < kFolds; ++fold)
    for (const auto& part : parts[fold]) folds[fold] += part;
  return folds;
}

Moments sum_of(const std::vector<Moments>& folds) {
  Moments sum = folds.front();
  for (std::size_t fold = 1; fold < folds.size(); ++fold) sum += folds[fold];
  return sum;
}

}  // namespace wordbridge
