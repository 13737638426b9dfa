#include "report/comparison_json.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/json.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

template <class Item, class ToJson>
ordered_json list_json(const std::vector<Item>& items, const ToJson& item_json) {
  ordered_json list = ordered_json::array();
  for (const auto& item : items) list.push_back(ordered_json(item_json(item)));
  return list;
}

ordered_json test_json(const PairedTest& test) {
  ordered_json json = {{"score", test.score},
                       {"kind", test.kind},
                       {"better", test.better == Better::lower ? "lower" : "higher"},
                       {"first", test.first},
                       {"second", test.second},
                       {"first_value", number_or_null(test.first_value)},
                       {"second_value", number_or_null(test.second_value)},
                       {"difference", number_or_null(test.test.difference)},
                       {"low", number_or_null(test.test.low)},
                       {"high", number_or_null(test.test.high)},
                       {"p", number_or_null(test.test.p)},
                       {"p_holm", number_or_null(test.p_holm)},
                       {"items", test.test.items},
                       {"total", test.total},
                       {"resamples", test.test.resamples}};
  if (test.perplexity) {
    json["block"] = test.perplexity->block;
    json["ratio"] = number_or_null(test.perplexity->ratio);
    json["ratio_low"] = number_or_null(test.perplexity->ratio_low);
    json["ratio_high"] = number_or_null(test.perplexity->ratio_high);
  }
  if (test.steiger) {
    json["steiger_z"] = number_or_null(test.steiger->z);
    json["steiger_p"] = number_or_null(test.steiger->p);
  }
  return json;
}

ordered_json refusal_json(const NotCompared& pair) {
  return {{"first", pair.first}, {"second", pair.second}, {"what", pair.what}, {"why", pair.why}};
}

ordered_json run_json(const RunComparison::Run& run) {
  return {{"label", run.label},
          {"path", run.path},
          {"model", run.model},
          {"seeds", run.seeds},
          {"missing", run.missing}};
}

ordered_json fact_json(const RunComparison::Fact& fact) {
  const auto value_json = [](const std::optional<std::string>& value) {
    return value ? ordered_json(*value) : ordered_json(nullptr);
  };
  return {{"key", fact.key}, {"values", list_json(fact.values, value_json)}};
}

ordered_json cell_json(const std::optional<RunComparison::Cell>& cell) {
  if (!cell) return nullptr;
  ordered_json json = {
      {"mean", number_or_null(cell->mean)}, {"sd", number_or_null(cell->sd)}, {"n", cell->n}};
  if (cell->total >= 0) {
    json["used"] = cell->used;
    json["total"] = cell->total;
  }
  return json;
}

ordered_json score_json(const RunComparison::Score& score) {
  return {{"name", score.name},
          {"cells", list_json(score.cells, cell_json)},
          {"differences", list_json(score.differences, number_or_null)}};
}

ordered_json word_json(const WordDifference& word) {
  return {{"word", word.word}, {"count", word.count}, {"nats", word.nats}};
}

ordered_json words_json(const WordDifferences& words) {
  ordered_json json = {{"first", words.first}, {"second", words.second}};
  if (!words.why.empty()) {
    json["why"] = words.why;
    return json;
  }
  json["lost"] = list_json(words.lost, word_json);
  json["gained"] = list_json(words.gained, word_json);
  return json;
}

}  // namespace

ordered_json to_json(const PairedTests& found) {
  return {{"tests", list_json(found.tests, test_json)},
          {"not_compared", list_json(found.not_compared, refusal_json)},
          {"notes", found.notes}};
}

ordered_json to_json(const RunComparison& comparison) {
  const auto& options = comparison.options;
  ordered_json json = {{"runs", list_json(comparison.runs, run_json)},
                       {"options",
                        {{"resamples", options.bootstrap.resamples},
                         {"seed", options.bootstrap.seed},
                         {"block", options.bootstrap.block},
                         {"split", name_of(held_out_names(), options.split)},
                         {"seen", options.seen}}},
                       {"configuration", list_json(comparison.configuration, fact_json)},
                       {"origin", list_json(comparison.origin, fact_json)},
                       {"scores", list_json(comparison.scores, score_json)}};
  json.update(to_json(comparison.tests));
  if (options.words > 0) json["words"] = list_json(comparison.words, words_json);
  return json;
}

}  // namespace wordbridge
