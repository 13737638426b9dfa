#include "train/runs/run_experiment.h"

#include <fmt/chrono.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/io/hash.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "core/version.h"
#include "data/corpus/corpus_source.h"
#include "data/corpus/open_corpus.h"
#include "data/counts/count_options.h"
#include "data/counts/read_counts.h"
#include "eval/benchmarks/item_scores.h"
#include "eval/results_table.h"
#include "eval/statistics/correlation.h"
#include "kernels/simd/target.h"
#include "train/fitted_learner.h"
#include "train/runs/data_check.h"
#include "train/runs/run_files.h"
#include "train/runs/run_identity.h"
#include "train/runs/run_inputs.h"
#include "train/runs/run_processes.h"
#include "train/runs/tensorboard_log.h"
#include "train/streaming_learner.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

/// Standard input can't be opened twice.
bool reads_standard_input(const RunConfig& config) {
  const auto& paths = config.data.source.paths;
  return std::find(paths.begin(), paths.end(), "-") != paths.end();
}

/// Error if a file of the text does not exist.
void check_text_exists(const RunConfig& config) {
  if (!reads_standard_input(config)) open_corpus_source(config.seeded_data().source);
}

void write_json(const fs::path& path, const ordered_json& content) {
  write_file(path, json_text(content, 2) + "\n");
}

/// When the first command of the run began, UTC: "2026-12-01T03:56:07Z".
std::string start_time(const fs::path& folder, bool resumed) {
  if (resumed && fs::exists(folder / run_files::kManifest)) {
    const ordered_json stored = read_json_file(folder / run_files::kManifest);
    if (stored.is_object() && stored.contains("started")) return stored.at("started");
  }
  return fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
}

ordered_json manifest(RunConfig& config, const Corpus& corpus, const RunHooks& hooks) {
  ordered_json facts = {{"wordbridge", version_facts()},
                        {"seed", config.seed},
                        {"config_sha256", sha256(config.dump())},
                        {"data", corpus.facts()},
                        {"machine",
                         {{"cpu", cpu_name()},
                          {"simd", simd_target()},
                          {"cores", available_cores()},
                          {"threads", threads()}}}};
  const CountOptions* const counts = config.chosen_model_options().counted_contexts();
  if (counts != nullptr && !counts->file.empty()) facts["counts"] = counts_inputs(*counts);
  for (const auto& [key, path, sum] : run_inputs(config))
    facts["inputs"].push_back({{"key", key}, {"path", path}, {"sha256", sum}});
  if (hooks.describe_machine) hooks.describe_machine(facts["machine"]);
  return facts;
}

/// Error if a setting names the run that will be replaced, or one of its files.
void check_not_input(const FieldGroup& group, const std::string& prefix, const fs::path& folder) {
  const auto check = [&](const std::string& key, const std::string& value) {
    std::error_code code;
    if (value.empty() || !fs::exists(value, code)) return;
    std::vector<fs::path> replaced = RunDirectory::files(folder);
    replaced.push_back(folder);
    for (const auto& path : replaced) {
      if (!fs::exists(path, code) || !fs::equivalent(path, value, code)) continue;
      throw Error("--overwrite would delete an input of the run")
          .at("{}{}", prefix, key)
          .expected("a file outside {}", folder.string())
          .got("{}", value)
          .hint("train into another folder (--out)");
    }
  };
  for (const auto& field : group.fields) {
    if (!field.choices.empty()) continue;
    if (const auto* const text = std::get_if<std::string*>(&field.value)) check(field.name, **text);
    if (const auto* const list = std::get_if<std::vector<std::string>*>(&field.value))
      for (const auto& text : **list) check(field.name, text);
  }
  for (const auto& inner : group.groups) check_not_input(inner, prefix + inner.name + ".", folder);
}

/// RunDirectory::check(). If there is a run already, a text that does not exist is told first:
/// without --out, the folder is often that of an earlier run.
void check_folder(RunConfig& config, const fs::path& folder, RunDirectory::Mode mode) {
  try {
    RunDirectory::check(folder, mode);
  } catch (const Error&) {
    check_text_exists(config);
    throw;
  }
  if (mode != RunDirectory::Mode::overwrite) return;
  for (const auto& section : config.describe(true).groups)
    check_not_input(section, section.name + ".", folder);
}

/// Says so if data.split asks for a split and the text is too short for it.
void warn_of_empty_split(const Corpus& corpus, const char* name) {
  const auto& split = corpus.facts().at("options").at("split");
  if (split.at("by") == "files" || split.at(name) == 0.0) return;
  warn("no {0} perplexity: the split is empty (data.split.{0}: {1} of {2} tokens)", name,
       split.at(name).dump(), human_count(static_cast<std::uint64_t>(corpus.tokens())));
}

