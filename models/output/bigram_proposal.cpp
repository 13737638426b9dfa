#include "models/output/bigram_proposal.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

/// Upper bound of the sum of a word's shares after an update.
constexpr double kMostShares = 0.9;

}  // namespace

BigramProposal::BigramProposal(const std::int32_t* ids, std::int64_t size,
                               DiscreteDistribution words, double rate)
    : words_(std::move(words)), rate_(rate), begin_(at(words_.size() + 1)) {
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
      share_.push_back(0);
    }
    ++share_.back();
  }
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  for (std::int64_t h = 0; h < words_.size(); ++h) {
    const auto first = share_.begin() + begin_[at(h)], end = share_.begin() + begin_[at(h) + 1];
    const auto all = std::accumulate(first, end, static_cast<double>(end - first));
    std::for_each(first, end, [&](float& s) { s = static_cast<float>(s / all); });
  }
  sum_.resize(share_.size());
  restored();
}

void BigramProposal::add_up(std::int64_t before) {
  double sum = 0;
  for (auto i = begin_[at(before)]; i < begin_[at(before) + 1]; ++i)
    sum_[at(i)] = sum += share_[at(i)];
}

double BigramProposal::following(std::int64_t before) const {
  const auto first = begin_[at(before)], end = begin_[at(before) + 1];
  return first < end ? sum_[at(end - 1)] : 0.0;
}

std::int64_t BigramProposal::find(std::int64_t word, std::int64_t before) const {
  const auto first = word_.begin() + begin_[at(before)],
             end = word_.begin() + begin_[at(before) + 1];
  const auto found = std::lower_bound(first, end, static_cast<std::int32_t>(word));
  return found != end && *found == word ? found - word_.begin() : -1;
}

double BigramProposal::probability(std::int64_t word, std::int64_t before) const {
  const auto i = find(word, before);
  return (i < 0 ? 0.0 : static_cast<double>(share_[at(i)])) +
         (1 - following(before)) * words_.probability(word);
}

std::int64_t BigramProposal::draw(std::int64_t before, Rng& rng) const {
  const double x = rng.uniform();
  if (!(x < following(before))) return words_.draw(rng);
  const auto first = sum_.begin() + begin_[at(before)], end = sum_.begin() + begin_[at(before) + 1];
  return word_[at(std::upper_bound(first, end, x) - sum_.begin())];
}

void BigramProposal::observe(std::vector<std::int64_t> before_B, RowLists lists,
                             std::vector<float> importance) {
  observed_ = {std::move(before_B), std::move(lists), std::move(importance)};
}

std::vector<std::pair<std::string, torch::Tensor>> BigramProposal::tensors() {
  const auto F = static_cast<std::int64_t>(share_.size());
  return {{"proposal", at::from_blob(share_.data(), {F}, at::kFloat)}};
}

void BigramProposal::restored() {
  for (std::int64_t h = 0; h < words_.size(); ++h) add_up(h);
}

void BigramProposal::updated() {
  // Examples with the same preceding word share one step. These groups are independent.
  const auto& before = observed_.before;
  std::vector<std::int64_t> examples(before.size()), groups;
  std::iota(examples.begin(), examples.end(), 0);
  std::stable_sort(examples.begin(), examples.end(),
                   [&](auto a, auto b) { return before[at(a)] < before[at(b)]; });
  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (i == 0 || before[at(examples[i])] != before[at(examples[i - 1])])
      groups.push_back(static_cast<std::int64_t>(i));
  }
  const auto count = static_cast<std::int64_t>(groups.size());
  groups.push_back(static_cast<std::int64_t>(examples.size()));
  for_each_range(count, 1, [&](std::int64_t first, std::int64_t end) {
    for (auto g = first; g < end; ++g)
      learn(examples.data() + groups[at(g)], groups[at(g) + 1] - groups[at(g)]);
  });
  observed_ = {};
}

void BigramProposal::learn(const std::int64_t* examples, std::int64_t count) {
  const auto before = observed_.before[at(examples[0])];
  const auto first = begin_[at(before)], end = begin_[at(before) + 1];
  if (first == end) return;
  const double rest = 1 - following(before);
  std::vector<double> mean(at(end - first));  // sum over the samples in the step, over examples
  std::int64_t used = 0;
  for (std::int64_t e = 0; e < count; ++e) {
    const auto from = observed_.lists.begin[at(examples[e])] + 1,
               to = observed_.lists.begin[at(examples[e]) + 1];
    double all = 0;
    for (auto j = from; j < to; ++j) all += observed_.importance[at(j)];
    if (!(all > 0)) continue;
    ++used;
    for (auto j = from; j < to; ++j) {
      const auto word = observed_.lists.row[at(j)];
      const auto i = find(word, before);
      if (i < 0) continue;
      const double s = share_[at(i)], q = s + rest * words_.probability(word);
      mean[at(i - first)] += observed_.importance[at(j)] / all * s / q;
    }
  }
  if (used == 0) return;
  const double keep = std::pow(1 - rate_, used);  // equivalent to `used` steps
  for (auto i = first; i < end; ++i) {
    share_[at(i)] = static_cast<float>(
        keep * share_[at(i)] + (1 - keep) / static_cast<double>(used) * mean[at(i - first)]);
  }
  add_up(before);
  // The probability of words that are never sampled is never learned, so all words keep a minimum.
  if (const double sum = following(before); sum > kMostShares) {
    for (auto i = first; i < end; ++i)
      share_[at(i)] = static_cast<float>(share_[at(i)] * (kMostShares / sum));
    add_up(before);
  }
}

}  // namespace wordbridge
