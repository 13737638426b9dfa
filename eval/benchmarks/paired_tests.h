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
  /// `block` applies to tokens. It is reduced if there would be fewer than 40 blocks.
  BootstrapOptions bootstrap;
  HeldOut split = HeldOut::test;  // split whose tokens are compared
  bool seen = false;              // only words that occur in the training split
  bool all_pairs = false;         // compare all pairs of runs, not only each run with the first
  std::int64_t words = 0;  // list the N words with the largest gain and the N with the largest loss
};

/// Token and item scores that a run has stored.
struct RunEvidence {
  std::string label, path;
  std::string no_tokens;  // reason why token scores are missing; empty if they are present
  std::string no_items;   // reason why item scores are missing; empty if they are present
  bool is_language_model = false;
  std::size_t seeds = 0;
  /// Token scores of the first seed, whose log-probabilities are in log_probs.
  TokenScores tokens;
  std::vector<double> log_probs;  // of the counted tokens of the split, means over the seeds
  std::vector<EvalItems> items;   // one per seed
};

/// The tokens of the split.
const TokenScores::Split& split_of(const TokenScores& scores, const ComparisonOptions& options);
/// Whether a token is counted. If `seen` is set, tokens of words that do not occur in the training
/// split are not counted.
bool counts(const TokenScores::Split& split, std::size_t token, const ComparisonOptions& options);

/// Pairs of runs to compare: each run with the first, or all pairs.
std::vector<std::pair<std::size_t, std::size_t>> pairs_of(std::size_t runs, bool all_pairs);

/// A paired bootstrap test of one score of two runs. The difference of perplexities is in nats per
/// token.
struct PairedTest {
  /// Fields of perplexity tests.
  struct Perplexity {
    std::int64_t block = 1;                           // number of consecutive tokens per block
    double ratio = 1, ratio_low = 1, ratio_high = 1;  // of the second perplexity to the first
  };
  std::string score;  // "test perplexity", "ws-353 spearman"
  std::string kind;   // "perplexity", "spearman", "3CosAdd"
  Better better = Better::higher;
  std::size_t first = 0, second = 0;  // indices of the runs
  double first_value = 0, second_value = 0;
  BootstrapTest test;  // test of the second value minus the first
  /// p adjusted by Holm's method over the tests of one kind; NaN if there is only one.
  double p_holm = std::numeric_limits<double>::quiet_NaN();
  std::int64_t total = 0;  // items, used or not
  std::optional<Perplexity> perplexity;
  std::optional<SteigerTest> steiger;  // for correlations, if each run has one seed
};

/// A comparison of two runs that is not possible, with the reason.
struct NotCompared {
  std::size_t first = 0, second = 0;
  std::string what, why;
};

struct PairedTests {
  std::vector<PairedTest> tests;
  std::vector<NotCompared> not_compared;
  std::vector<std::string> notes;  // notes on the interpretation of the tests
};

/// Runs paired bootstrap tests of all scores that the runs have in common. Throws Interrupted.
PairedTests paired_tests(const std::vector<RunEvidence>& runs, const ComparisonOptions& options);

}  // namespace wordbridge
