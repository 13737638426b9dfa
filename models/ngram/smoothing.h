#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/ngram/backoff_table.h"
#include "models/ngram/ngram_counts.h"

namespace wordbridge {

/// Smoothing method. smooth() does not implement Jelinek-Mercer, which mixes the orders instead
/// (InterpolatedModel).
enum class Smoothing { kneser_ney, witten_bell, good_turing, jelinek_mercer };

struct SmoothingOptions {
  /// Discounts of Kneser-Ney: modified (Chen and Goodman 1998: one each for the counts 1, 2, and 3
  /// or more) or single.
  enum class DiscountCount { modified, single };

  Smoothing method = Smoothing::kneser_ney;
  /// Interpolated model: seen n-grams also receive a share of the lower order (as in KenLM). false:
  /// back-off, only unseen n-grams do (default of SRILM).
  bool interpolate = true;
  DiscountCount discounts = DiscountCount::modified;
  /// Cut-offs: n-grams that occur less often are dropped. One entry per order, ascending; higher
  /// orders use the last entry. Empty: 1 for all.
  std::vector<std::int64_t> min_counts;

  std::int64_t min_count(std::size_t level) const;
};

/// Amount subtracted from a count: [r] for a count of r; the last entry also applies to all larger
/// counts.
using Discounts = std::vector<double>;

/// Discounts of modified Kneser-Ney smoothing (Chen and Goodman 1998, equation 26) from the numbers
/// t_r of n-grams that occur r = 1, 2, 3, 4 times:
///     D(r) = r - (r+1) Y t_r+1 / t_r, Y = t_1 / (t_1 + 2 t_2).
/// Single: Y for all counts (Ney, Essen, Kneser 1994). If these numbers yield no valid discounts,
/// sets `fallback` and returns 0.5, 1, 1.5, or 0.75 for single.
Discounts kneser_ney_discounts(const std::array<std::int64_t, 5>& count_of_counts, bool modified,
                               bool& fallback);
/// Good-Turing discounts as in Katz (1987), for counts r up to `largest`:
///     D(r) = r - r (r'/r - A) / (1 - A), or 0 if that is not within (0, r)
///     r' = (r+1) t_r+1 / t_r, A = (largest+1) t_largest+1 / t_1
Discounts good_turing_discounts(const std::vector<std::int64_t>& count_of_counts,
                                std::int64_t largest);

/// Estimates a model from the counts, normalised over all types, including types that do not occur:
///
///     P(w | h) = u(h w) + gamma(h) P(w | h')        interpolated; gamma(h) = 1 - sum of u(h w)
///     P(w | h) = u(h w), or bow(h) P(w | h')        back-off
///
/// kneser-ney: u = (a - D(a)) / sum of a. In the highest order (and for n-grams that nothing
/// precedes) a is the count, in the other orders the number of distinct words that precede the
/// n-gram.
/// witten-bell: u = c(h w) / (c(h) + T(h)), T(h) the number of distinct words that follow h (Witten
/// and Bell 1991, method C).
/// good-turing: u = (c - D(c)) / c(h) (Katz 1987).
///
/// The lowest order is interpolated with 1/V; in back-off, types without a count share the
/// remaining mass. Discounts and sums are computed over all n-grams. `min_counts` removes n-grams
/// afterwards (as in KenLM), and their mass goes to the lower order. What does not fit into the
/// memory is in temporary files, also of the result, which does not depend on it otherwise.
/// Consumes the counts. Error if the disk is full. Throws Interrupted.
BackoffTable smooth(NgramCounts counts, const SmoothingOptions& options,
                    const NgramResources& resources = {});

}  // namespace wordbridge
