#include "data/text/synthetic_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/rng.h"

namespace wordbridge {
namespace {

constexpr double kTau = 6.283185307179586;
constexpr double kDeviation = 0.15, kAffinity = 4;
constexpr int kWordsInLine = 8;
constexpr std::size_t kMostWords = 4096;

using Point = std::array<double, 2>;

std::vector<Point> latent_positions(const WordGroups& groups, std::uint64_t seed) {
  Rng rng(seed, "latent positions");
  std::vector<Point> positions;
  for (const auto& [word, group] : groups.words) {
    const double angle =
        kTau * static_cast<double>(group) / static_cast<double>(groups.names.size());
    positions.push_back(
        {std::cos(angle) + kDeviation * rng.normal(), std::sin(angle) + kDeviation * rng.normal()});
  }
  return positions;
}

/// Cumulative sums, not normalised.
std::vector<double> step_weights(const std::vector<Point>& positions, const Point& from) {
  std::vector<double> sums;
  double sum = 0;
  for (const auto& to : positions) {
    sum += std::exp(kAffinity * (from[0] * to[0] + from[1] * to[1]));
    sums.push_back(sum);
  }
  return sums;
}

}  // namespace

FieldGroup SyntheticTextOptions::describe() {
  FieldGroup group{"synthetic", "synthetic text of the readers log-linear and xor"};
  group.add({"lines", &lines, "number of lines", between(1, 1e7)})
      .add({"seed", &seed, "random seed of the text; 0: the run's seed", at_least(0)});
  return group;
}

std::string draw_log_linear(const WordGroups& groups, std::int64_t lines, std::uint64_t seed) {
  if (groups.words.size() > kMostWords) {
    throw Error("too many words for the matrix of transition weights")
        .expected("at most {}", kMostWords)
        .got("{}", groups.words.size());
  }
  const auto positions = latent_positions(groups, seed);
  std::vector<std::vector<double>> sums;
  for (const auto& from : positions) sums.push_back(step_weights(positions, from));
  Rng rng(seed, "walk");
  std::size_t word = rng.below(groups.words.size());
  std::string text;
  for (std::int64_t i = 0; i < lines * kWordsInLine; ++i) {
    text += groups.words[word].first;
    text += (i + 1) % kWordsInLine == 0 ? '\n' : ' ';
    const auto& weights = sums[word];
    const double target = rng.uniform() * weights.back();
    // The target is below the last sum, except for rounding errors.
    const auto step = std::upper_bound(weights.begin(), weights.end() - 1, target);
    word = static_cast<std::size_t>(step - weights.begin());
  }
  return text;
}

std::string draw_exclusive_or(const WordGroups& groups, std::int64_t lines, std::uint64_t seed) {
  if (groups.names.size() != 2) {
    throw Error("the reader xor needs two word groups")
        .expected("2 groups")
        .got("{}", groups.names.size());
  }
  std::array<std::vector<const std::string*>, 2> members;
  for (const auto& [word, group] : groups.words) members[group].push_back(&word);
  Rng rng(seed, "triples");
  const auto draw = [&](std::size_t group) -> const std::string& {
    return *members[group][rng.below(members[group].size())];
  };
  std::string text;
  for (std::int64_t i = 0; i < lines; ++i) {
    const auto first = static_cast<std::size_t>(rng.below(2));
    const auto second = static_cast<std::size_t>(rng.below(2));
    text += draw(first);
    text += ' ' + draw(second);
    text += ' ' + draw(first ^ second) + '\n';
  }
  return text;
}

const SyntheticReader* synthetic_reader(TextReader reader) {
  const auto* const found = std::find_if(kSyntheticReaders.begin(), kSyntheticReaders.end(),
                                         [&](const auto& known) { return known.reader == reader; });
  return found == kSyntheticReaders.end() ? nullptr : found;
}

}  // namespace wordbridge
