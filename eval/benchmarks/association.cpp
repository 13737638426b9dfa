#include "eval/benchmarks/association.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/text_file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/rng.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/text/word_table.h"
#include "eval/benchmarks/benchmark_folder.h"
#include "eval/benchmarks/directions.h"
#include "eval/statistics/correlation.h"

namespace wordbridge {
namespace {

constexpr std::array<const char*, 4> kRoles = {"targ1", "targ2", "attr1", "attr2"};
constexpr std::int64_t kSamplesABlock = 1000;
constexpr double kRounding = 1e-12;  // tolerance for a difference of cosine similarities

using Values = std::vector<double>;

WordSet& set_of(AssociationTest& test, std::size_t role) {
  return role < 2 ? test.targets[role] : test.attributes[role - 2];
}

/// Reads a JSON file with a single test.
AssociationTest read_json(const fs::path& path, const std::string& content) {
  AssociationTest test;
  test.name = path.stem().string();
  const auto json = parse_json(content, path.string());
  for (std::size_t role = 0; role < kRoles.size(); ++role) {
    WordSet& set = set_of(test, role);
    try {
      const auto& stored = json.at(kRoles[role]);
      set.category = stored.at("category").get<std::string>();
      for (const auto& word : stored.at("examples").get<std::vector<std::string>>())
        set.words.emplace_back(trimmed_word(word));
    } catch (const nlohmann::json::exception&) {
      throw Error("the file is not an association test")
          .at("{}", path.string())
          .expected(
              "JSON with targ1, targ2, attr1, attr2, each with category and examples, a text and "
              "a list of texts")
          .got("{}: {}", kRoles[role],
               json.contains(kRoles[role]) ? printable(json_text(json[kRoles[role]])) : "none");
    }
  }
  return test;
}

std::vector<AssociationTest> read_association_table(const std::string& path,
                                                    std::string_view content) {
  std::vector<AssociationTest> tests;
  std::unordered_map<std::string, std::size_t> index;
  WordTable table = word_table(content, path, 4);
  const auto places = table.places_of({{"test"}, {"role"}, {"category"}, {"word"}});
  for (const auto& row : table.rows) {
    const auto role = table.is_filled(row, places)
                          ? std::find(kRoles.begin(), kRoles.end(), row.fields[places[1]])
                          : kRoles.end();
    if (role == kRoles.end()) {
      throw Error("invalid line in the association test file")
          .at("{}", table.where(row))
          .expected("test TAB role TAB category TAB word, where role is one of {}",
                    join({kRoles.begin(), kRoles.end()}, ", "))
          .got("'{}'", printable(row.text));
    }
    const std::string name(row.fields[places[0]]), category(row.fields[places[2]]);
    const auto [place, added] = index.emplace(name, tests.size());
    if (added) tests.push_back({name, {}, {}});
    WordSet& set = set_of(tests[place->second], static_cast<std::size_t>(role - kRoles.begin()));
    if (set.words.empty()) set.category = category;
    if (set.category != category) {
      throw Error("a role of the association test has two categories")
          .at("{}", table.where(row))
          .expected("'{}'", printable(set.category))
          .got("'{}'", printable(category));
    }
    set.words.emplace_back(row.fields[places[3]]);
  }
  return tests;
}

/// Removes repeated words: the sets of the test are sets of distinct words.
void count_words_once(std::vector<AssociationTest>& tests, const std::string& path) {
  std::int64_t repeated = 0;
  std::string first;
  for (auto& test : tests) {
    for (std::size_t role = 0; role < kRoles.size(); ++role) {
      std::unordered_set<std::string> seen;
      std::vector<std::string> distinct;
      for (auto& word : set_of(test, role).words) {
        if (seen.insert(word).second) {
          distinct.push_back(std::move(word));
        } else if (repeated++ == 0) {
          first = fmt::format("'{}' in {} of '{}'", printable(word), kRoles[role],
                              printable(test.name));
        }
      }
      set_of(test, role).words = std::move(distinct);
    }
  }
  if (repeated > 0)
    warn("{}: {} in a set of the test that has them already, counted once (the first: {})", path,
         counted(repeated, "word"), first);
}

std::vector<const float*> vectors_of(const WordLookup& words, const WordSet& set) {
  std::vector<const float*> vectors;
  for (const auto& word : set.words) {
    const float* const vector = directed_vector(words, word);
    if (vector != nullptr) vectors.push_back(vector);
  }
  return vectors;
}

double mean_cosine(const float* vector, const std::vector<const float*>& others, std::int64_t dim) {
  double sum = 0;
  for (const float* const other : others) sum += directed_cosine(vector, other, dim);
  return sum / static_cast<double>(others.size());
}

/// Binomial coefficient n over k, or limit + 1 if it exceeds `limit`.
std::int64_t choices(std::int64_t n, std::int64_t k, std::int64_t limit) {
  k = std::min(k, n - k);
  std::int64_t ways = 1;
  for (std::int64_t i = 1; i <= k; ++i) {
    if (ways > limit) return limit + 1;
    ways = ways * (n - k + i) / i;  // exact: the result is a binomial coefficient
  }
  return std::min(ways, limit + 1);
}

/// Number of subsets of `size` values with a sum of at least `threshold`.
std::int64_t choices_at_least(const Values& values, std::size_t size, double threshold) {
  std::vector<std::size_t> chosen(size);
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  std::int64_t count = 0;
  while (true) {
    double sum = 0;
    for (const auto i : chosen) sum += values[i];
    count += sum >= threshold;
    // Next subset in lexicographic order: increment the last index that can be incremented, and
    // reset those after it.
    std::size_t place = size;
    while (place > 0 && chosen[place - 1] == values.size() - size + place - 1) --place;
    if (place == 0) return count;
    ++chosen[place - 1];
    for (; place < size; ++place) chosen[place] = chosen[place - 1] + 1;
  }
}

/// The same count over `options.samples` random subsets.
std::int64_t samples_at_least(const Values& values, std::size_t size, double threshold,
                              const AssociationOptions& options) {
  const auto blocks = (options.samples + kSamplesABlock - 1) / kSamplesABlock;
  std::vector<std::int64_t> counts(static_cast<std::size_t>(blocks), 0);
  for_each_block(blocks, [&](std::int64_t block) {
    if (interrupted()) throw Interrupted("interrupted while testing associations");
    Rng rng(static_cast<std::uint64_t>(options.seed), "association",
            static_cast<std::uint64_t>(block));
    Values drawn = values;
    const auto end = std::min(options.samples, (block + 1) * kSamplesABlock);
    for (auto i = block * kSamplesABlock; i < end; ++i) {
      double sum = 0;
      for (std::size_t place = 0; place < size; ++place) {
        std::swap(drawn[place], drawn[place + rng.below(drawn.size() - place)]);
        sum += drawn[place];
      }
      counts[static_cast<std::size_t>(block)] += sum >= threshold;
    }
  });
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

/// Computes p. S of a partition is twice the sum over its first set minus the sum of all values, so
/// it is enough to compare the sums over the first sets.
void test_partitions(const Values& values, std::size_t size, const AssociationOptions& options,
                     AssociationScores& scores) {
  double observed = 0;
  for (std::size_t i = 0; i < size; ++i) observed += values[i];
  const double threshold = observed - kRounding * static_cast<double>(size);
  const std::int64_t all = choices(static_cast<std::int64_t>(values.size()),
                                   static_cast<std::int64_t>(size), options.exact);
  scores.is_exact = all <= options.exact;
  scores.partitions = scores.is_exact ? all : options.samples + 1;
  const std::int64_t reached = scores.is_exact
                                   ? choices_at_least(values, size, threshold)
                                   : samples_at_least(values, size, threshold, options) + 1;
  scores.p = static_cast<double>(reached) / static_cast<double>(scores.partitions);
}

}  // namespace

std::vector<AssociationTest> read_association_tests(const std::filesystem::path& path) {
  std::vector<AssociationTest> tests;
  if (fs::is_directory(path)) {
    for (const auto& file : benchmark_files_in(path, {".csv", ".json", ".jsonl", ".tsv", ".txt"})) {
      auto more = read_association_tests(file);
      std::move(more.begin(), more.end(), std::back_inserter(tests));
    }
    if (!tests.empty()) return tests;
    throw Error("the folder contains no association tests").at("{}", path.string());
  }
  const std::string content = read_text_file(path);
  const std::string_view start = trimmed(content);
  if (!start.empty() && start.front() == '{') {
    tests.push_back(read_json(path, content));
  } else {
    tests = read_association_table(path.string(), content);
  }
  if (tests.empty()) {
    throw Error("the file contains no association tests")
        .at("{}", path.string())
        .expected(
            "lines of test TAB role TAB category TAB word, or JSON with targ1, targ2, attr1, "
            "attr2");
  }
  count_words_once(tests, path.string());
  for (auto& test : tests) {
    for (std::size_t role = 0; role < kRoles.size(); ++role) {
      if (!set_of(test, role).words.empty()) continue;
      throw Error("a role of the association test has no words")
          .at("{}", path.string())
          .expected("words of the role {} in '{}'", kRoles[role], printable(test.name))
          .got("none");
    }
  }
  return tests;
}

AssociationScores score_association(const WordLookup& words, const AssociationTest& test,
                                    const AssociationOptions& options) {
  std::array<std::vector<const float*>, 2> targets, attributes;
  AssociationScores scores;
  bool has_all = true;
  for (std::size_t i = 0; i < 2; ++i) {
    targets[i] = vectors_of(words, test.targets[i]);
    attributes[i] = vectors_of(words, test.attributes[i]);
    scores.targets_used[i] = static_cast<std::int64_t>(targets[i].size());
    scores.targets_total[i] = static_cast<std::int64_t>(test.targets[i].words.size());
    scores.attributes_used[i] = static_cast<std::int64_t>(attributes[i].size());
    scores.attributes_total[i] = static_cast<std::int64_t>(test.attributes[i].words.size());
    has_all = has_all && !targets[i].empty() && !attributes[i].empty();
  }
  if (!has_all) return scores;
  const std::int64_t dim = words.table().dim();
  Values values;  // s of the words of X, then of Y
  std::array<double, 2> sums{};
  for (std::size_t i = 0; i < 2; ++i) {
    for (const float* const target : targets[i]) {
      values.push_back(mean_cosine(target, attributes[0], dim) -
                       mean_cosine(target, attributes[1], dim));
      sums[i] += values.back();
    }
  }
  scores.statistic = sums[0] - sums[1];
  const double difference = sums[0] / static_cast<double>(targets[0].size()) -
                            sums[1] / static_cast<double>(targets[1].size());
  const double deviation = spread(values).sd;
  if (deviation > kRounding) scores.effect_size = difference / deviation;
  test_partitions(values, targets[0].size(), options, scores);
  return scores;
}

}  // namespace wordbridge
