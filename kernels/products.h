#pragma once

#include <cstdint>

namespace wordbridge {

/// out[i, j] = a_i . b_j, for rows a [a_count, dim] and b [b_count, dim] in float32; out is
/// [a_count, b_count]. On the calling thread. A product is summed in an order that depends on `dim`
/// and the processor's vector width alone, not on where its rows stand.
void row_products(const float* a, std::int64_t a_count, const float* b, std::int64_t b_count,
                  std::int64_t dim, float* out);

}  // namespace wordbridge
