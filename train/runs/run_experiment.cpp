#include "train/runs/run_experiment.h"

#include <fmt/ranges.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/hash.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/threads.h"
#include "core/version.h"
#include "data/corpus/open_corpus.h"
#include "eval/benchmarks/item_scores.h"
#include "eval/results_table.h"
#include "eval/statistics/correlation.h"
#include "train/fitted_learner.h"
#include "train/runs/run_files.h"
#include "train/streaming_learner.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

std::unique_ptr<Learner> make_learner(const RunConfig& config, const Corpus& corpus,
                                      const RunHooks& hooks) {
  const LearnerInputs inputs = config.learner_inputs();
  switch (config.model_info().kind) {
    case LearnerKind::gradient:
      return hooks.gradient_learner(inputs, corpus);
    case LearnerKind::kernel:
      return make_streaming_learner(inputs, corpus);
    case LearnerKind::fitted:
      break;
  }
  return make_fitted_learner(inputs, corpus);
}

void write_json(const fs::path& path, const ordered_json& content) {
  write_file(path, content.dump(2) + "\n");
}

ordered_json manifest(RunConfig& config, const Corpus& corpus, const RunHooks& hooks) {
  ordered_json facts = {
      {"wordbridge", version_facts()},
      {"seed", config.seed},
      {"config_sha256", sha256(config.dump())},
      {"data", corpus.facts()},
      {"machine", {{"cpu", cpu_name()}, {"cores", available_cores()}, {"threads", threads()}}}};
  if (hooks.describe_machine) hooks.describe_machine(facts["machine"]);
  return facts;
}

/// Runs with the same identity can resume from each other's checkpoints.
nlohmann::json identity(RunConfig& config, const Corpus& corpus) {
  RunConfig bare = RunConfig::parse(config.dump(), config.name);
  bare.threads = 0;  // does not affect the results
  bare.device = "auto";
  bare.vectors = VectorFormat::text;
  bare.vectors_epochs = 0;
  bare.eval = EvalOptions();
  bare.data.cache.clear();
  bare.data.source.paths.clear();  // the stream is identified by its checksum
  return {{"config_sha256", sha256(bare.dump())},
          {"stream_sha256", corpus.facts().at("stream_sha256")},
          {"vocabulary_sha256", corpus.vocabulary().sha256()}};
}

/// Adds the perplexities of a language model to the results, and writes its token scores to a file.
void add_perplexities(Learner& learner, const RunDirectory& run, ordered_json& results) {
  const auto scores = learner.token_scores();
  if (!scores) return;
  scores->save(run.file(run_files::kTokenScores));
  for (const auto& [name, split] : {std::pair{"valid", &scores->valid}, {"test", &scores->test}}) {
    if (split->log_prob.empty()) continue;
    const Likelihood sum = likelihood(*split);
    results[fmt::format("{}_perplexity", name)] = sum.perplexity();
    results[fmt::format("{}_perplexity_seen", name)] = sum.perplexity_seen();
    log("run",
        "{} perplexity {:.2f} ({} tokens; {:.2f} over the {} tokens whose words occur in training)",
        name, sum.perplexity(), human_count(static_cast<std::uint64_t>(sum.words)),
        sum.perplexity_seen(), human_count(static_cast<std::uint64_t>(sum.words_seen)));
  }
}

/// Writes the vectors and their scores; writes empty scores for a model without vectors.
nlohmann::json write_vectors_and_scores(const RunConfig& config, Learner& learner,
                                        const RunDirectory& run) {
  nlohmann::json scores = nlohmann::json::array();
  EvalItems items;
  if (const auto table = learner.vectors()) {
    run.write_vectors(run_files::kVectors, *table);
    scores = evaluate(*table, config.eval, &items);
  }
  write_file(run.file(run_files::kEval), scores.dump(2) + "\n");
  if (!items.empty()) items.save(run.file(run_files::kEvalItems));
  if (!scores.empty()) log("eval", "\n{}", results_table({{config.name, {scores}}}, false));
  return scores;
}

