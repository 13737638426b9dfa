#include "models/classes/word_classes.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "data/text/word_groups.h"
#include "models/classes/exchange.h"

namespace wordbridge {

NamedClasses read_word_classes(const std::string& path, const Vocabulary& vocabulary) {
  const WordGroups groups = read_word_groups(path);
  NamedClasses classes;
  classes.names = groups.names;
  classes.class_of.assign(static_cast<std::size_t>(vocabulary.size()), -1);
  for (const auto& [word, group] : groups.words) {
    const auto id = vocabulary.find(word);
    if (id >= 0) classes.class_of[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(group);
  }
  const auto missing = std::count(classes.class_of.begin(), classes.class_of.end(), -1);
  if (missing == vocabulary.size()) {
    throw Error("no word of the vocabulary is in the class file").at("{}", path);
  }
  if (missing > 0) {
    warn("{} of {} words are not in {}; they form an additional class", missing, vocabulary.size(),
         path);
    std::replace(classes.class_of.begin(), classes.class_of.end(), -1,
                 static_cast<std::int32_t>(classes.names.size()));
    classes.names.emplace_back("(none)");
  }
  return classes;
}

std::vector<std::int32_t> frequency_classes(const std::vector<std::int64_t>& counts,
                                            std::int64_t classes) {
  const auto V = static_cast<std::int64_t>(counts.size());
  WB_ASSERT(classes >= 1 && classes <= V, "no class may be empty");
  const auto mass = [&](std::size_t w) { return std::sqrt(static_cast<double>(counts[w]) + 1); };
  double total = 0;
  for (std::size_t w = 0; w < counts.size(); ++w) total += mass(w);
  const auto largest = std::max((V + classes - 1) / classes,
                                static_cast<std::int64_t>(4 * std::sqrt(static_cast<double>(V))));
  std::vector<std::int32_t> class_of(counts.size());
  std::int64_t c = 0, members = 0, left = V;
  double sum = 0;
  for (const auto word : words_by_count(counts)) {
    const auto w = static_cast<std::size_t>(word);
    class_of[w] = static_cast<std::int32_t>(c);
    sum += mass(w);
    ++members;
    --left;
    const std::int64_t later = classes - c - 1;
    const bool full = sum * static_cast<double>(classes) >= total * static_cast<double>(c + 1);
    // The later classes must have room for the remaining words, and get at least one word each.
    if (members == largest || left == later || (full && left <= later * largest)) {
      ++c;
      members = 0;
    }
  }
  return class_of;
}

std::vector<std::int32_t> learned_classes(const std::int32_t* ids, std::int64_t size,
                                          std::int64_t vocabulary_size, std::int64_t classes,
                                          std::uint64_t seed) {
  ExchangeOptions options;
  options.classes = classes;
  options.seed = seed;
  WordClasses found = exchange_classes(ids, size, vocabulary_size, options);
  log("output", "{} after {}, class bigrams: {:.4f} nats per token",
      counted(classes, "word class", "word classes"), counted(found.passes, "pass", "passes"),
      found.log_likelihood / static_cast<double>(size));
  return std::move(found.class_of);
}

std::int64_t drop_empty_classes(std::vector<std::int32_t>& class_of) {
  const auto last = std::max_element(class_of.begin(), class_of.end());
  std::vector<std::int32_t> number(static_cast<std::size_t>(*last) + 1, 0);
  for (const auto c : class_of) number[static_cast<std::size_t>(c)] = 1;
  std::int32_t count = 0;
  for (auto& n : number) n = n == 0 ? -1 : count++;
  for (auto& c : class_of) c = number[static_cast<std::size_t>(c)];
  return count;
}

std::int64_t square_root_classes(std::int64_t vocabulary_size) {
  return std::max(
      std::int64_t{1},
      static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(vocabulary_size)))));
}

}  // namespace wordbridge
