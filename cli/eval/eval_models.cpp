#include "cli/eval/eval_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

#include "cli/open_table.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "eval/neighbors/shared_vocabulary.h"
#include "eval/postprocess.h"
#include "report/comparison_json.h"
#include "report/report.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t kDifferencesShown = 10;

EmbeddingTable load_for(const EvalModel::Seed& seed, const EvalNeeds& needs) {
  const auto start = std::chrono::steady_clock::now();
  const auto table = load_table(seed.path, needs.limit, needs.tensor);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  log("eval", "{}: {} x {}, read in {:.2f} s", seed.path, counted(table.size(), "word"),
      table.dim(), seconds.count());
  return table;
}

/// Scores of w + c, distinguished from those of w by `postprocess`.
json context_results(const EmbeddingTable& table, const EmbeddingTable& contexts,
                     const Evaluator& evaluator) {
  auto results = evaluator.evaluate(add_contexts(table, contexts));
  for (auto& result : results) {
    const auto steps = result.value("postprocess", "");
    result["postprocess"] = steps.empty() ? "w + c" : "w + c, " + steps;
  }
  return results;
}

/// All tables, reduced to the words that they share.
std::vector<EmbeddingTable> load_shared(const std::vector<EvalModel>& models,
                                        const EvalNeeds& needs) {
  std::vector<EmbeddingTable> tables;
  for (const auto& model : models)
    for (const auto& seed : model.seeds) tables.push_back(load_for(seed, needs));
  return with_shared_words(tables);
}

ordered_json pair_json(const RankedPair& pair) {
  return {{"word1", pair.first},
          {"word2", pair.second},
          {"people", pair.people},
          {"first", pair.model_a},
          {"second", pair.model_b}};
}

ordered_json word_json(const WordGain& word) {
  return {{"word", word.word}, {"items", word.items}, {"gain", word.gain_of_b}};
}

template <class Item, class ToJson>
ordered_json list_json(const std::vector<Item>& items, const ToJson& to_json) {
  ordered_json list = ordered_json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  return list;
}

ordered_json section_json(const AnalogyDifferences::Section& section) {
  return {{"name", section.name},
          {"used", section.used},
          {"only_first", section.only_a},
          {"only_second", section.only_b}};
}

ordered_json benchmark_json(const ModelComparison::Benchmark& benchmark) {
  ordered_json content;
  if (const auto* pairs = std::get_if<SimilarityDifferences>(&benchmark.found)) {
    content = {{"task", "similarity"},
               {"name", benchmark.name},
               {"second_better", list_json(pairs->b_better, pair_json)},
               {"first_better", list_json(pairs->a_better, pair_json)}};
  } else {
    content = {{"task", "analogy"},
               {"name", benchmark.name},
               {"sections",
                list_json(std::get<AnalogyDifferences>(benchmark.found).sections, section_json)}};
  }
  std::visit(
      [&](const auto& found) {
        content["words_second_better"] = list_json(found.words_b_better, word_json);
        content["words_first_better"] = list_json(found.words_a_better, word_json);
      },
      benchmark.found);
  return content;
}

/// Items on which the first seeds of two models differ most. Reads the benchmark files again for
/// their words.
std::vector<ModelComparison::Benchmark> differences_of(const EvalModel& a, const EvalModel& b,
                                                       const EvalOptions& options) {
  std::vector<ModelComparison::Benchmark> all;
  const EvalItems &items_a = a.seeds.front().items, &items_b = b.seeds.front().items;
  const auto& similarity = options.files.at("similarity");
  for (std::size_t i = 0; i < similarity.size(); ++i)
    all.push_back({items_a.similarity[i].name,
                   similarity_differences(read_word_pairs(resolve_dataset_path(similarity[i])),
                                          items_a.similarity[i].items, items_b.similarity[i].items,
                                          kDifferencesShown)});
  const auto& analogy = options.files.at("analogy");
  for (std::size_t i = 0; i < analogy.size(); ++i)
    all.push_back({items_a.analogy[i].name,
                   analogy_differences(read_analogies(resolve_dataset_path(analogy[i])),
                                       items_a.analogy[i].items, items_b.analogy[i].items,
                                       kDifferencesShown)});
  return all;
}

/// The path, or a variant of it that differs from the keys of `all` and of other results.
std::string unused_key(const ordered_json& all, const std::string& path) {
  const bool is_other = path == "policies" || path == "comparison" || path == "overlap";
  const std::string start = with_escaped_bytes(is_other ? "./" + path : path);
  std::string key = start;
  for (int time = 2; all.contains(key); ++time) key = fmt::format("{} ({})", start, time);
  return key;
}

}  // namespace

std::vector<EvalModel> models_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> plain;
  for (const auto& argument : arguments) {
    const auto [name, path] = named_path(argument);
    if (name.empty()) plain.push_back(path);
  }
  const auto plain_labels = labels(plain);
  std::vector<EvalModel> models;
  std::size_t next = 0;
  for (const auto& argument : arguments) {
    const auto [name, path] = named_path(argument);
    if (name.empty() || std::count(plain_labels.begin(), plain_labels.end(), name) == 0) continue;
    throw UsageError("two models have the same name")
        .at("{}", argument)
        .got("{}, which is also the name of a file without NAME=", name);
  }
  for (const auto& argument : arguments) {
    const auto [name, path] = named_path(argument);
    const auto is_same = [&, key = &name](const EvalModel& model) { return model.label == *key; };
    auto model = name.empty() ? models.end() : std::find_if(models.begin(), models.end(), is_same);
    if (model == models.end())
      model = models.insert(model, {name.empty() ? plain_labels[next++] : name, {}, {}});
    model->seeds.emplace_back().path = path;
  }
  return models;
}

