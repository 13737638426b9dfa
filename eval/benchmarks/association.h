#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// A named set of words: "flowers": aster, clover, ...
struct WordSet {
  std::string category;
  std::vector<std::string> words;
};

/// A Word Embedding Association Test (WEAT: Caliskan, Bryson and Narayanan 2017, "Semantics derived
/// automatically from language corpora contain human-like biases", Science 356): is the first
/// target more strongly associated with the first attribute than the second target is?
struct AssociationTest {
  std::string name;
  std::array<WordSet, 2> targets;     // X, Y
  std::array<WordSet, 2> attributes;  // A, B
};

/// Reads lines of "test TAB role TAB category TAB word", as written by `wordbridge data fetch
/// weat`. Roles are targ1, targ2, attr1 and attr2. A first line with the column names, empty lines
/// and lines that start with '#' are skipped. Also reads a single test in the JSON format published
/// by May et al. (2019): targ1, targ2, attr1 and attr2, each with category and examples; the test
/// has the name of the file. Error with file:line for any other line and for a second category of a
/// role; Error for a test without words of some role and for a file without tests.
std::vector<AssociationTest> read_association_tests(const std::filesystem::path& path);

struct AssociationOptions {
  std::int64_t exact = 200000;    // up to this number of partitions, p is exact
  std::int64_t samples = 100000;  // sampled partitions otherwise
  std::int64_t seed = 1;
};

struct AssociationScores {
  /// S = sum of s(x, A, B) over X minus the sum over Y, where s(w, A, B) is the mean cosine
  /// similarity of w with the words of A minus that with the words of B.
  double statistic = std::numeric_limits<double>::quiet_NaN();
  /// d = (mean of s over X - mean of s over Y) / (sd of s over X and Y together), with the sample
  /// standard deviation (n - 1) as in the program of May et al. With n instead of n - 1, d would be
  /// larger by sqrt(n / (n - 1)). NaN if all s are equal.
  double effect_size = std::numeric_limits<double>::quiet_NaN();
  /// One-sided p: share of the partitions of X and Y together into sets of the same sizes whose S
  /// is at least the observed one. Exact over all partitions, or over sampled ones with the
  /// observed partition counted as one more, so that p is never 0.
  double p = std::numeric_limits<double>::quiet_NaN();
  std::int64_t partitions = 0;  // number of partitions compared for p
  bool is_exact = false;
  std::array<std::int64_t, 2> targets_used{}, targets_total{};  // words
  std::array<std::int64_t, 2> attributes_used{}, attributes_total{};
};

/// Scores one test. Words without a directed_vector() are dropped. If this leaves targets of
/// different sizes, they are not equalised: partitions are into sets of those sizes, for which p is
/// the same whether sums or means are compared; d compares means; S itself is biased by the
/// difference in size. Everything is NaN if one of the four sets is empty. Sums that differ only by
/// rounding count as equal. Block i of 1,000 sampled partitions uses Rng(seed, "association", i),
/// so the result does not depend on the number of threads. Throws Interrupted.
AssociationScores score_association(const WordLookup& words, const AssociationTest& test,
                                    const AssociationOptions& options = {});

}  // namespace wordbridge
