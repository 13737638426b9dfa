#include "eval/contexts/context_sample.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "core/error.h"
#include "core/index.h"
#include "core/rng.h"

namespace wordbridge {
namespace {

using Positions = std::vector<std::int64_t>;

/// `count` of the numbers 0..size-1, or all if there are fewer, ascending (Floyd's algorithm).
Positions draw_numbers(std::int64_t size, std::int64_t count, Rng& rng) {
  std::set<std::int64_t> drawn;
  for (std::int64_t last = std::max<std::int64_t>(0, size - count); last < size; ++last) {
    const auto number = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(last + 1)));
    drawn.insert(drawn.count(number) == 0 ? number : last);
  }
  return {drawn.begin(), drawn.end()};
}

/// `count` of the values, or all if there are fewer, in their order.
template <class T>
std::vector<T> draw(const std::vector<T>& values, std::int64_t count, Rng& rng) {
  std::vector<T> drawn;
  for (const auto i : draw_numbers(static_cast<std::int64_t>(values.size()), count, rng))
    drawn.push_back(values[at(i)]);
  return drawn;
}

/// The sentences of at least two words.
std::vector<Span> sentences_of(const std::int32_t* ids, Span span,
                               const std::vector<std::int32_t>& boundaries,
                               const ContextSampleOptions& options) {
  std::vector<Span> sentences;
  const auto add = [&](std::int64_t begin, std::int64_t end) {
    if (end - begin >= 2) sentences.push_back({begin, std::min(end, begin + options.longest)});
  };
  if (boundaries.empty()) {
    for (auto begin = span.begin; begin + options.window <= span.end; begin += options.window)
      add(begin, begin + options.window);
    return sentences;
  }
  std::int64_t begin = span.begin;
  for (std::int64_t p = span.begin; p < span.end; ++p) {
    if (std::find(boundaries.begin(), boundaries.end(), ids[p]) == boundaries.end()) continue;
    add(begin, p);
    begin = p + 1;
  }
  add(begin, span.end);
  return sentences;
}

void check_long_enough(std::size_t words, std::size_t frequent, std::size_t sentences, Span span,
                       const ContextSampleOptions& options) {
  Error error("the text is too short to measure contexts");
  if (frequent == 0)
    throw error.expected("a word that occurs {} times", options.least)
        .got("none in {} tokens", span.size());
  if (words < 2) throw error.expected("two different words").got("one");
  if (sentences == 0)
    throw error.expected("a sentence of two words, or {} words without boundaries", options.window)
        .got("none in {} tokens", span.size());
}

}  // namespace

ContextSample draw_contexts(const std::int32_t* ids, Span span,
                            const std::vector<std::int32_t>& left_out,
                            const std::vector<std::int32_t>& boundaries,
                            const ContextSampleOptions& options) {
  std::map<std::int32_t, std::int64_t> counts;  // without the words that are left out
  for (std::int64_t p = span.begin; p < span.end; ++p) ++counts[ids[p]];
  for (const auto id : left_out) counts.erase(id);
  std::int64_t total = 0;
  std::vector<std::int32_t> frequent;
  for (const auto& [id, count] : counts) {
    total += count;
    if (count >= options.least) frequent.push_back(id);
  }
  const auto sentences = sentences_of(ids, span, boundaries, options);
  check_long_enough(counts.size(), frequent.size(), sentences.size(), span, options);

  Rng word_rng(options.seed, "contexts words"), sentence_rng(options.seed, "contexts sentences"),
      random_rng(options.seed, "contexts random");
  std::map<std::int32_t, Positions> places;  // of the drawn words
  for (const auto id : draw(frequent, options.words, word_rng)) places[id];
  ContextSample sample;
  const Positions random = draw_numbers(total, options.random, random_rng);
  std::int64_t number = 0;  // of the occurrence, without those left out
  for (std::int64_t p = span.begin; p < span.end; ++p) {
    if (counts.count(ids[p]) == 0) continue;
    if (const auto place = places.find(ids[p]); place != places.end()) place->second.push_back(p);
    if (std::binary_search(random.begin(), random.end(), number++)) sample.random.push_back(p);
  }
  for (const auto& [id, positions] : places)
    sample.words.push_back(draw(positions, options.occurrences, word_rng));
  for (const auto& sentence : draw(sentences, options.sentences, sentence_rng)) {
    sample.sentences.emplace_back(at(sentence.size()));
    std::iota(sample.sentences.back().begin(), sample.sentences.back().end(), sentence.begin);
  }
  for (const auto& word : sample.words)
    sample.baselines.push_back(
        draw(sample.random, static_cast<std::int64_t>(word.size()), random_rng));

  // From positions in the text to indices of all drawn positions.
  Positions& positions = sample.positions;
  const auto each_list = [&](const auto& work) {
    for (auto* lists : {&sample.words, &sample.sentences, &sample.baselines})
      for (auto& list : *lists) work(list);
    work(sample.random);
  };
  each_list(
      [&](const Positions& list) { positions.insert(positions.end(), list.begin(), list.end()); });
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  each_list([&](Positions& list) {
    for (auto& p : list)
      p = std::lower_bound(positions.begin(), positions.end(), p) - positions.begin();
  });
  for (const auto p : positions) sample.ids.push_back(ids[p]);
  return sample;
}

}  // namespace wordbridge
