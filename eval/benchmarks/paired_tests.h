#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/corpus/token_scores.h"
#include "eval/benchmarks/item_scores.h"
#include "eval/statistics/bootstrap.h"

namespace wordbridge {

struct ComparisonOptions {
  /// Its block is that of tokens, and made shorter where there would be fewer than 40 blocks.
  BootstrapOptions bootstrap;
  std::string split = "test";  // or valid: whose tokens
  bool seen = false;           // only words that occur in training
  bool all_pairs = false;      // each run with each, not with the first alone
  std::int64_t words = 0;      // so many words that gained the most, and that lost the most
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

/// Paired bootstrap tests of everything that the runs have in common, as data:
/// - `tests`: score, kind, better, the runs' positions and values, difference (second less first),
///   low, high, p, p_holm (over the tests of one kind), items, total; of correlations of one seed
///   each also Steiger's steiger_z and steiger_p. Of perplexities the
///   difference is in nats a token; ratio, ratio_low and ratio_high are those of the perplexities,
///   and block says how many tokens were drawn together.
/// - `not_compared`: first, second, what, why
/// - `notes`: what is to be known when reading them
nlohmann::ordered_json paired_tests(const std::vector<RunEvidence>& runs,
                                    const ComparisonOptions& options);

}  // namespace wordbridge
