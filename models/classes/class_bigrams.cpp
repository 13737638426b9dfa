#include "models/classes/class_bigrams.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kTableSize = 1 << 20;  // 8 MB; most look-ups are of small counts
constexpr std::int64_t kWordsPerBlock = 256;

/// Collects the neighbours at offset `step` (1: the next token, -1: the previous one) of each word,
/// with their counts. Neighbours equal to the word itself are omitted.
void collect(const std::int32_t* ids, std::int64_t size, std::int64_t step,
             const std::vector<std::int32_t>& totals, std::vector<std::int64_t>& begin,
             std::vector<WordBigrams::Neighbour>& list) {
  const std::size_t vocabulary = totals.size();
  std::vector<std::int64_t> start(vocabulary + 1, 0);
  for (std::size_t w = 0; w < vocabulary; ++w) start[w + 1] = start[w] + totals[w];
  std::vector<std::int32_t> all(at(start.back()));
  std::vector<std::int64_t> next(start.begin(), start.end() - 1);
  for (std::int64_t i = std::max<std::int64_t>(0, -step);
       i < size - std::max<std::int64_t>(0, step); ++i) {
    all[at(next[at(ids[i])]++)] = ids[i + step];
  }
  for_each_range(static_cast<std::int64_t>(vocabulary), kWordsPerBlock,
                 [&](std::int64_t first, std::int64_t last) {
                   for (std::int64_t w = first; w < last; ++w) {
                     std::sort(all.begin() + start[at(w)], all.begin() + start[at(w) + 1]);
                   }
                 });
  begin.assign(1, 0);
  for (std::size_t w = 0; w < vocabulary; ++w) {
    for (std::int64_t i = start[w]; i < start[w + 1]; ++i) {
      const std::int32_t other = all[at(i)];
      if (other == static_cast<std::int32_t>(w)) continue;
      const bool seen = static_cast<std::int64_t>(list.size()) > begin.back();
      if (seen && list.back().word == other) {
        ++list.back().count;
      } else {
        list.push_back({other, 1});
      }
    }
    begin.push_back(static_cast<std::int64_t>(list.size()));
  }
}

}  // namespace

WordBigrams::WordBigrams(const std::int32_t* ids, std::int64_t size, std::int64_t vocabulary)
    : vocabulary_size(vocabulary),
      bigrams(std::max<std::int64_t>(0, size - 1)),
      counts(at(vocabulary), 0),
      left(at(vocabulary), 0),
      right(at(vocabulary), 0),
      twice(at(vocabulary), 0) {
  for (std::int64_t i = 0; i < size; ++i) {
    WB_ASSERT(ids[i] >= 0 && ids[i] < vocabulary, "id {} of {}", ids[i], vocabulary);
    ++counts[at(ids[i])];
  }
  for (std::int64_t i = 0; i < bigrams; ++i) {
    ++left[at(ids[i])];
    ++right[at(ids[i + 1])];
    if (ids[i] == ids[i + 1]) ++twice[at(ids[i])];
  }
  collect(ids, size, -1, right, before_begin, before_list);
  collect(ids, size, 1, left, after_begin, after_list);
}

LogTable::LogTable(std::int64_t largest)
    : size_(static_cast<std::int32_t>(std::min(largest + 1, kTableSize))), table_(at(size_)) {
  for (std::int32_t x = 0; x < size_; ++x) table_[at(x)] = compute(x);
}

std::int64_t LogTable::compute(std::int32_t x) {
  return x == 0 ? 0 : std::llround(x * std::log(static_cast<double>(x)) / kUnit);
}

ClassBigrams::Scratch::Scratch(std::int64_t classes)
    : before(at(classes), 0), after(at(classes), 0), row(at(classes)), gain(at(classes)) {}

ClassBigrams::ClassBigrams(const WordBigrams& words, std::vector<std::int32_t> class_of,
                           std::int64_t classes)
    : words_(words),
      classes_(classes),
      f_(words.bigrams),
      class_of_(std::move(class_of)),
      members_(at(classes), 0),
      n_(at(classes * classes), 0),
      n_t_(at(classes * classes), 0),
      left_(at(classes), 0),
      right_(at(classes), 0) {
  for (std::int64_t w = 0; w < words.vocabulary_size; ++w) {
    if (words.counts[at(w)] == 0) continue;
    const std::int32_t c = class_of_[at(w)];
    ++members_[at(c)];
    left_[at(c)] += words.left[at(w)];
    right_[at(c)] += words.right[at(w)];
    n_[at(c * classes + c)] += words.twice[at(w)];
    for (const auto& [next, count] : words.after(w))
      n_[at(c * classes + class_of_[at(next)])] += count;
  }
  for (std::int64_t g = 0; g < classes; ++g) {
    for (std::int64_t h = 0; h < classes; ++h) n_t_[at(h * classes + g)] = n_[at(g * classes + h)];
  }
  for (const std::int32_t n : n_) objective_ += f_(n);
  for (const std::int32_t n : left_) objective_ -= f_(n);
  for (const std::int32_t n : right_) objective_ -= f_(n);
}

void ClassBigrams::look_at(std::int32_t word, Scratch& scratch) const {
  const auto group = [&](WordBigrams::List list, std::vector<std::int32_t>& count,
                         std::vector<std::int32_t>& classes) {
    for (const std::int32_t c : classes) count[at(c)] = 0;
    classes.clear();
    for (const auto& [other, n] : list) {
      const std::int32_t c = class_of_[at(other)];
      if (count[at(c)] == 0) classes.push_back(c);
      count[at(c)] += n;
    }
  };
  group(words_.before(word), scratch.before, scratch.before_classes);
  group(words_.after(word), scratch.after, scratch.after_classes);
}

