#include "kernels/tsne.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/rng.h"

namespace wordbridge {
namespace {

/// Compares with the definition, computed in double precision.
void expect_forces(const std::vector<float>& x, const std::vector<float>& y,
                   const std::vector<float>& p, std::size_t i, const TsneForces& forces) {
  double attraction_x = 0, attraction_y = 0, repulsion_x = 0, repulsion_y = 0, weight = 0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double dx = static_cast<double>(x[i]) - x[j], dy = static_cast<double>(y[i]) - y[j];
    const double w = 1 / (1 + dx * dx + dy * dy), value = p[i * x.size() + j];
    attraction_x += value * w * dx, attraction_y += value * w * dy;
    repulsion_x += w * w * dx, repulsion_y += w * w * dy;
    weight += w;
  }
  EXPECT_NEAR(forces.attraction_x, attraction_x, 1e-5);
  EXPECT_NEAR(forces.attraction_y, attraction_y, 1e-5);
  EXPECT_NEAR(forces.repulsion_x, repulsion_x, 1e-4);
  EXPECT_NEAR(forces.repulsion_y, repulsion_y, 1e-4);
  EXPECT_NEAR(forces.weight, weight, 1e-4);
}

TEST(TsneForces, AgreeWithTheirDefinitionForAnyCount) {
  for (const std::size_t count : {1u, 2u, 7u, 15u, 16u, 17u, 33u, 100u}) {
    SCOPED_TRACE(count);
    Rng rng(1, "forces", count);
    std::vector<float> x(count), y(count), p(count * count);
    for (std::size_t i = 0; i < count; ++i) {
      x[i] = static_cast<float>(2 * rng.normal());
      y[i] = static_cast<float>(2 * rng.normal());
    }
    for (float& value : p) value = static_cast<float>(rng.uniform() / static_cast<double>(count));
    std::vector<TsneForces> forces(count);
    // Computed in two parts, as with several threads.
    const auto size = static_cast<std::int64_t>(count), half = size / 2;
    tsne_forces(x.data(), y.data(), p.data(), size, 0, half, forces.data());
    tsne_forces(x.data(), y.data(), p.data() + half * size, size, half, size, forces.data() + half);
    for (std::size_t i = 0; i < count; ++i) expect_forces(x, y, p, i, forces[i]);
  }
}

TEST(TsneForces, OfTwoPointsByHand) {
  // The points differ by (1, 2), so w = 1/6.
  const float x[] = {0, 1}, y[] = {0, 2}, p[] = {0, 0.5f};
  TsneForces forces;
  tsne_forces(x, y, p, 2, 0, 1, &forces);
  EXPECT_FLOAT_EQ(forces.attraction_x, -1.0f / 12);
  EXPECT_FLOAT_EQ(forces.attraction_y, -2.0f / 12);
  EXPECT_FLOAT_EQ(forces.repulsion_x, -1.0f / 36);
  EXPECT_FLOAT_EQ(forces.repulsion_y, -2.0f / 36);
  EXPECT_FLOAT_EQ(forces.weight, 7.0f / 6);
}

}  // namespace
}  // namespace wordbridge
