#include "models/word2vec/rounds.h"

#include <algorithm>
#include <cmath>

namespace wordbridge {
namespace {

// Found by trying: in texts of 15 to 1,000 words, or that are not thinned out, rounds that are half
// as large again diverge.
constexpr double kMostGain = 0.7;       // learning rate x share x tokens
constexpr double kMostTreeGain = 40.0;  // learning rate x tokens: all of them change the root
// Larger rounds cost quality.
constexpr double kMostTokens = 8192;
constexpr std::int64_t kMostSegments = 8, kShortest = 128, kLongest = 1024;
// So that as many threads find work; longer segments need fewer copies.
constexpr std::int64_t kLeastSegments = 4;

/// The largest share of the text in one word's vector: of the word itself, or on average over its
/// parts of all words with the part.
double largest_share(const std::vector<double>& shares, const WordParts& parts) {
  if (!parts.any()) return *std::max_element(shares.begin(), shares.end());
  std::vector<double> of_row;
  const auto words = static_cast<std::int32_t>(shares.size());
  for (std::int32_t w = 0; w < words; ++w)
    for (const std::int32_t row : parts.of(w)) {
      of_row.resize(std::max(of_row.size(), static_cast<std::size_t>(row) + 1));
      of_row[static_cast<std::size_t>(row)] += shares[static_cast<std::size_t>(w)];
    }
  double largest = 0;
  for (std::int32_t w = 0; w < words; ++w) {
    double sum = 0, count = 0;
    for (const std::int32_t row : parts.of(w)) {
      sum += of_row[static_cast<std::size_t>(row)];
      ++count;
    }
    largest = std::max(largest, sum / count);
  }
  return largest;
}

}  // namespace

Rounds choose_rounds(const Word2vecOptions& options, const std::vector<double>& shares,
                     const WordParts& parts) {
  double tokens = std::min(kMostTokens, kMostGain / (options.lr * largest_share(shares, parts)));
  if (options.output == "hierarchical") tokens = std::min(tokens, kMostTreeGain / options.lr);
  Rounds rounds{kLongest, 0};
  while (rounds.tokens > kShortest && static_cast<double>(rounds.tokens * kLeastSegments) > tokens)
    rounds.tokens /= 2;
  rounds.segments =
      std::clamp<std::int64_t>(static_cast<std::int64_t>(tokens) / rounds.tokens, 1, kMostSegments);
  return rounds;
}

}  // namespace wordbridge
