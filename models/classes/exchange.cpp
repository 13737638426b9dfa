#include "models/classes/exchange.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/rng.h"
#include "core/threads.h"
#include "models/classes/class_bigrams.h"

namespace wordbridge {
namespace {

// Words processed together, all based on the state before the first of them moves.
constexpr std::int64_t kBatch = 64;
constexpr std::int64_t kExchangeBlock = 4;
// In nats. Higher temperatures also scatter the frequent words; lower ones undo few assignments.
constexpr double kFirstTemperature = 5, kLastTemperature = 0.5;
constexpr double kNegligible = 30;  // below exp(-30) times the probability of the best class

/// The words that occur in the stream, by descending frequency; ties by id.
std::vector<std::int32_t> by_frequency(const std::vector<std::int64_t>& counts) {
  std::vector<std::int32_t> words;
  for (std::size_t w = 0; w < counts.size(); ++w) {
    if (counts[w] > 0) words.push_back(static_cast<std::int32_t>(w));
  }
  std::stable_sort(words.begin(), words.end(),
                   [&](std::int32_t a, std::int32_t b) { return counts[at(a)] > counts[at(b)]; });
  return words;
}

/// Samples an index of `gains` with probability proportional to exp(gain / temperature).
std::int32_t draw(const std::vector<std::int64_t>& gains, double temperature, double uniform,
                  std::vector<double>& cumulative) {
  const std::int64_t best = *std::max_element(gains.begin(), gains.end());
  const double scale = LogTable::kUnit / temperature;
  cumulative.resize(gains.size());
  double sum = 0;
  for (std::size_t k = 0; k < gains.size(); ++k) {
    const double exponent = static_cast<double>(gains[k] - best) * scale;
    if (exponent > -kNegligible) sum += std::exp(exponent);
    cumulative[k] = sum;
  }
  const auto drawn = std::upper_bound(cumulative.begin(), cumulative.end() - 1, uniform * sum);
  return static_cast<std::int32_t>(drawn - cumulative.begin());
}

class Exchange {
 public:
  Exchange(const WordBigrams& words, std::vector<std::int32_t> order,
           std::vector<std::int32_t> class_of, const ExchangeOptions& options)
      : options_(options),
        vocabulary_size_(words.vocabulary_size),
        order_(std::move(order)),
        state_(words, std::move(class_of), options.classes),
        choice_(at(kBatch)),
        scratch_(at(kBatch / kExchangeBlock), ClassBigrams::Scratch(options.classes)),
        cumulative_(at(kBatch / kExchangeBlock)) {}

  const ClassBigrams& state() const { return state_; }

  /// Makes one pass and returns the number of moves. At temperature 0, a word moves only if that
  /// increases F.
  std::int64_t pass(std::int64_t index, double temperature) {
    std::int64_t moves = 0;
    const auto size = static_cast<std::int64_t>(order_.size());
    for (std::int64_t begin = 0; begin < size; begin += kBatch) {
      if (interrupted()) throw Interrupted("interrupted while learning word classes");
      const std::int64_t end = std::min(size, begin + kBatch);
      for_each_range(end - begin, kExchangeBlock, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
          choice_[at(i)] =
              choose(order_[at(begin + i)], at(first / kExchangeBlock), index, temperature);
        }
      });
      for (std::int64_t i = begin; i < end; ++i) {
        moves += move(order_[at(i)], choice_[at(i - begin)], temperature == 0);
      }
    }
    return moves;
  }

 private:
  bool alone(std::int32_t word) const { return state_.members(state_.class_of()[at(word)]) == 1; }

  std::int32_t choose(std::int32_t word, std::size_t block, std::int64_t index,
                      double temperature) {
    const std::int32_t own = state_.class_of()[at(word)];
    if (alone(word)) return own;
    const std::vector<std::int64_t>& gain = scratch_[block].gain;
    state_.gains(word, scratch_[block]);
    if (temperature > 0) {
      Rng rng(options_.seed, "exchange.annealing",
              static_cast<std::uint64_t>(index * vocabulary_size_ + word));
      return draw(gain, temperature, rng.uniform(), cumulative_[block]);
    }
    const auto best = std::max_element(gain.begin(), gain.end());
    return *best > 0 ? static_cast<std::int32_t>(best - gain.begin()) : own;
  }

  /// Moves a word. The gain is recomputed, because earlier moves in the batch may have changed it.
  bool move(std::int32_t word, std::int32_t to, bool only_if_better) {
    if (to == state_.class_of()[at(word)] || alone(word)) return false;
    if (only_if_better && state_.gain(word, to, scratch_.front()) <= 0) return false;
    state_.move(word, to, scratch_.front());
    return true;
  }