/// Adds the perplexities of a language model to the results, and writes its token scores to a file.
void add_perplexities(Learner& learner, const Corpus& corpus, const RunDirectory& run,
                      ordered_json& results) {
  const auto scores = learner.token_scores();
  if (!scores) return;
  scores->save(run.file(run_files::kTokenScores));
  for (const auto& [name, split] : {std::pair{"valid", &scores->valid}, {"test", &scores->test}}) {
    if (split->log_prob.empty()) {
      warn_of_empty_split(corpus, name);
      continue;
    }
    const Likelihood sum = likelihood(*split);
    results[fmt::format("{}_perplexity", name)] = number_or_null(sum.perplexity());
    results[fmt::format("{}_perplexity_seen", name)] = number_or_null(sum.perplexity_seen());
    const std::string seen =
        sum.words_seen == 0 ? "none of its words occurs in training"
                            : fmt::format("{:.2f} over the {} tokens whose words occur in training",
                                          sum.perplexity_seen(),
                                          human_count(static_cast<std::uint64_t>(sum.words_seen)));
    log("run", "{} perplexity {:.2f} ({} tokens; {})", name, sum.perplexity(),
        human_count(static_cast<std::uint64_t>(sum.words)), seen);
  }
}

/// Writes the vectors and their scores; writes empty scores for a model without vectors.
nlohmann::json write_vectors_and_scores(const RunConfig& config, Learner& learner,
                                        const RunDirectory& run) {
  nlohmann::json scores = nlohmann::json::array();
  EvalItems items;
  if (const auto table = learner.vectors()) {
    run.write_vectors(run_files::kVectors, *table);
    if (config.tensorboard) write_projector(*table, run.file(run_files::kTensorboard));
    scores = evaluate(*table, config.eval, &items);
  }
  write_file(run.file(run_files::kEval), json_text(scores, 2) + "\n");
  if (!items.empty()) items.save(run.file(run_files::kEvalItems));
  if (!scores.empty()) log("eval", "\n{}", results_table({{config.name, {scores}}}, false));
  return scores;
}

/// Writes all results of the trained model, and the summary last.
void write_results(const RunConfig& config, const Corpus& corpus, Learner& learner,
                   RunDirectory& run) {
  ordered_json results = learner.results();
  add_perplexities(learner, corpus, run, results);
  ordered_json line = {{"final", true}};
  line.update(results);
  run.metrics(line);
  const nlohmann::json scores = write_vectors_and_scores(config, learner, run);
  write_json(run.file(run_files::kSummary), {{"name", config.name},
                                             {"model", config.model},
                                             {"seed", config.seed},
                                             {"words", corpus.vocabulary().size()},
                                             {"results", results},
                                             {"eval", scores}});
}

/// Trains to the end or to `stop`, after `describe` has written what describes the run. A new run
/// that fails before its first checkpoint leaves nothing.
bool train(Learner& learner, RunDirectory& run, RunDirectory::Mode mode, const StopAfter& stop,
           const std::function<void()>& describe) {
  try {
    describe();
    learner.announce();
    return learner.train(run, stop);
  } catch (const Interrupted&) {
    throw;  // `resume` begins again
  } catch (const Error&) {
    if (mode != RunDirectory::Mode::resume && !run.has_checkpoint(Checkpoint::latest))
      run.discard();
    throw;
  }
}

/// Says so if the whole training took longer than its budget, as on a machine that became slower.
void warn_of_overrun(const std::string& budget, double seconds) {
  if (budget.empty() || seconds <= parse_duration(budget).value()) return;
  warn("training took {}, longer than train.budget: {}", human_duration(seconds), budget);
}

/// Removes the list of seeds if no seed has a run.
void discard_seeds(const std::vector<std::int64_t>& seeds, const fs::path& folder) {
  for (const auto seed : seeds)
    if (fs::exists(seed_folder(folder, seed))) return;
  std::error_code not_empty;
  fs::remove(folder / run_files::kSeeds);
  fs::remove(folder, not_empty);
}

ordered_json spread_json(const std::vector<double>& values) {
  const Spread all = spread(values);
  return {{"mean", all.mean}, {"sd", all.sd}, {"runs", all.n}, {"values", values}};
}

void write_seeds_file(const std::string& config, const std::vector<std::int64_t>& seeds,
                      const fs::path& folder) {
  make_folder(folder);
  write_json(folder / run_files::kSeeds, {{"seeds", seeds}, {"config", config}});
}

