#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "eval/benchmarks/word_lookup.h"
#include "eval/statistics/bootstrap.h"

namespace wordbridge {

/// A set of words that belong together (members), and outliers that do not belong to it.
struct OutlierSet {
  std::string name;
  std::vector<std::string> members, outliers;
};

/// Reads lines of "group TAB role TAB word" (role: member or outlier), as written by `wordbridge
/// data fetch 8-8-8`, as in data/text/word_table.h; a first row with these column names is a
/// header. Also reads the format published by Camacho-Collados and Navigli: one file per set, with
/// one member per line, an empty line, and one outlier per line, or a folder of such .txt files.
/// Each set is named after its file; comments are skipped (is_comment()). An outlier that occurs
/// twice in a set counts as two cases (this applies to 22 outliers of WikiSem500). Throws Error
/// with file:line for any other line, and Error for a member that occurs twice in its set or is
/// also an outlier, for a set with fewer than two members or no outlier, and for a file without
/// sets.
std::vector<OutlierSet> read_outlier_sets(const std::filesystem::path& path);

/// Results of all cases, in the order of the sets and of the outliers in each set. A case is one
/// outlier among the members of its set.
struct OutlierItems {
  /// OP / n: the share of the n used members that are nearer to the other words than the outlier
  /// is. NaN if the case is dropped.
  std::vector<double> position;
  /// 1 if the outlier is detected, that is, if all members are nearer than it is; 0 otherwise; NaN
  /// if the case is dropped.
  std::vector<double> detected;
  std::vector<std::int32_t> set;  // index of the set
  std::int64_t members_used = 0, members_total = 0;
};

/// Outlier detection (Camacho-Collados and Navigli 2016, "Find the word that does not belong"). The
/// compactness c(w) is the mean cosine similarity of all pairs of the n + 1 words without w; the
/// word with the highest c(w) is predicted as the outlier. The sum p(w) of the cosine similarities
/// of w with the n other words orders the words in reverse, and is computed instead. OP is the
/// number of members whose c is below that of the outlier, from 0 to n. Ties count against the
/// outlier (with all vectors equal, no outlier is detected).
///
/// If an outlier has no directed_vector(), its case is dropped. Members without one are omitted
/// from their set, and n is the number of remaining members. If fewer than two remain, all cases of
/// the set are dropped.
OutlierItems outlier_items(const WordLookup& words, const std::vector<OutlierSet>& sets);

struct OutlierScores {
  double opp = std::numeric_limits<double>::quiet_NaN();      // mean position, 0 to 1
  double opp_low = std::numeric_limits<double>::quiet_NaN();  // of the 95 % interval
  double opp_high = std::numeric_limits<double>::quiet_NaN();
  double accuracy = std::numeric_limits<double>::quiet_NaN();  // share of outliers detected
  double accuracy_low = std::numeric_limits<double>::quiet_NaN();
  double accuracy_high = std::numeric_limits<double>::quiet_NaN();
  std::int64_t used = 0, total = 0;  // cases
  std::int64_t sets = 0;             // sets with a used case
  std::int64_t members_used = 0, members_total = 0;
};

/// Computes OPP and accuracy as in the paper (where they are percentages), over the used cases. The
/// intervals are those of bootstrap_mean() with the sets as strata: sets and members are fixed, and
/// outliers are resampled within each set. Sets with fewer than five used cases have too little
/// spread (none with a single case). They are pooled into one stratum, which widens the interval
/// rather than narrowing it (collapsed strata: Cochran 1977, "Sampling Techniques", chapter 5A).
OutlierScores outlier_scores(const OutlierItems& items, const BootstrapOptions& options = {});

}  // namespace wordbridge
