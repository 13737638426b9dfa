#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// Words under one name: "flowers": aster, clover, ...
struct WordSet {
  std::string category;
  std::vector<std::string> words;
};

/// One Word Embedding Association Test (WEAT: Caliskan, Bryson and Narayanan 2017, "Semantics
/// derived automatically from language corpora contain human-like biases", Science 356): are the
/// first target's words nearer to the first attribute's words than the second target's are?
struct AssociationTest {
  std::string name;
  std::array<WordSet, 2> targets;     // X, Y
  std::array<WordSet, 2> attributes;  // A, B
};

/// Reads "test TAB role TAB category TAB word" lines (roles targ1, targ2, attr1, attr2; a first
/// line with these names is skipped, so are empty lines and lines that start with '#'), as
/// `wordbridge data fetch weat` writes them; or one test as May et al. (2019) publish theirs: JSON
/// with targ1, targ2, attr1 and attr2, each with category and examples, in a file of the test's
/// name. Error with file:line for any other line, for a second category of a role; Error for a test
/// that lacks the words of a role, for a file without tests.
std::vector<AssociationTest> read_association_tests(const std::filesystem::path& path);

struct AssociationOptions {
  std::int64_t exact = 200000;    // with at most that many partitions, p is exact
  std::int64_t samples = 100000;  // partitions drawn otherwise
  std::int64_t seed = 1;
};

struct AssociationScores {
  /// S = sum of s(x, A, B) over X less that over Y, where s(w, A, B) is the mean cosine of w and
  /// the words of A less that of w and the words of B.
  double statistic = std::numeric_limits<double>::quiet_NaN();
  /// d = (mean of s over X - mean of s over Y) / sd of s over X and Y together, the sample's
  /// standard deviation (n - 1), as in May et al.'s program; with n instead, d would be larger by
  /// sqrt(n / (n - 1)). NaN where all s are equal.
  double effect_size = std::numeric_limits<double>::quiet_NaN();
  /// One-sided: share of the partitions of X and Y together into sets of their sizes whose S is at
  /// least the observed one. Exact over all partitions, or over those drawn, the observed one
  /// counted as one more: never 0.
  double p = std::numeric_limits<double>::quiet_NaN();
  std::int64_t partitions = 0;  // that p is a share of
  bool is_exact = false;
  std::array<std::int64_t, 2> targets_used{}, targets_total{};  // words
  std::array<std::int64_t, 2> attributes_used{}, attributes_total{};
};

/// Words that have no directed_vector() are dropped. Where this leaves targets of two sizes,
/// nothing is done to even them out: partitions are into sets of those sizes, for which p is the
/// same whether sums or means are compared; d compares means; S itself is then lopsided by the
/// size. All is NaN if one of the four sets is empty. Sums that differ by rounding alone count as
/// equal. Block i of 1,000 drawn partitions draws from Rng(seed, "association", i): the same on any
/// number of threads. Interrupted.
AssociationScores score_association(const WordLookup& words, const AssociationTest& test,
                                    const AssociationOptions& options = {});

}  // namespace wordbridge
