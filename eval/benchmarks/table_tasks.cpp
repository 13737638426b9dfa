#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "core/json.h"
#include "data/catalogue/dataset.h"
#include "data/corpus/open_corpus.h"
#include "data/counts/cooccurrence.h"
#include "data/text/unicode.h"
#include "eval/benchmarks/relatedness.h"
#include "eval/benchmarks/similarity.h"
#include "eval/benchmarks/tasks.h"
#include "eval/properties/properties.h"

// Properties of an embedding, and correlations of its cosine similarities with other measures of
// relatedness.

namespace wordbridge {
namespace {

using nlohmann::json;

/// PPMI of the pairs in the training split of the corpus, with lower-cased words.
std::vector<double> ppmi_in(const std::string& path, const std::vector<WordStrings>& pairs) {
  DataOptions options;
  options.source.paths = {path};
  options.tokenizer.lowercase = true;
  options.split = {SplitBy::tokens, -1, 0, 0};
  options.vocabulary.min_count = 1;
  const Corpus corpus = open_corpus(options);
  // Only the words of the pairs are distinguished. All other words are one type, which keeps the
  // count matrix small.
  std::unordered_map<std::string, std::int32_t> types;
  std::vector<std::int32_t> type_of(static_cast<std::size_t>(corpus.vocabulary().size()), 0);
  std::vector<std::pair<std::int64_t, std::int64_t>> ids;
  const auto type = [&](const std::string& word) -> std::int64_t {
    const auto id = corpus.vocabulary().find(folded(word));
    if (id < 0) return -1;
    const auto next = static_cast<std::int32_t>(types.size() + 1);
    return type_of[static_cast<std::size_t>(id)] = types.emplace(folded(word), next).first->second;
  };
  for (const auto& [first, second] : pairs) {
    const auto a = type(first);
    ids.emplace_back(a, type(second));
  }
  IdStream stream = training_stream(corpus);
  std::vector<std::int32_t> typed(static_cast<std::size_t>(stream.tokens));
  for (std::size_t i = 0; i < typed.size(); ++i)
    typed[i] = type_of[static_cast<std::size_t>(stream.ids[i])];
  stream.ids = typed.data();
  stream.types = static_cast<std::int64_t>(types.size()) + 1;
  return ppmi_of_pairs(count_cooccurrences(stream, CountOptions{}), ids);
}

}  // namespace

json properties_result(const EmbeddingTable& table, std::int64_t vocabulary) {
  PropertyOptions options;
  options.vocabulary = vocabulary;
  const Properties found = measure_properties(table, options);
  return {{"task", "properties"},
          {"name", "properties"},
          {"used", found.words},
          {"total", found.words + found.left_out},
          {"partition_isotropy", number_or_null(found.partition_isotropy)},
          {"iso_score", number_or_null(found.iso_score)},
          {"random_cosine", number_or_null(found.random_cosine)},
          {"random_cosine_error", number_or_null(found.random_cosine_error)},
          {"mean_vector", number_or_null(found.mean_vector)},
          {"variance_first", number_or_null(found.variance_first)},
          {"variance_first_8", number_or_null(found.variance_first_8)},
          {"stable_rank", number_or_null(found.stable_rank)},
          {"rank_me", number_or_null(found.rank_me)},
          {"inverse_condition", number_or_null(found.inverse_condition)},
          {"neighbors", found.neighbors},
          {"hub_skewness", number_or_null(found.hubness.skewness)},
          {"hubs", number_or_null(found.hubness.hubs)},
          {"antihubs", number_or_null(found.hubness.antihubs)},
          {"frequency_norm", number_or_null(found.frequency.norm_correlation)},
          {"frequency_r2", number_or_null(found.frequency.r2)},
          {"frequency_neighbors", number_or_null(found.frequency.neighbor_distance)},
          {"frequency_neighbors_by_chance",
           number_or_null(found.frequency.neighbor_distance_by_chance)}};
}

ResultMetrics properties_metrics() {
  std::vector<Metric> metrics;
  for (const auto& [key, name] :
       {std::pair("partition_isotropy", "isotropy, partition function"),
        std::pair("iso_score", "IsoScore"), std::pair("random_cosine", "random cosine"),
        std::pair("mean_vector", "mean vector"),
        std::pair("variance_first", "variance in 1 direction"),
        std::pair("variance_first_8", "variance in 8 directions"),
        std::pair("stable_rank", "stable rank"), std::pair("rank_me", "RankMe"),
        std::pair("inverse_condition", "inverse condition"),
        std::pair("hub_skewness", "hubness, skewness"), std::pair("hubs", "hubs"),
        std::pair("antihubs", "antihubs"), std::pair("frequency_norm", "frequency and length"),
        std::pair("frequency_r2", "frequency, R^2"),
        std::pair("frequency_neighbors", "frequency of neighbours"),
        std::pair("frequency_neighbors_by_chance", "... by chance")})
    metrics.push_back({key, name, Better::neither});
  return {"properties", metrics};
}

BenchmarkRelatedness::BenchmarkRelatedness(const std::vector<std::string>& benchmarks,
                                           const std::string& corpus) {
  const WordNet wordnet = WordNet::load(find_wordnet());
  std::vector<WordStrings> words;
  for (const auto& path : benchmarks) {
    auto& set = sets_.emplace_back();
    set.name = benchmark_name(path);
    set.pairs = read_word_pairs(path);
    PairValues people{"people", {}};
    std::vector<WordStrings> strings;
    for (const auto& pair : set.pairs) {
      people.values.push_back(pair.score);
      strings.emplace_back(pair.first, pair.second);
    }
    set.kinds.push_back(std::move(people));
    set.kinds.push_back({"path", path_similarities(wordnet, strings)});
    set.kinds.push_back({"glosses", gloss_overlaps(wordnet, strings)});
    words.insert(words.end(), strings.begin(), strings.end());
  }
  if (corpus.empty()) return;
  const auto ppmi = ppmi_in(corpus, words);
  auto next = ppmi.begin();
  for (auto& set : sets_) {
    const auto end = next + static_cast<std::ptrdiff_t>(set.pairs.size());
    set.kinds.push_back({"ppmi", {next, end}});
    next = end;
  }
}

void BenchmarkRelatedness::add_results(const WordLookup& words, json& results) const {
  for (const auto& set : sets_) {
    const auto items = similarity_items(words, set.pairs);
    json result = {{"task", "meaning"}, {"name", set.name}};
    for (const auto& row : relatedness_table(items.cosines, set.kinds))
      result[row.name] = {
          {"spearman", number_or_null(row.spearman)}, {"used", row.used}, {"total", row.total}};
    results.push_back(std::move(result));
  }
}

}  // namespace wordbridge