/// run_experiment(), which calls `begin` just before it writes or removes the first file.
bool run_experiment(RunConfig& config, const fs::path& folder, RunDirectory::Mode mode,
                    const StopAfter& stop, const RunHooks& hooks,
                    const std::function<void()>& begin) {
  if (hooks.processes != nullptr && !hooks.processes->first()) return follow(stop, hooks);
  check_folder(config, folder, mode);
  const bool resumed = mode == RunDirectory::Mode::resume;
  if (resumed && RunDirectory::is_complete(folder)) {
    lead_nothing(hooks.processes);
    log("run", "{} is complete: nothing to do", folder.string());
    return true;
  }
  choose_shards(config, resumed, hooks.processes);
  // Created before the folder, so that an invalid corpus or model neither starts a run nor
  // overwrites one.
  const Corpus corpus = open_corpus(config.seeded_data());
  if (resumed) config.fits_budget = true;  // by the run's first command
  const bool chose = !choose_settings(config, corpus, hooks).reasons().empty();
  const nlohmann::json own_identity = run_identity(config, corpus);
  ordered_json own_manifest = manifest(config, corpus, hooks);
  own_manifest["started"] = start_time(folder, resumed);
  if (hooks.check_manifest) hooks.check_manifest(own_manifest);
  lead(config, own_identity, hooks.processes);
  const auto learner = make_learner(config, corpus, hooks);
  begin();
  RunDirectory run(folder, mode);
  run.set_identity(own_identity);
  run.set_vectors(config.vectors, config.vectors_epochs);
  const bool has_checkpoint = run.has_checkpoint(Checkpoint::latest);
  if (has_checkpoint) {
    check_same_data(run.file(run_files::kManifest), corpus);
    run.restore_checkpoint(Checkpoint::latest, *learner);
  }
  if (config.tensorboard) run.write_tensorboard();
  share_state(has_checkpoint ? learner.get() : nullptr, hooks.processes);
  const auto describe = [&] {
    if (!resumed || chose) write_file(run.file(run_files::kConfig), config.dump());
    write_json(run.file(run_files::kManifest), own_manifest);
    corpus.vocabulary().save(run.file(run_files::kVocabulary));
  };
  const Progress clock("train", 0, "");
  if (!train(*learner, run, mode, stop, describe)) {
    log("run", "stopped; resume with: wordbridge resume {}", folder.string());
    return false;
  }
  if (!resumed) warn_of_overrun(config.train.budget, clock.seconds());
  learner->finish(run);
  write_results(config, corpus, *learner, run);
  log("run", "complete: {}", folder.string());
  return true;
}

}  // namespace

bool run_experiment(RunConfig& config, const fs::path& folder, RunDirectory::Mode mode,
                    const StopAfter& stop, const RunHooks& hooks) {
  return run_experiment(config, folder, mode, stop, hooks, [] {});
}

std::vector<std::pair<std::string, double>> summary_numbers(const ordered_json& summary) {
  std::vector<std::pair<std::string, double>> found;
  for (const auto& [key, value] : summary.at("results").items()) {
    if (value.is_number()) found.emplace_back(key, value.get<double>());
  }
  std::map<std::string, int> seen;
  for (const auto& score : summary.at("eval")) {
    if (!score.contains("task") || !score.contains("name")) continue;
    auto benchmark = fmt::format("{} {}", score.at("task").get<std::string>(),
                                 score.at("name").get<std::string>());
    // Files of the same name in different folders are different benchmarks.
    if (const int before = seen[benchmark]++) benchmark += fmt::format(" ({})", before + 1);
    for (const auto& [key, value] : score.items()) {
      if (value.is_number_float()) found.emplace_back(benchmark + " " + key, value.get<double>());
    }
  }
  return found;
}

void write_seeds(RunConfig& config, const std::vector<std::int64_t>& seeds,
                 const fs::path& folder) {
  write_seeds_file(config.dump(), seeds, folder);
}

fs::path seed_folder(const fs::path& folder, std::int64_t seed) {
  return folder / fmt::format("seed-{}", seed);
}

ordered_json write_seeds_summary(const RunConfig& config, const std::vector<std::int64_t>& seeds,
                                 const fs::path& folder) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<double>> values;
  for (const auto seed : seeds) {
    const fs::path summary = seed_folder(folder, seed) / run_files::kSummary;
    for (const auto& [key, value] : summary_numbers(read_json_file(summary))) {
      if (values.count(key) == 0) order.push_back(key);
      values[key].push_back(value);
    }
  }
  ordered_json results = ordered_json::object();
  for (const auto& key : order) results[key] = spread_json(values[key]);
  write_json(
      folder / run_files::kSummary,
      {{"name", config.name}, {"model", config.model}, {"seeds", seeds}, {"results", results}});
  return results;
}