  const ExchangeOptions& options_;
  std::int64_t vocabulary_size_;
  std::vector<std::int32_t> order_;
  ClassBigrams state_;
  std::vector<std::int32_t> choice_;             // [kBatch]
  std::vector<ClassBigrams::Scratch> scratch_;   // one per block of a batch
  std::vector<std::vector<double>> cumulative_;  // one per block of a batch
};

/// Divides `total` in proportion to `weights` by the largest-remainder method; ties go to the
/// first.
std::vector<std::int64_t> proportional(std::int64_t total, const std::vector<std::int64_t>& weights,
                                       std::int64_t weight_sum) {
  std::vector<std::int64_t> shares, remainders;
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::int64_t left = total;
  for (const std::int64_t weight : weights) {
    shares.push_back(total * weight / weight_sum);
    remainders.push_back(total * weight % weight_sum);
    left -= shares.back();
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  for (std::int64_t i = 0; i < left; ++i) ++shares[order[at(i)]];
  return shares;
}

void place_unseen(const std::vector<std::int64_t>& counts, std::int64_t classes,
                  std::vector<std::int32_t>& class_of) {
  const std::int64_t unseen = std::count(counts.begin(), counts.end(), 0);
  std::vector<std::int64_t> once(at(classes), 0);
  for (std::size_t w = 0; w < counts.size(); ++w) once[at(class_of[w])] += counts[w] == 1;
  const std::int64_t once_sum = std::accumulate(once.begin(), once.end(), std::int64_t{0});
  std::vector<std::int64_t> room(at(classes), 0);
  room.back() = unseen;
  if (once_sum > 0) room = proportional(unseen, once, once_sum);
  std::size_t c = 0;
  for (std::size_t w = 0; w < counts.size(); ++w) {
    if (counts[w] > 0) continue;
    while (room[c] == 0) ++c;
    class_of[w] = static_cast<std::int32_t>(c);
    --room[c];
  }
}

double temperature_of(std::int64_t pass, std::int64_t passes) {
  const double share =
      passes > 1 ? static_cast<double>(pass) / static_cast<double>(passes - 1) : 1.0;
  return kFirstTemperature * std::pow(kLastTemperature / kFirstTemperature, share);
}

/// The part of the likelihood that F does not include: sum_w N_right(w) ln N_right(w).
double words_part(const WordBigrams& words) {
  double sum = 0;
  for (const std::int32_t n : words.right) {
    if (n > 0) sum += n * std::log(static_cast<double>(n));
  }
  return sum;
}

}  // namespace

WordClasses exchange_classes(const std::int32_t* ids, std::int64_t size,
                             std::int64_t vocabulary_size, const ExchangeOptions& options) {
  if (options.classes < 1) {
    throw Error("too few word classes").expected("at least 1").got("{}", options.classes);
  }
  if (size > std::numeric_limits<std::int32_t>::max()) {
    throw Error("the corpus is too long for learning word classes")
        .expected("at most {} tokens", std::numeric_limits<std::int32_t>::max())
        .got("{}", size);
  }
  const WordBigrams words(ids, size, vocabulary_size);
  std::vector<std::int32_t> order = by_frequency(words.counts);
  const auto seen = static_cast<std::int64_t>(order.size());
  if (seen < options.classes) {
    throw Error("more word classes than distinct words in the corpus")
        .expected("at most {} classes", seen)
        .got("{}", options.classes);
  }
  const auto last_class = static_cast<std::int32_t>(options.classes - 1);
  std::vector<std::int32_t> first(at(vocabulary_size), last_class);
  for (std::int32_t c = 0; c < last_class; ++c) first[at(order[at(c)])] = c;

  Exchange exchange(words, std::move(order), std::move(first), options);
  const std::int64_t most = options.annealing_passes + options.max_passes;
  WordClasses result;
  result.classes = options.classes;
  Progress progress("word classes", static_cast<std::uint64_t>(most * seen), "words");
  for (bool done = false; !done && result.passes < most; ++result.passes) {
    const bool annealing = result.passes < options.annealing_passes;
    const std::int64_t moves = exchange.pass(
        result.passes, annealing ? temperature_of(result.passes, options.annealing_passes) : 0);
    result.moves += moves;
    done = !annealing && moves == 0;
    progress.update(static_cast<std::uint64_t>((result.passes + 1) * seen),
                    fmt::format("{} moved", human_count(static_cast<std::uint64_t>(moves))));
  }
  progress.finish();
  result.log_likelihood =
      static_cast<double>(exchange.state().objective()) * LogTable::kUnit + words_part(words);
  result.class_of = exchange.state().class_of();
  place_unseen(words.counts, options.classes, result.class_of);
  log_detail("word classes",
             fmt::format("{} classes of {} words, {} passes, {} moves, "
                         "log-likelihood {:.1f}",
                         result.classes, seen, result.passes, result.moves, result.log_likelihood));
  return result;
}

}  // namespace wordbridge
