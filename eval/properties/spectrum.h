#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <limits>
#include <vector>

#include "eval/properties/moments.h"

namespace wordbridge {

// How evenly vectors use their space. `spectrum` contains the eigenvalues of a covariance or Gram
// matrix in descending order, none negative. All measures are invariant to rotating the vectors,
// and all except partition_isotropy to scaling them. NaN where undefined: no vectors, no variance.

/// Eigenvalues of a symmetric matrix in descending order; values that are negative by rounding
/// become 0. `dim`: if the matrix is smaller, because there are fewer words than dimensions, the
/// remaining values are 0.
std::vector<double> spectrum_of(const Eigen::MatrixXd& symmetric, std::int64_t dim);

/// IsoScore (Rudman et al., Findings of ACL 2022, algorithm 1) from the covariance's n eigenvalues
/// l:
///
///     s = sqrt(n) l / |l|,  delta = |s - 1| / sqrt(2 (n - sqrt(n))),
///     IsoScore = ((n - delta^2 (n - sqrt(n)))^2 - n) / (n (n - 1))
///
/// 1 if all directions have the same variance, 0 if one direction has all of it; approximately the
/// share of dimensions that are used. NaN for one dimension.
double iso_score(const std::vector<double>& spectrum);

/// Share of the sum in the first `count` values (all, if there are fewer).
double leading_share(const std::vector<double>& spectrum, std::size_t count);

/// |V|_F^2 / s_1^2 from the Gram matrix's eigenvalues s^2: between 1 and the dimension.
double stable_rank(const std::vector<double>& spectrum);

/// RankMe (Garrido et al., ICML 2023): exp(- sum p ln p), p = s / sum s over the singular values s,
/// the square roots of the Gram matrix's eigenvalues; 0 ln 0 = 0 (the paper adds 1e-7 to each p
/// instead).
double rank_me(const std::vector<double>& spectrum);

/// Smallest divided by largest singular value, s_d / s_1. Computed from the Gram matrix, so values
/// below about 1e-7 are noise.
double inverse_condition(const std::vector<double>& spectrum);

/// min Z(c) / max Z(c) over the unit eigenvectors c of V^T V and their opposites, with Z(c) = sum
/// over the words of exp(c . v) (Mu and Viswanath, ICLR 2018, section 2.1; the partition function
/// of Arora et al. 2016): 1 if no direction is preferred. Uses the vectors as they are, so it
/// depends on their length. Computed with logarithms, so that it never overflows. If eigenvalues
/// are equal, their eigenvectors, and with them the result, are one choice of many.
double partition_isotropy(const WordVectors& vectors, const Eigen::MatrixXd& gram);

}  // namespace wordbridge
