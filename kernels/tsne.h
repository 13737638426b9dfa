#pragma once

#include <cstdint>

namespace wordbridge {

/// Forces of the other points on point i in the gradient of t-SNE (van der Maaten and Hinton 2008,
/// eq. (5)), with w_ij = 1 / (1 + |y_i - y_j|^2) and sums over j.
struct TsneForces {
  float attraction_x, attraction_y;  // sum p_ij w_ij (y_i - y_j)
  float repulsion_x, repulsion_y;    // sum w_ij^2 (y_i - y_j)
  float weight;                      // sum w_ij, including j = i (which adds 1)
};

/// Computes the forces on the points [begin, end) of `count` points at (x, y). `p` is row `begin`
/// of P [count, count], whose diagonal is 0. Writes out[0 .. end - begin) on the calling thread.
/// The order of the sums depends only on `count` and the vector width of the processor.
void tsne_forces(const float* x, const float* y, const float* p, std::int64_t count,
                 std::int64_t begin, std::int64_t end, TsneForces* out);

}  // namespace wordbridge
