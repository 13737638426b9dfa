#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "eval/benchmarks/word_lookup.h"
#include "eval/statistics/bootstrap.h"

namespace wordbridge {

/// Words that belong together, and words that do not belong to them.
struct OutlierSet {
  std::string name;
  std::vector<std::string> members, outliers;
};

/// Reads "group TAB role TAB word" lines (role: member or outlier; a first line with these names is
/// skipped), as `wordbridge data fetch 8-8-8` writes them. Also the form in which Camacho-Collados
/// and Navigli published theirs: a line a member, an empty line, a line an outlier, one file a set
/// of the file's name; or a folder of such .txt files. '#' lines are skipped in the first form.
/// An outlier that stands twice in a set is two cases (22 of WikiSem500's are so).
/// Error with file:line for any other line; Error for a member that stands twice in its set or is
/// an outlier too, for a set with fewer than two members or no outlier, for a file without sets.
std::vector<OutlierSet> read_outlier_sets(const std::filesystem::path& path);

/// What each case, an outlier among the members of its set, got: the sets' outliers in their order.
struct OutlierItems {
  /// OP / n: of the n members in use, the share that is nearer to the rest than the outlier is. NaN
  /// where the case was dropped.
  std::vector<double> position;
  /// 1 where that is all of them: the outlier is the least near. 0 if not, NaN as above.
  std::vector<double> detected;
  std::vector<std::int32_t> set;  // number of the set
  std::int64_t members_used = 0, members_total = 0;
};

/// Outlier detection (Camacho-Collados and Navigli 2016, "Find the word that does not belong"). The
/// compactness c(w) is the mean cosine of all pairs of the n + 1 words that leave out w; the word
/// with the highest c(w) is taken for the outlier. In the same order, the other way round, stand
/// the sums p(w) of the cosines of w with the n other words, which are computed here. OP is the
/// number of members whose c is below the outlier's, 0 to n; equal ones count against the outlier
/// (a table whose vectors are all alike detects nothing).
///
/// Words that have no directed_vector(): an outlier's case is dropped; members are left out of
/// their set, n being those that stay, and with fewer than two all cases of the set are dropped.
OutlierItems outlier_items(const WordLookup& words, const std::vector<OutlierSet>& sets);

struct OutlierScores {
  double opp = std::numeric_limits<double>::quiet_NaN();      // mean position, 0 to 1
  double opp_low = std::numeric_limits<double>::quiet_NaN();  // of the 95 % interval
  double opp_high = std::numeric_limits<double>::quiet_NaN();
  double accuracy = std::numeric_limits<double>::quiet_NaN();  // share detected
  double accuracy_low = std::numeric_limits<double>::quiet_NaN();
  double accuracy_high = std::numeric_limits<double>::quiet_NaN();
  std::int64_t used = 0, total = 0;  // cases
  std::int64_t sets = 0;             // with a case in use
  std::int64_t members_used = 0, members_total = 0;
};

/// The paper's OPP and accuracy (there in percent), of the cases in use. The intervals are those of
/// bootstrap_mean() with the sets as strata: sets and members are held fixed, outliers are drawn
/// anew within each set. Sets with fewer than five cases in use have too little spread of their own
/// (with one there is none) and are drawn from as one stratum, which makes the interval wider
/// rather than narrower (collapsed strata: Cochran 1977, "Sampling Techniques", chapter 5A).
OutlierScores outlier_scores(const OutlierItems& items, const BootstrapOptions& options = {});

}  // namespace wordbridge
