#pragma once

#include <cstdint>
#include <memory>

namespace wordbridge {

// Products of rows with rows, in float32. Each is summed column by column in their order, by
// multiply-add where the processor has it: so a product depends on its two rows alone, not on where
// they stand or on the width of the processor's vectors.

/// out[i, j] = a_i . b_j, for rows a [a_count, dim] and b [b_count, dim]; out is [a_count,
/// b_count]. On the calling thread.
void row_products(const float* a, std::int64_t a_count, const float* b, std::int64_t b_count,
                  std::int64_t dim, float* out);

/// Rows laid out in panels of kProductPanel, side by side: [panels, dim, kProductPanel], filled up
/// with zeros, aligned. Worth making for rows that meet many others.
constexpr std::int64_t kProductPanel = 32;
class ProductPanels {
 public:
  ProductPanels(const float* rows, std::int64_t count, std::int64_t dim);

  std::int64_t panels() const { return (count_ + kProductPanel - 1) / kProductPanel; }
  /// Rows in a panel: kProductPanel, or what is left for the last one.
  std::int64_t width(std::int64_t panel) const;
  /// out[i * stride + j] = rows_i . the panel's row j, for j below the panel's width.
  void products(std::int64_t panel, const float* rows, std::int64_t count, float* out,
                std::int64_t stride) const;

 private:
  std::unique_ptr<float[], void (*)(float*)> values_;
  std::int64_t count_, dim_;
};

}  // namespace wordbridge
