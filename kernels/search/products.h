#pragma once

#include <cstdint>
#include <memory>

namespace wordbridge {

// Dot products of rows with rows, in float32. Each is summed over the columns in order, with fused
// multiply-add where the processor has it. A product therefore depends only on its two rows, not on
// their positions or on the vector width of the processor.

/// out[i, j] = a_i . b_j, for rows a [a_count, dim] and b [b_count, dim]; out is [a_count,
/// b_count]. Runs on the calling thread.
void row_products(const float* a, std::int64_t a_count, const float* b, std::int64_t b_count,
                  std::int64_t dim, float* out);

/// The matrix product a b: out [a_count, b_count], for a [a_count, dim] and b [dim, b_count]. Runs
/// on the calling thread.
void matrix_products(const float* a, std::int64_t a_count, const float* b, std::int64_t b_count,
                     std::int64_t dim, float* out);

/// Rows packed into panels of kProductPanel interleaved rows: [panels, dim, kProductPanel], padded
/// with zeros, aligned. Worthwhile for rows that are multiplied with many other rows.
constexpr std::int64_t kProductPanel = 32;
class ProductPanels {
 public:
  ProductPanels(const float* rows, std::int64_t count, std::int64_t dim);
  /// The rows are `count` columns, `stride` apart, of a matrix [dim, stride].
  static ProductPanels of_columns(const float* columns, std::int64_t stride, std::int64_t count,
                                  std::int64_t dim);

  std::int64_t panels() const { return (count_ + kProductPanel - 1) / kProductPanel; }
  /// [dim, kProductPanel]
  const float* values(std::int64_t panel) const {
    return values_.get() + panel * kProductPanel * dim_;
  }
  /// Number of rows in a panel: kProductPanel, or fewer in the last panel.
  std::int64_t width(std::int64_t panel) const;
  /// out[i * stride + j] = rows_i . (row j of the panel), for j below the panel's width.
  void products(std::int64_t panel, const float* rows, std::int64_t count, float* out,
                std::int64_t stride) const;

 private:
  /// Panels whose values are not set yet.
  ProductPanels(std::int64_t count, std::int64_t dim);
  float* panel(std::int64_t index) { return values_.get() + index * kProductPanel * dim_; }

  std::unique_ptr<float[], void (*)(float*)> values_;
  std::int64_t count_, dim_;
};

}  // namespace wordbridge
