#include "models/output/noise.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "data/vocabulary.h"

namespace wordbridge {
namespace {

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

std::vector<double> log_uniform_weights(const std::vector<std::int64_t>& counts) {
  const auto by_rank = words_by_count(counts);
  std::vector<double> weights(counts.size());
  for (std::size_t r = 0; r < by_rank.size(); ++r)
    weights[at(by_rank[r])] = std::log1p(1.0 / (static_cast<double>(r) + 1));
  return weights;
}

}  // namespace

DiscreteDistribution noise_distribution(const std::string& name,
                                        const std::vector<std::int64_t>& counts, double power) {
  if (name == "log_uniform") return DiscreteDistribution(log_uniform_weights(counts));
  std::vector<double> weights(counts.size(), 1.0);
  if (name == "unigram") {
    for (std::size_t w = 0; w < counts.size(); ++w)
      weights[w] = std::pow(static_cast<double>(counts[w]) + 1, power);
  } else if (name != "uniform") {
    throw Error("there is no such distribution of samples").got("{}", name);
  }
  return DiscreteDistribution(weights);
}

BigramNoise::BigramNoise(const std::int32_t* ids, std::int64_t size, DiscreteDistribution words)
    : words_(std::move(words)), begin_(at(words_.size() + 1)), counts_{0} {
  const auto V = static_cast<std::uint64_t>(words_.size());
  std::vector<std::uint64_t> pairs;
  for (std::int64_t t = 1; ids != nullptr && t < size; ++t)
    pairs.push_back(static_cast<std::uint64_t>(ids[t - 1]) * V +
                    static_cast<std::uint64_t>(ids[t]));
  std::sort(pairs.begin(), pairs.end());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (i == 0 || pairs[i] != pairs[i - 1]) {
      ++begin_[pairs[i] / V + 1];
      word_.push_back(static_cast<std::int32_t>(pairs[i] % V));
      counts_.push_back(counts_.back());
    }
    ++counts_.back();
  }
  for (std::size_t w = 1; w < begin_.size(); ++w) begin_[w] += begin_[w - 1];
}

std::int64_t BigramNoise::total(std::int64_t before) const {
  return counts_[at(begin_[at(before) + 1])] - counts_[at(begin_[at(before)])];
}

double BigramNoise::lambda(std::int64_t before) const {
  const auto different = begin_[at(before) + 1] - begin_[at(before)];
  if (different == 0) return 0;
  const auto all = static_cast<double>(total(before));
  return all / (all + static_cast<double>(different));
}

double BigramNoise::probability(std::int64_t word, std::int64_t before) const {
  const double share = lambda(before);
  double p = (1 - share) * words_.probability(word);
  const auto first = word_.begin() + begin_[at(before)],
             end = word_.begin() + begin_[at(before) + 1];
  const auto found = std::lower_bound(first, end, static_cast<std::int32_t>(word));
  if (found != end && *found == word) {
    const auto i = at(found - word_.begin());
    p += share * static_cast<double>(counts_[i + 1] - counts_[i]) /
         static_cast<double>(total(before));
  }
  return p;
}

std::int64_t BigramNoise::draw(std::int64_t before, Rng& rng) const {
  if (!(rng.uniform() < lambda(before))) return words_.draw(rng);
  const auto first = counts_.begin() + begin_[at(before)];
  const auto place =
      *first + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(total(before))));
  const auto end = counts_.begin() + begin_[at(before) + 1] + 1;
  return word_[at(std::upper_bound(first, end, place) - counts_.begin() - 1)];
}

}  // namespace wordbridge
