#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/ngram/backoff_table.h"
#include "models/ngram/ngram_counts.h"

namespace wordbridge {

/// How counts become probabilities. Jelinek-Mercer is not in smooth(): it mixes the orders instead
/// (InterpolatedModel).
enum class Smoothing { kneser_ney, witten_bell, good_turing, jelinek_mercer };

struct SmoothingOptions {
  /// Of Kneser-Ney: modified (Chen and Goodman 1998: a discount for counts 1, 2, 3 and more) or
  /// single.
  enum class DiscountCount { modified, single };

  Smoothing method = Smoothing::kneser_ney;
  /// Seen n-grams also get their share of the lower order (as KenLM's); false: back-off (as SRILM's
  /// default), where only unseen ones do.
  bool interpolate = true;
  DiscountCount discounts = DiscountCount::modified;
  /// n-grams that occur less often are left out, an entry an order, ascending; orders without an
  /// entry take the last one, none at all means 1.
  std::vector<std::int64_t> min_counts;

  std::int64_t min_count(std::size_t level) const;
};

/// What is taken off a count: [r] of counts of r, the last of all larger ones too.
using Discounts = std::vector<double>;

/// Modified Kneser-Ney (Chen and Goodman 1998, equation 26) from the numbers of n-grams that occur
/// 1, 2, 3, 4 times: D(r) = r - (r+1) Y t_r+1 / t_r, Y = t_1 / (t_1 + 2 t_2); single: Y for all
/// (Ney, Essen, Kneser 1994). `fallback` is set where the numbers give none: 0.5, 1, 1.5 then, or
/// 0.75.
Discounts kneser_ney_discounts(const std::array<std::int64_t, 5>& count_of_counts, bool modified,
                               bool& fallback);
/// Good-Turing in Katz's form (1987): counts up to `largest` are discounted,
/// r - r (r'/r - A) / (1 - A), r' = (r+1) t_r+1 / t_r, A = (largest+1) t_largest+1 / t_1; where
/// that is not within (0, r), nothing is.
Discounts good_turing_discounts(const std::vector<std::int64_t>& count_of_counts,
                                std::int64_t largest);

/// The model of the counts, normalised over all types, those without a count too:
///
///     P(w | h) = u(h w) + gamma(h) P(w | h')        interpolated; gamma(h) = 1 - sum of u(h w)
///     P(w | h) = u(h w), or bow(h) P(w | h')        back-off
///
/// kneser-ney: u = (a - D(a)) / sum of a; a are counts in the highest order (and of n-grams with
/// nothing before them), in the others the numbers of different words before the n-gram.
/// witten-bell: u = c(h w) / (c(h) + T(h)), T(h) the number of different words after h (Witten and
/// Bell 1991, method C). good-turing: u = (c - D(c)) / c(h) (Katz 1987). The lowest order:
/// interpolated with 1/V; in back-off, types without a count share what is left. Discounts and sums
/// are those of all n-grams, `min_counts` takes n-grams out afterwards (as KenLM does), and what
/// they had goes to the lower order. The counts are used up.
BackoffTable smooth(NgramCounts counts, const SmoothingOptions& options);

}  // namespace wordbridge
