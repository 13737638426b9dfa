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

/// A held-out split of a text.
enum class HeldOut { valid, test };
const EnumNames<HeldOut>& held_out_names();

struct ComparisonOptions {
  /// Its block is that of tokens, and made shorter where there would be fewer than 40 blocks.
  BootstrapOptions bootstrap;
  HeldOut split = HeldOut::test;  // whose tokens
  bool seen = false;              // only words that occur in training
  bool all_pairs = false;         // each run with each, not with the first alone
  std::int64_t words = 0;         // N words that gained the most, and N that lost the most
};

/// What a run keeps of single tokens and items.
struct RunEvidence {
  std::string label, path;
  std::string no_tokens;  // why there are no scores of tokens; empty: there are
  std::string no_items;   // likewise of items
  bool is_language_model = false;
  std::size_t seeds = 0;
  /// Of the first seed; its log-probabilities are in log_probs.
  TokenScores tokens;
  std::vector<double> log_probs;  // of the split's tokens that count, each the mean over the seeds
  std::vector<EvalItems> items;   // a seed each
};

/// The tokens of the split.
const TokenScores::Split& split_of(const TokenScores& scores, const ComparisonOptions& options);
/// Whether a token counts: not a word that is new, where only words seen in training do.
bool counts(const TokenScores::Split& split, std::size_t token, const ComparisonOptions& options);

/// Pairs of runs that are to be compared: each with the first, or all.
std::vector<std::pair<std::size_t, std::size_t>> pairs_of(std::size_t runs, bool all_pairs);

/// A paired bootstrap test of one score of two runs. Of perplexities the difference is in nats per
/// token.
struct PairedTest {
  /// What only the test of a perplexity has.
  struct Perplexity {
    std::int64_t block = 1;                           // tokens drawn together
    double ratio = 1, ratio_low = 1, ratio_high = 1;  // of the second perplexity to the first
  };
  std::string score;  // "test perplexity", "ws-353 spearman"
  std::string kind;   // "perplexity", "spearman", "3CosAdd"
  Better better = Better::higher;
  std::size_t first = 0, second = 0;  // positions of the runs
  double first_value = 0, second_value = 0;
  BootstrapTest test;  // of the second value less the first
  /// Adjusted by Holm's method over the tests of one kind; NaN where there is only one.
  double p_holm = std::numeric_limits<double>::quiet_NaN();
  std::int64_t total = 0;  // items, used or not
  std::optional<Perplexity> perplexity;
  std::optional<SteigerTest> steiger;  // of correlations of one seed each
};

/// A score that two runs have and that cannot be tested.
struct NotCompared {
  std::size_t first = 0, second = 0;
  std::string what, why;
};

struct PairedTests {
  std::vector<PairedTest> tests;
  std::vector<NotCompared> not_compared;
  std::vector<std::string> notes;  // on how to read the tests
};

/// Paired bootstrap tests of everything that the runs have in common. Interrupted.
PairedTests paired_tests(const std::vector<RunEvidence>& runs, const ComparisonOptions& options);

}  // namespace wordbridge
