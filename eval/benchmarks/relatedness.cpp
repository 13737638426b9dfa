#include "eval/benchmarks/relatedness.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "core/error.h"
#include "core/text.h"
#include "core/undefined.h"
#include "data/text/unicode.h"
#include "eval/statistics/correlation.h"

namespace wordbridge {
namespace {

constexpr std::size_t kSenses = 2;  // senses whose glosses are compared

/// Function words that are frequent in definitions. Sorted.
constexpr const char* kFunctionWords[] = {
    "a",    "about", "an",      "and",     "any",     "are",       "as",         "at",    "be",
    "been", "being", "but",     "by",      "can",     "e",         "especially", "etc",   "for",
    "from", "g",     "has",     "have",    "having",  "he",        "her",        "his",   "i",
    "if",   "in",    "into",    "is",      "it",      "its",       "may",        "more",  "most",
    "not",  "of",    "often",   "on",      "one",     "or",        "other",      "out",   "over",
    "s",    "she",   "so",      "some",    "someone", "something", "such",       "than",  "that",
    "the",  "their", "them",    "there",   "these",   "they",      "this",       "those", "to",
    "up",   "used",  "usually", "very",    "was",     "were",      "when",       "where", "which",
    "who",  "whose", "with",    "without", "you",     "your"};

using Ancestors = std::vector<std::pair<std::int32_t, int>>;

/// Length of the shortest path between two synsets through a common ancestor.
std::optional<int> steps_between(const Ancestors& a, const Ancestors& b) {
  std::optional<int> fewest;
  for_common_ancestors(a, b, [&](std::int32_t, int from_a, int from_b) {
    fewest = std::min(fewest.value_or(from_a + from_b), from_a + from_b);
  });
  return fewest;
}

double path_similarity(const WordNet& wordnet, const std::string& a, const std::string& b) {
  double best = kUndefined;
  for (const auto part : {PartOfSpeech::noun, PartOfSpeech::verb}) {
    std::vector<Ancestors> others;
    for (const auto& sense : wordnet.senses(b, part))
      others.push_back(wordnet.ancestors(sense.synset));
    for (const auto& sense : wordnet.senses(a, part)) {
      const Ancestors own = wordnet.ancestors(sense.synset);
      for (const auto& other : others)
        if (const auto steps = steps_between(own, other))
          best = std::fmax(best, 1.0 / (1 + *steps));
    }
  }
  return best;
}

/// Content words of the glosses of the word's most frequent senses.
std::vector<std::string> definition(const WordNet& wordnet, const std::string& word) {
  std::vector<WordNetSense> senses;
  for (const auto part :
       {PartOfSpeech::noun, PartOfSpeech::verb, PartOfSpeech::adjective, PartOfSpeech::adverb}) {
    const auto& some = wordnet.senses(word, part);
    senses.insert(senses.end(), some.begin(), some.end());
  }
  std::stable_sort(senses.begin(), senses.end(), [](const WordNetSense& a, const WordNetSense& b) {
    return a.tagged > b.tagged;
  });
  std::string glosses;
  for (std::size_t i = 0; i < std::min(kSenses, senses.size()); ++i) {
    const std::string& gloss = wordnet.synset(senses[i].synset).gloss;
    glosses += " " + gloss.substr(0, gloss.find('"'));
  }
  return content_words(glosses);
}

}  // namespace

std::vector<double> path_similarities(const WordNet& wordnet,
                                      const std::vector<WordStrings>& pairs) {
  std::vector<double> values;
  for (const auto& [a, b] : pairs) values.push_back(path_similarity(wordnet, folded(a), folded(b)));
  return values;
}

std::vector<std::string> content_words(const std::string& gloss) {
  std::vector<std::string> words(1);
  for (const char c : gloss.substr(0, gloss.find('"')) + " ") {
    const bool upper = c >= 'A' && c <= 'Z', other = static_cast<unsigned char>(c) >= 128;
    if (upper || other || (c >= 'a' && c <= 'z'))
      words.back() += upper ? static_cast<char>(c - 'A' + 'a') : c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  words.pop_back();
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  words.erase(std::remove_if(words.begin(), words.end(),
                             [](const std::string& word) {
                               return std::binary_search(std::begin(kFunctionWords),
                                                         std::end(kFunctionWords), word);
                             }),
              words.end());
  return words;
}

std::vector<double> gloss_overlaps(const WordNet& wordnet, const std::vector<WordStrings>& pairs) {
  std::vector<double> values;
  for (const auto& [first, second] : pairs) {
    const auto a = definition(wordnet, folded(first)), b = definition(wordnet, folded(second));
    std::vector<std::string> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    const auto either = static_cast<double>(a.size() + b.size() - both.size());
    values.push_back(a.empty() || b.empty() ? kUndefined
                                            : static_cast<double>(both.size()) / either);
  }
  return values;
}

std::vector<double> ppmi_of_pairs(const SparseMatrix& counts,
                                  const std::vector<std::pair<std::int64_t, std::int64_t>>& ids) {
  WB_ASSERT(counts.rows == counts.cols, "{} rows, {} columns", counts.rows, counts.cols);
  std::vector<double> rows(static_cast<std::size_t>(counts.rows)), columns(rows);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (auto at = static_cast<std::size_t>(counts.begin[i]);
         at < static_cast<std::size_t>(counts.begin[i + 1]); ++at) {
      rows[i] += counts.value[at];
      columns[static_cast<std::size_t>(counts.column[at])] += counts.value[at];
    }
  const double total = std::accumulate(rows.begin(), rows.end(), 0.0);
  std::vector<double> values;
  for (const auto& [i, j] : ids) {
    values.push_back(kUndefined);
    if (i < 0 || j < 0) continue;
    const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(j);
    if (!(rows[row] > 0 && columns[column] > 0)) continue;
    const auto begin = counts.column.begin() + counts.begin[row],
               end = counts.column.begin() + counts.begin[row + 1];
    const auto found = std::lower_bound(begin, end, static_cast<std::int32_t>(j));
    const double count =
        found == end || *found != j
            ? 0
            : counts.value[static_cast<std::size_t>(found - counts.column.begin())];
    // The logarithm of a count of 0 is -infinity.
    values.back() = std::max(0.0, std::log(count * total / (rows[row] * columns[column])));
  }
  return values;
}

std::vector<RelatednessRow> relatedness_table(const std::vector<double>& cosines,
                                              const std::vector<PairValues>& kinds) {
  std::vector<RelatednessRow> table;
  for (const auto& kind : kinds) {
    WB_ASSERT(kind.values.size() == cosines.size(), "{}: {} values of {} pairs", kind.name,
              kind.values.size(), cosines.size());
    std::vector<double> x, y;
    for (std::size_t i = 0; i < cosines.size(); ++i) {
      if (!std::isfinite(cosines[i]) || !std::isfinite(kind.values[i])) continue;
      x.push_back(cosines[i]);
      y.push_back(kind.values[i]);
    }
    table.push_back({kind.name, spearman(x, y), static_cast<std::int64_t>(x.size()),
                     static_cast<std::int64_t>(cosines.size())});
  }
  return table;
}

}  // namespace wordbridge
