#pragma once

namespace wordbridge {

/// Coefficients of x^2 to x^5 of the polynomial p in exp(x) = 2^n p(x - n ln 2), n = round(x / ln
/// 2). Among polynomials of degree 5 whose first two coefficients are 1, p has the smallest
/// relative error (1e-7) on [-ln 2 / 2, ln 2 / 2].
constexpr float kExpCoefficients[] = {0.499992311f, 0.166671142f, 4.18901555e-2f, 8.31252057e-3f};
constexpr float kLog2E = 1.44269504f, kLn2 = 0.693147181f;

}  // namespace wordbridge