/// Writes all results of the trained model, and the summary last.
void write_results(const RunConfig& config, const Corpus& corpus, Learner& learner,
                   RunDirectory& run) {
  ordered_json results = learner.results();
  add_perplexities(learner, run, results);
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

ordered_json spread_json(const std::vector<double>& values) {
  const Spread all = spread(values);
  return {{"mean", all.mean}, {"sd", all.sd}, {"runs", all.n}, {"values", values}};
}

}  // namespace

bool run_experiment(RunConfig& config, const fs::path& folder, RunDirectory::Mode mode,
                    const StopAfter& stop, const RunHooks& hooks) {
  RunDirectory::check(folder, mode);
  if (mode == RunDirectory::Mode::resume && RunDirectory::is_complete(folder)) {
    log("run", "{} is complete: nothing to do", folder.string());
    return true;
  }
  // Created before the folder, so that an invalid corpus or model neither starts a run nor
  // overwrites one.
  const Corpus corpus = open_corpus(config.seeded_data());
  const auto learner = make_learner(config, corpus, hooks);
  RunDirectory run(folder, mode);
  run.set_identity(identity(config, corpus));
  run.set_vectors(config.vectors, config.vectors_epochs);
  if (run.has_checkpoint(Checkpoint::latest)) run.restore_checkpoint(Checkpoint::latest, *learner);
  if (mode != RunDirectory::Mode::resume) write_file(run.file(run_files::kConfig), config.dump());
  write_json(run.file(run_files::kManifest), manifest(config, corpus, hooks));
  corpus.vocabulary().save(run.file(run_files::kVocabulary));
  learner->announce();
  if (!learner->train(run, stop)) {
    log("run", "stopped, checkpoint saved; resume with: wordbridge resume {}", folder.string());
    return false;
  }
  learner->finish(run);
  write_results(config, corpus, *learner, run);
  log("run", "complete: {}", folder.string());
  return true;
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
  make_folder(folder);
  write_json(folder / run_files::kSeeds, {{"seeds", seeds}, {"config", config.dump()}});
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
    for (const auto& [key, value] : summary_numbers(ordered_json::parse(read_file(summary)))) {
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
  if (mode == Mode::create && fs::exists(folder / run_files::kSeeds)) {
    throw Error("the runs already exist")
        .at("{}", folder.string())
        .hint("to continue them: wordbridge resume {}; to replace them: --overwrite",
              folder.string());
  }
  const auto part = [&](std::int64_t seed) { return seed_folder(folder, seed); };
  if (mode == Mode::create) {
    for (const auto seed : seeds) RunDirectory::check(part(seed), mode);
  }
  if (mode != Mode::resume) write_seeds(config, seeds, folder);
  for (const auto seed : seeds) {
    config.seed = seed;
    const bool started = fs::exists(part(seed) / run_files::kConfig);
    const Mode part_mode = mode == Mode::resume && !started ? Mode::create : mode;
    if (!run_experiment(config, part(seed), part_mode, stop, hooks)) {
      log("run", "including the other seeds: wordbridge resume {}", folder.string());
      return false;
    }
  }
  log("run", "mean and standard deviation over seeds {}", fmt::join(seeds, ", "));
  const ordered_json results = write_seeds_summary(config, seeds, folder);
  for (const auto& [key, result] : results.items()) {
    log("run", "  {:<40} {:>10.4g} ± {:.2g}", key, result["mean"].get<double>(),
        result["sd"].get<double>());
  }
  return true;
}

bool resume(const fs::path& folder, const StopAfter& stop, const RunHooks& hooks) {
  RunConfig config = stored_config(folder);
  const auto mode = RunDirectory::Mode::resume;
  if (!fs::exists(folder / run_files::kSeeds))
    return run_experiment(config, folder, mode, stop, hooks);
  const auto stored = ordered_json::parse(read_file(folder / run_files::kSeeds));
  return run_seeds(config, stored.at("seeds"), folder, mode, stop, hooks);
}

RunConfig stored_config(const fs::path& folder) {
  if (fs::exists(folder / run_files::kSeeds)) {
    const auto stored = ordered_json::parse(read_file(folder / run_files::kSeeds));
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
  make_learner(config, corpus, hooks)->announce();
}

}  // namespace wordbridge