bool run_seeds(RunConfig& config, const std::vector<std::int64_t>& seeds, const fs::path& folder,
               RunDirectory::Mode mode, const StopAfter& stop, const RunHooks& hooks) {
  using Mode = RunDirectory::Mode;
  if (hooks.processes != nullptr)
    throw Error("several seeds can't be trained by several processes together")
        .hint("train one seed after the other, or use `wordbridge sweep`");
  if (mode == Mode::create && fs::exists(folder / run_files::kSeeds)) {
    check_text_exists(config);
    throw Error("the runs already exist")
        .at("{}", folder.string())
        .hint("to continue them: wordbridge resume {}; to replace them: --overwrite",
              folder.string());
  }
  const auto part = [&](std::int64_t seed) { return seed_folder(folder, seed); };
  const std::set<std::int64_t> different(seeds.begin(), seeds.end());
  if (different.size() < seeds.size())
    throw Error("a seed is repeated").got("seeds {}", fmt::join(seeds, ", "));
  if (mode != Mode::resume) {
    for (const auto seed : seeds) check_folder(config, part(seed), mode);
  }
  remove_dead_temporaries(folder);
  // Once, so that all seeds have the same settings, also with a budget.
  if (mode != Mode::resume && !reads_standard_input(config))
    choose_settings(config, open_corpus(config.seeded_data()), hooks);
  const std::string chosen = config.dump();
  bool begun = mode == Mode::resume;
  // All runs are removed before the first one is trained, so that no run of an earlier
  // configuration is among the others when they are resumed.
  const auto begin = [&] {
    if (begun) return;
    begun = true;
    if (mode == Mode::overwrite) {
      fs::remove(folder / run_files::kSummary);
      for (const auto seed : seeds)
        if (fs::exists(part(seed) / run_files::kConfig))
          RunDirectory(part(seed), Mode::overwrite).discard();
    }
    write_seeds_file(chosen, seeds, folder);
  };
  for (const auto seed : seeds) {
    config.seed = seed;
    const bool started = fs::exists(part(seed) / run_files::kConfig);
    const Mode part_mode = mode == Mode::resume && !started ? Mode::create : mode;
    try {
      if (run_experiment(config, part(seed), part_mode, stop, hooks, begin)) continue;
    } catch (const Error&) {
      if (mode != Mode::resume) discard_seeds(seeds, folder);
      throw;
    }
    log("run", "including the other seeds: wordbridge resume {}", folder.string());
    return false;
  }
  log("run", "mean and standard deviation over seeds {}", fmt::join(seeds, ", "));
  const ordered_json results = write_seeds_summary(config, seeds, folder);
  for (const auto& [key, result] : results.items()) {
    const double sd = result["sd"].get<double>();  // undefined for a single seed
    log("run", "  {:<40} {:>10.4g}{}", key, result["mean"].get<double>(),
        std::isfinite(sd) ? fmt::format(" ± {:.2g}", sd) : "");
  }
  return true;
}

bool resume(const fs::path& folder, const StopAfter& stop, const RunHooks& hooks) {
  RunConfig config = stored_config(folder);
  const auto mode = RunDirectory::Mode::resume;
  if (!fs::exists(folder / run_files::kSeeds))
    return run_experiment(config, folder, mode, stop, hooks);
  const auto stored = read_json_file(folder / run_files::kSeeds);
  return run_seeds(config, stored.at("seeds"), folder, mode, stop, hooks);
}

RunConfig stored_config(const fs::path& folder) {
  if (fs::exists(folder / run_files::kSeeds)) {
    const auto stored = read_json_file(folder / run_files::kSeeds);
    return RunConfig::parse(stored.at("config"), (folder / run_files::kSeeds).string());
  }
  if (fs::exists(folder / run_files::kConfig))
    return RunConfig::load(folder / run_files::kConfig, {});
  throw Error("no run to resume")
      .at("{}", folder.string())
      .expected("a folder written by `wordbridge train`, with its config.yaml");
}

void dry_run(RunConfig& config, const RunHooks& hooks) {
  const Corpus corpus = open_corpus(config.seeded_data());
  choose_settings(config, corpus, hooks);
  const auto learner = make_learner(config, corpus, hooks);
  learner->announce();
  if (config.model_info().kind != LearnerKind::kernel) return;  // others have said it
  log("train", "training takes about {}",
      human_duration(learner->seconds_per_epoch() * *config.train.epochs));
}

std::string explain(RunConfig& config, const RunHooks& hooks) {
  ChosenSettings chosen = config.chosen_by_model;
  try {
    if (!reads_standard_input(config))
      chosen = choose_settings(config, open_corpus(config.seeded_data()), hooks);
  } catch (const Error& error) {
    warn("the settings `auto` are chosen when the text is read: {}", in_one_line(error.what()));
  }
  return config.dump(true, chosen);
}

}  // namespace wordbridge