/// Decrease of F when the word is removed from its class.
std::int64_t ClassBigrams::loss_of_leaving(std::int32_t word, const Scratch& scratch) const {
  const std::int32_t a = class_of_[at(word)];
  std::int64_t loss = 0;
  const auto leave = [&](std::int32_t count, std::int32_t n) { loss += f_(count) - f_(count - n); };
  for (const std::int32_t g : scratch.before_classes) {
    if (g != a) leave(row(n_t_, a)[g], scratch.before[at(g)]);
  }
  for (const std::int32_t h : scratch.after_classes) {
    if (h != a) leave(row(n_, a)[h], scratch.after[at(h)]);
  }
  leave(row(n_, a)[a], scratch.before[at(a)] + scratch.after[at(a)] + words_.twice[at(word)]);
  const std::int32_t left = words_.left[at(word)], right = words_.right[at(word)];
  loss -= f_(left_[at(a)]) - f_(left_[at(a)] - left);
  loss -= f_(right_[at(a)]) - f_(right_[at(a)] - right);
  return loss;
}

void ClassBigrams::gains(std::int32_t word, Scratch& scratch) const {
  look_at(word, scratch);
  const std::int32_t a = class_of_[at(word)];
  const std::int64_t loss = loss_of_leaving(word, scratch);
  const std::int32_t left = words_.left[at(word)], right = words_.right[at(word)];
  const std::int32_t twice = words_.twice[at(word)];
  std::int64_t* const gain = scratch.gain.data();
  for (std::int64_t k = 0; k < classes_; ++k) {
    const std::int32_t l = left_[at(k)], r = right_[at(k)];
    gain[k] = f_(l) - f_(l + left) + f_(r) - f_(r + right) - loss;
  }
  // For each class g, adds the gain of the word's bigrams with g in every target class k, along one
  // row of N. The rows still count the word, so its bigrams are subtracted from the row of its own
  // class.
  const auto enter = [&](const std::vector<std::int32_t>& n, std::int32_t g, std::int32_t count,
                         std::int32_t largest, const std::vector<std::int32_t>& own) {
    const std::int32_t* counts = row(n, g);
    if (g == a) {
      for (std::int64_t k = 0; k < classes_; ++k) scratch.row[at(k)] = counts[k] - own[at(k)];
      counts = scratch.row.data();
    }
    const std::int64_t* const f = f_.table(largest + count);
    if (f) {
      for (std::int64_t k = 0; k < classes_; ++k) gain[k] += f[counts[k] + count] - f[counts[k]];
    } else {
      for (std::int64_t k = 0; k < classes_; ++k) gain[k] += f_(counts[k] + count) - f_(counts[k]);
    }
  };
  for (const std::int32_t g : scratch.before_classes) {
    enter(n_, g, scratch.before[at(g)], left_[at(g)], scratch.after);
  }
  for (const std::int32_t h : scratch.after_classes) {
    enter(n_t_, h, scratch.after[at(h)], right_[at(h)], scratch.before);
  }
  // N(k, k) gets the bigrams in both directions and the word's bigrams with itself.
  for (std::int64_t k = 0; k < classes_; ++k) {
    const std::int32_t before = scratch.before[at(k)], after = scratch.after[at(k)];
    if (before == 0 && after == 0 && twice == 0) continue;
    const std::int32_t count = row(n_, static_cast<std::int32_t>(k))[k];
    gain[k] +=
        f_(count) - f_(count + before) - f_(count + after) + f_(count + before + after + twice);
  }
  gain[a] = 0;
}

std::int64_t ClassBigrams::gain(std::int32_t word, std::int32_t to, Scratch& scratch) const {
  look_at(word, scratch);
  const std::int32_t a = class_of_[at(word)];
  if (to == a) return 0;
  std::int64_t gain = -loss_of_leaving(word, scratch);
  const auto enter = [&](std::int32_t count, std::int32_t n) { gain += f_(count + n) - f_(count); };
  for (const std::int32_t g : scratch.before_classes) {
    if (g == to) continue;
    enter(row(n_, g)[to] - (g == a ? scratch.after[at(to)] : 0), scratch.before[at(g)]);
  }
  for (const std::int32_t h : scratch.after_classes) {
    if (h == to) continue;
    enter(row(n_t_, h)[to] - (h == a ? scratch.before[at(to)] : 0), scratch.after[at(h)]);
  }
  enter(row(n_, to)[to], scratch.before[at(to)] + scratch.after[at(to)] + words_.twice[at(word)]);
  gain -= f_(left_[at(to)] + words_.left[at(word)]) - f_(left_[at(to)]);
  gain -= f_(right_[at(to)] + words_.right[at(word)]) - f_(right_[at(to)]);
  return gain;
}

void ClassBigrams::add(std::int32_t word, std::int32_t c, std::int32_t sign,
                       const Scratch& scratch) {
  const auto count = [&](std::int32_t g, std::int32_t h, std::int32_t n) {
    n_[at(g * classes_ + h)] += sign * n;
    n_t_[at(h * classes_ + g)] += sign * n;
  };
  for (const std::int32_t g : scratch.before_classes) count(g, c, scratch.before[at(g)]);
  for (const std::int32_t h : scratch.after_classes) count(c, h, scratch.after[at(h)]);
  count(c, c, words_.twice[at(word)]);
  left_[at(c)] += sign * words_.left[at(word)];
  right_[at(c)] += sign * words_.right[at(word)];
  members_[at(c)] += sign;
}

void ClassBigrams::move(std::int32_t word, std::int32_t to, Scratch& scratch) {
  objective_ += gain(word, to, scratch);  // also fills scratch with the word's counts by class
  add(word, class_of_[at(word)], -1, scratch);
  class_of_[at(word)] = to;
  add(word, to, 1, scratch);
}

}  // namespace wordbridge
