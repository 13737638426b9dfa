#include "models/pca/count_transform.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/index.h"

namespace wordbridge {

using Transform = PcaOptions::Transform;

CountTransform::CountTransform(const SparseView& counts, const PcaOptions& options)
    : counts_(counts), transform_(options.transform) {
  if (transform_ != Transform::ppmi && transform_ != Transform::hellinger) return;
  row_sums_.resize(at(counts.rows), 0.0);
  column_weights_.resize(at(counts.cols), 0.0);
  for (std::int64_t i = 0; i < counts.rows; ++i) {
    for (std::int64_t k = counts.begin[i]; k < counts.begin[i + 1]; ++k) {
      row_sums_[at(i)] += counts.value[k];
      column_weights_[at(counts.column[k])] += counts.value[k];
    }
    // With this limit, no product of two sums overflows.
    if (row_sums_[at(i)] <= static_cast<double>(std::numeric_limits<float>::max())) continue;
    throw Error("the counts of a row are too large")
        .at("row {}", i + 1)
        .expected("a sum of at most {:.2g}", std::numeric_limits<float>::max())
        .got("{:.4g}", row_sums_[at(i)]);
  }
  for (double& weight : column_weights_) {
    if (weight > 0) weight = std::pow(weight, options.ppmi_smoothing);
    total_ += weight;
    weight *= options.ppmi_shift;
  }
}

void CountTransform::row(std::int64_t index, double* out) const {
  const std::int64_t begin = counts_.begin[index], end = counts_.begin[index + 1];
  const double* const count = counts_.value + begin;
  switch (transform_) {
    case Transform::raw:
      std::copy_n(count, end - begin, out);
      break;
    case Transform::log:
      std::transform(count, count + (end - begin), out, [](double x) { return std::log1p(x); });
      break;
    case Transform::sqrt:
      std::transform(count, count + (end - begin), out, [](double x) { return std::sqrt(x); });
      break;
    case Transform::hellinger: {
      const double sum = row_sums_[at(index)];
      std::transform(count, count + (end - begin), out,
                     [&](double x) { return std::sqrt(x / sum); });
      break;
    }
    case Transform::ppmi: {
      const double sum = row_sums_[at(index)];
      const std::int32_t* const column = counts_.column + begin;
      for (std::int64_t k = 0; k < end - begin; ++k) {
        const double ratio = count[k] * total_ / (sum * column_weights_[at(column[k])]);
        out[k] = ratio > 1 ? std::log(ratio) : 0;
      }
      break;
    }
  }
}

}  // namespace wordbridge
