#include "models/word2vec/rounds.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/word2vec/expected_updates.h"

namespace wordbridge {
namespace {

// Determined empirically, on corpora with vocabularies of 12 to 76,000 words, with and without
// subsampling: training diverges from about 2.5 times these values on. The gain of a round is
// learning rate x pairs per word x tokens x probability that two tokens update the same row.
constexpr double kMostGain = 0.8, kMostGainOfMeans = 2.0;
constexpr double kMostGainOfTree = 150.0;  // every word updates the root of a tree
// Texts repeat words locally; below this factor that does no harm.
constexpr double kRepeats = 2;
// Larger rounds cost quality, more so on short corpora.
constexpr double kFewTokens = 1024, kMostTokens = 8192, kRounds = 512;
constexpr std::int64_t kMostSegments = 8, kShortest = 128, kLongest = 1024;
// Enough segments to keep this many threads busy; longer segments need fewer copies.
constexpr std::int64_t kLeastSegments = 4;

/// Updates of a row per occurrence of its word in the text, as if all were changed by the pairs of
/// the word alone.
double pairs(const Word2vecOptions& options) {
  const double inputs = input_updates(options);
  if (options.output == Word2vecOptions::Output::hierarchical) return inputs;
  // Frequent words are also updated as negative samples; with 25 of them, half the gain diverges.
  return inputs * std::sqrt(std::max(1.0, static_cast<double>(options.negatives) / 5));
}

/// The probability that two tokens sampled from the text are the same word. With n-grams, the
/// expected share of the parts of one that the other has too.
double meeting_chance(const std::vector<double>& shares, const Subwords& parts) {
  const auto words = static_cast<std::int32_t>(shares.size());
  if (!parts.any()) return std::inner_product(shares.begin(), shares.end(), shares.begin(), 0.0);
  std::vector<double> of_row;
  for (std::int32_t w = 0; w < words; ++w)
    for (const std::int32_t row : parts.of(w)) {
      of_row.resize(std::max(of_row.size(), static_cast<std::size_t>(row) + 1));
      of_row[static_cast<std::size_t>(row)] += shares[static_cast<std::size_t>(w)];
    }
  double chance = 0;
  for (std::int32_t w = 0; w < words; ++w) {
    double sum = 0, count = 0;
    for (const std::int32_t row : parts.of(w)) {
      sum += of_row[static_cast<std::size_t>(row)];
      ++count;
    }
    chance += shares[static_cast<std::size_t>(w)] * sum / count;
  }
  return chance;
}

/// Factor by which partners increase the chance that two tokens update the same output row. A word
/// and its partners soon predict each other, so the updates of the input row matter less.
double partner_gain(const std::vector<double>& shares, const PositiveSampling& sampling) {
  if (sampling.per_word() == 0) return 1;
  const std::vector<double> updates = with_partners(shares, sampling);
  return std::inner_product(updates.begin(), updates.end(), updates.begin(), 0.0) /
         std::inner_product(shares.begin(), shares.end(), shares.begin(), 0.0);
}

}  // namespace

Rounds choose_rounds(const Word2vecOptions& options, const std::vector<double>& shares,
                     const Subwords& parts, std::int64_t text_tokens,
                     const PositiveSampling& sampling) {
  const double gain = options.lr.value() * pairs(options) * partner_gain(shares, sampling);
  double tokens = std::clamp(static_cast<double>(text_tokens) / kRounds, kFewTokens, kMostTokens);
  tokens = std::min(tokens, (parts.any() ? kMostGainOfMeans : kMostGain) /
                                (gain * meeting_chance(shares, parts)));
  if (options.output == Word2vecOptions::Output::hierarchical)
    tokens = std::min(tokens, kMostGainOfTree / gain);
  Rounds rounds{kLongest, 0, kRepeats * (parts.any() ? kMostGainOfMeans : kMostGain) / gain};
  while (rounds.tokens > kShortest && static_cast<double>(rounds.tokens * kLeastSegments) > tokens)
    rounds.tokens /= 2;
  rounds.segments =
      std::clamp<std::int64_t>(static_cast<std::int64_t>(tokens) / rounds.tokens, 1, kMostSegments);
  return rounds;
}

}  // namespace wordbridge