void evaluate_models(std::vector<EvalModel>& models, const EvalOptions& options,
                     const EvalNeeds& needs) {
  std::optional<EmbeddingTable> contexts;
  if (!needs.contexts.empty()) {
    if (models.size() > 1 || models.front().seeds.size() > 1)
      throw UsageError("contexts are added to the vectors of one model")
          .expected("a single VECTORS with --contexts")
          .got("{}", models.size() > 1 ? models[1].label : models.front().seeds[1].path);
    contexts = load_table(needs.contexts);
  }
  std::vector<EmbeddingTable> shared;
  if (needs.shared_vocabulary) shared = load_shared(models, needs);
  const Evaluator evaluator(options);
  std::size_t next = 0;
  for (auto& model : models) {
    for (auto& seed : model.seeds) {
      const EmbeddingTable table = needs.shared_vocabulary ? shared[next++] : load_for(seed, needs);
      seed.origin = table.origin();
      seed.words = table.size();
      seed.dim = table.dim();
      seed.results = evaluator.evaluate(table, needs.keep_items ? &seed.items : nullptr);
      if (contexts) {
        for (auto& result : context_results(table, *contexts, evaluator))
          seed.results.push_back(std::move(result));
      }
      if (needs.keep_tables) model.tables.push_back(table);
    }
  }
}

std::vector<ResultsColumn> columns_of(const std::vector<EvalModel>& models) {
  std::vector<ResultsColumn> columns;
  for (const auto& model : models) {
    auto& column = columns.emplace_back(ResultsColumn{model.label, {}});
    for (const auto& seed : model.seeds) column.results.push_back(seed.results);
  }
  return columns;
}

ordered_json models_json(const std::vector<EvalModel>& models) {
  ordered_json all = ordered_json::object();
  for (const auto& model : models) {
    for (const auto& seed : model.seeds)
      all[unused_key(all, seed.path)] = {{"model", model.label},  {"path", seed.path},
                                         {"words", seed.words},   {"dim", seed.dim},
                                         {"origin", seed.origin}, {"scores", seed.results}};
  }
  return all;
}

ModelComparison compare_models(const std::vector<EvalModel>& models, const EvalOptions& options) {
  ComparisonOptions policies;
  policies.all_pairs = true;
  if (options.resamples > 0) policies.bootstrap.resamples = options.resamples;
  ModelComparison comparison;
  comparison.options = policies.bootstrap;
  std::vector<RunEvidence> evidence;
  for (const auto& model : models) {
    auto& entry = evidence.emplace_back();
    entry.label = model.label;
    entry.path = model.seeds.front().path;
    entry.no_tokens = "vectors have no token scores";
    entry.seeds = model.seeds.size();
    for (const auto& seed : model.seeds) entry.items.push_back(seed.items);
    comparison.labels.push_back(model.label);
  }
  comparison.tests = paired_tests(evidence, policies);
  for (const auto& [first, second] : pairs_of(models.size(), true))
    comparison.differ.push_back(
        {first, second, differences_of(models[first], models[second], options)});
  return comparison;
}

ordered_json to_json(const ModelComparison& comparison) {
  const auto label_json = [](const std::string& label) { return ordered_json{{"label", label}}; };
  const auto pair_of_models = [](const ModelComparison::Pair& pair) {
    return ordered_json{{"first", pair.first},
                        {"second", pair.second},
                        {"benchmarks", list_json(pair.benchmarks, benchmark_json)}};
  };
  ordered_json content = {
      {"runs", list_json(comparison.labels, label_json)},
      {"options",
       {{"resamples", comparison.options.resamples}, {"seed", comparison.options.seed}}}};
  content.update(to_json(comparison.tests));
  content["differ"] = list_json(comparison.differ, pair_of_models);
  return content;
}

ModelOverlap overlap_of(const std::vector<EvalModel>& models, std::int64_t k, std::int64_t words) {
  std::vector<EmbeddingTable> tables;
  std::vector<std::string> names;
  for (const auto& model : models) {
    for (std::size_t seed = 0; seed < model.tables.size(); ++seed) {
      tables.push_back(model.tables[seed]);
      names.push_back(model.tables.size() > 1 ? fmt::format("{} {}", model.label, seed + 1)
                                              : model.label);
    }
  }
  return {names, neighborhood_overlap(tables, k, words)};
}

ordered_json to_json(const ModelOverlap& found) {
  return {{"k", found.overlap.k},
          {"words", found.overlap.words},
          {"chance", found.overlap.chance},
          {"names", found.names},
          {"share", found.overlap.share}};
}

std::string evaluation_page(const std::vector<EvalModel>& models) {
  ReportSection section{"Evaluation", {}};
  for (const auto& model : models) {
    auto& run = section.runs.emplace_back();
    run.label = model.label;
    run.path = run.vectors = model.seeds.front().path;
    run.table = model.tables.front();
    for (std::size_t i = 0; i < model.seeds.size(); ++i) {
      auto& seed = run.seeds.emplace_back();
      seed.seed = static_cast<std::int64_t>(i) + 1;
      seed.results = ordered_json::object();
      seed.scores = model.seeds[i].results;
    }
  }
  ReportOptions options;
  options.title = "Evaluation of word vectors";
  return report_page(report_content({section}, options));
}

}  // namespace wordbridge
