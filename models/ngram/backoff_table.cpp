#include "models/ngram/backoff_table.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "models/ngram/trie.h"

namespace wordbridge {

NgramHistory NgramHistory::before(const std::int32_t* ids, std::int64_t t, std::int64_t most,
                                  std::int32_t boundary) {
  NgramHistory history;
  while (history.size < std::min(most, t)) {
    const std::int32_t word = ids[t - history.size - 1];
    history.back[static_cast<std::size_t>(history.size++)] = word;
    if (word == boundary) return history;
  }
  if (boundary >= 0 && history.size < most)
    history.back[static_cast<std::size_t>(history.size++)] = boundary;
  return history;
}

std::int64_t BackoffTable::child(std::size_t level, std::int64_t index, std::int32_t word) const {
  return find_child(levels_[level].begin, levels_[level + 1].word, index, word);
}

std::pair<double, std::int64_t> BackoffTable::longest(std::int32_t word,
                                                      const NgramHistory& history) const {
  if (word < 0) return {kFloor, 1};
  std::int64_t index = word, words = 1;
  double log10_prob = levels_[0].log10_prob[index];
  for (std::size_t level = 0; static_cast<std::int64_t>(level) < history.size; ++level) {
    index = child(level, index, history.back[level]);
    if (index < 0) break;
    const float listed = levels_[level + 1].log10_prob[index];
    if (listed == kNotListed) continue;
    log10_prob = listed;
    words = static_cast<std::int64_t>(level) + 2;
  }
  return {log10_prob, words};
}

std::array<double, kMaxNgramOrder + 2> BackoffTable::backoffs(const NgramHistory& history) const {
  std::array<double, kMaxNgramOrder + 2> sums{};
  std::int64_t found = 0;
  for (std::int64_t index = -1; found < history.size;) {
    const auto level = static_cast<std::size_t>(found);
    index = found == 0 ? history.back[0] : child(level - 1, index, history.back[level]);
    if (index < 0) break;
    sums[static_cast<std::size_t>(++found)] = levels_[level].log10_backoff[index];
  }
  for (std::int64_t m = found - 1; m >= 1; --m)
    sums[static_cast<std::size_t>(m)] += sums[static_cast<std::size_t>(m) + 1];
  return sums;
}

double BackoffTable::log10_prob(std::int32_t word, const NgramHistory& history) const {
  const auto [log10_prob, words] = longest(word, history);
  return log10_prob + backoffs(history)[static_cast<std::size_t>(words)];
}

std::vector<std::int32_t> BackoffTable::words_at(std::size_t level, std::int64_t i) const {
  std::vector<std::int32_t> words;
  for (;; --level) {
    words.push_back(levels_[level].word[i]);
    if (level == 0) return words;
    const auto& begin = levels_[level - 1].begin;
    i = std::upper_bound(begin.begin(), begin.end(), static_cast<std::int32_t>(i)) - begin.begin() -
        1;
  }
}

float BackoffTable::log10_prob_at(std::size_t level, std::int64_t i) const {
  const float listed = levels_[level].log10_prob[i];
  if (listed != kNotListed) return listed;
  const auto words = words_at(level, i);
  NgramHistory history;
  for (std::size_t k = words.size() - 1; k-- > 0;)
    history.back[static_cast<std::size_t>(history.size++)] = words[k];
  return static_cast<float>(log10_prob(words.back(), history));
}

void BackoffTable::log10_probs(const NgramHistory& history, double* log10_probs) const {
  const auto sums = backoffs(history);
  for (std::int64_t word = 0; word < types(); ++word) {
    const auto [log10_prob, words] = longest(static_cast<std::int32_t>(word), history);
    log10_probs[word] = log10_prob + sums[static_cast<std::size_t>(words)];
  }
}

void BackoffTable::add_to(ContainerWriter& writer, const std::string& prefix) const {
  const auto add = [&](const char* name, std::size_t level, const auto& values) {
    writer.add(fmt::format("{}{}{}", prefix, name, level + 1), values);
  };
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const auto& of = levels_[level];
    if (level > 0) add("word", level, of.word);
    add("log10_prob", level, of.log10_prob);
    if (level + 1 == levels_.size()) continue;
    add("begin", level, of.begin);
    add("log10_backoff", level, of.log10_backoff);
  }
}

namespace {

[[noreturn]] void refuse(const ContainerReader& reader, const std::string& what) {
  throw Error("the n-grams of the model are inconsistent")
      .at("{}: {}", reader.file()->path().string(), what);
}

/// Checks the bounds of words and children, so that no query reads outside the file.
void check(const ContainerReader& reader, const BackoffTable& table) {
  const auto& levels = table.levels();
  const auto types = table.types();
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const auto& level = levels[k];
    const bool last = k + 1 == levels.size();
    const auto name = fmt::format("order {}", k + 1);
    if (level.log10_prob.size() != level.size()) refuse(reader, name);
    for (const auto word : level.word)
      if (word < 0 || word >= types) refuse(reader, name + ", words");
    if (last) continue;
    if (level.log10_backoff.size() != level.size() || level.begin.size() != level.size() + 1 ||
        level.begin[0] != 0 || level.begin[level.size()] != levels[k + 1].size() ||
        !std::is_sorted(level.begin.begin(), level.begin.end()))
      refuse(reader, name + ", children");
  }
}

}  // namespace

BackoffTable BackoffTable::from(const ContainerReader& reader, const std::string& prefix,
                                std::int64_t order, std::int32_t boundary) {
  if (order < 1 || order > kMaxNgramOrder) refuse(reader, fmt::format("order {}", order));
  std::vector<Level> levels(static_cast<std::size_t>(order));
  const auto i32 = [&](const char* name, std::size_t level) {
    const auto array = fmt::format("{}{}{}", prefix, name, level + 1);
    return SharedArray<std::int32_t>(reader.file(), reader.i32(array), reader.array(array).count());
  };
  const auto f32 = [&](const char* name, std::size_t level) {
    const auto array = fmt::format("{}{}{}", prefix, name, level + 1);
    return SharedArray<float>(reader.file(), reader.f32(array), reader.array(array).count());
  };
  for (std::size_t k = 0; k < levels.size(); ++k) {
    auto& level = levels[k];
    level.log10_prob = f32("log10_prob", k);
    if (k + 1 < levels.size()) {
      level.begin = i32("begin", k);
      level.log10_backoff = f32("log10_backoff", k);
    }
    if (k > 0) {
      level.word = i32("word", k);
    } else {
      std::vector<std::int32_t> ids(static_cast<std::size_t>(level.log10_prob.size()));
      std::iota(ids.begin(), ids.end(), 0);
      level.word = SharedArray<std::int32_t>(std::move(ids));
    }
  }
  BackoffTable table(std::move(levels), boundary);
  if (boundary < -1 || boundary >= table.types()) refuse(reader, "boundary");
  check(reader, table);
  return table;
}

}  // namespace wordbridge
