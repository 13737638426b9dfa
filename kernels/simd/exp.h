#pragma once

namespace wordbridge {

/// exp(x) = 2^n p(x - n ln 2), n = round(x / ln 2): p of degree 5 has the least relative error
/// (1e-7) on [-ln 2 / 2, ln 2 / 2] among those with the first two coefficients one; here the
/// others, from the square on.
constexpr float kExpCoefficients[] = {0.499992311f, 0.166671142f, 4.18901555e-2f, 8.31252057e-3f};
constexpr float kLog2E = 1.44269504f, kLn2 = 0.693147181f;

}  // namespace wordbridge
