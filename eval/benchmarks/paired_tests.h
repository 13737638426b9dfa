#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/config/fields.h"
#include "data/corpus/token_scores.h"
#include "eval/benchmarks/item_scores.h"
#include "eval/benchmarks/metric.h"
#include "eval/statistics/bootstrap.h"
#include "eval/statistics/correlation.h"

namespace wordbridge {

/// A held-out split of a corpus.
enum class HeldOut { valid, test };
const EnumNames<HeldOut>& held_out_names();

struct ComparisonOptions {
  /// `block` applies to tokens; it is reduced if there would be fewer than 40 blocks.
  BootstrapOptions bootstrap;
  HeldOut split = HeldOut::test;  // split whose tokens are compared
  bool seen = false;              // only words that occur in the training split
  bool all_pairs = false;         // each run with each, not only with the first
  std::int64_t words = 0;  // list the N words with the largest gain and the N with the largest loss
};

/// Scores of single tokens and items that a run has stored.
struct RunEvidence {
  std::string label, path;
  std::string no_tokens;  // why there are no token scores; empty if there are
  std::string no_items;   // why there are no item scores; empty if there are
  bool is_language_model = false;
  std::size_t seeds = 0;
  /// Token scores of the first seed, whose log-probabilities are in log_probs.
  TokenScores tokens;
  std::vector<double> log_probs;  // of the split's tokens that count, means over the seeds
  std::vector<EvalItems> items;   // one per seed
};

/// The tokens of the split.
const TokenScores::Split& split_of(const TokenScores& scores, const ComparisonOptions& options);
/// Whether a token counts: all do, except tokens of unseen words if `seen` is set.
bool counts(const TokenScores::Split& split, std::size_t token, const ComparisonOptions& options);

/// Pairs of runs to compare: each with the first, or all pairs.
std::vector<std::pair<std::size_t, std::size_t>> pairs_of(std::size_t runs, bool all_pairs);

/// A paired bootstrap test of one score of two runs. For perplexities the difference is in nats per
/// token.
struct PairedTest {
  /// Fields that only tests of perplexity have.
  struct Perplexity {
    std::int64_t block = 1;                           // consecutive tokens resampled together
    double ratio = 1, ratio_low = 1, ratio_high = 1;  // of the second perplexity to the first
  };
  std::string score;  // "test perplexity", "ws-353 spearman"
  std::string kind;   // "perplexity", "spearman", "3CosAdd"
  Better better = Better::higher;
  std::size_t first = 0, second = 0;  // indices of the runs
  double first_value = 0, second_value = 0;
  BootstrapTest test;  // of the second value minus the first
  /// Adjusted by Holm's method over the tests of one kind; NaN if there is only one.
  double p_holm = std::numeric_limits<double>::quiet_NaN();
  std::int64_t total = 0;  // items, used or not
  std::optional<Perplexity> perplexity;
  std::optional<SteigerTest> steiger;  // of correlations, if both runs have one seed
};

/// A score that two runs have but that cannot be tested.
struct NotCompared {
  std::size_t first = 0, second = 0;
  std::string what, why;
};

struct PairedTests {
  std::vector<PairedTest> tests;
  std::vector<NotCompared> not_compared;
  std::vector<std::string> notes;  // on the interpretation of the tests
};

/// Runs paired bootstrap tests of all scores that the runs have in common. Throws Interrupted.
PairedTests paired_tests(const std::vector<RunEvidence>& runs, const ComparisonOptions& options);

}  // namespace wordbridge
