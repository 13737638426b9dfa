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
/// automatically from language corpora contain human-like biases", Science 356): tests whether the
/// first target is more strongly associated with the first attribute (rather than the second) than
/// the second target is.
struct AssociationTest {
  std::string name;
  std::array<WordSet, 2> targets;     // X, Y
  std::array<WordSet, 2> attributes;  // A, B
};

/// Reads lines of "test TAB role TAB category TAB word", as written by `wordbridge data fetch
/// weat`, as in data/text/word_table.h. Roles are targ1, targ2, attr1 and attr2. A first row with
/// the column names is a header. Also reads a single test in the JSON format published by May et
/// al. (2019): targ1, targ2, attr1 and attr2, each with category and examples; the test is named
/// after the file. Throws Error with file:line for any other line and for a second category of a
/// role, and Error for a test with a role without words and for a file without tests.
std::vector<AssociationTest> read_association_tests(const std::filesystem::path& path);

struct AssociationOptions {
  std::int64_t exact = 200000;    // p is exact up to this number of partitions
  std::int64_t samples = 100000;  // number of sampled partitions otherwise
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
  /// One-sided p-value: share of the partitions of the union of X and Y into sets of the same sizes
  /// whose S is at least the observed one. Computed over all partitions (exact), or over sampled
  /// partitions plus the observed one, so that p is never 0.
  double p = std::numeric_limits<double>::quiet_NaN();
  std::int64_t partitions = 0;  // number of partitions compared for p
  bool is_exact = false;
  std::array<std::int64_t, 2> targets_used{}, targets_total{};  // words
  std::array<std::int64_t, 2> attributes_used{}, attributes_total{};
};

/// Scores one test. Words without a directed_vector() are dropped. If the remaining targets differ
/// in size, they are not equalised. Partitions keep these sizes, so p is the same whether sums or
/// means are compared; d compares means; S itself is biased by the difference in size. All scores
/// are NaN if one of the four sets is empty. Sums that differ only by rounding count as equal.
/// Block i of 1,000 sampled partitions uses Rng(seed, "association", i), so the result does not
/// depend on the number of threads. Throws Interrupted.
AssociationScores score_association(const WordLookup& words, const AssociationTest& test,
                                    const AssociationOptions& options = {});

}  // namespace wordbridge
