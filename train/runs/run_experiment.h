#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "train/learner.h"
#include "train/runs/run_config.h"
#include "train/runs/run_directory.h"

namespace wordbridge {

/// What a run needs from libraries that train/runs does not know.
struct RunHooks {
  /// Learner of a model trained by gradients (LibTorch).
  std::function<std::unique_ptr<Learner>(const LearnerInputs&, const Corpus&)> gradient_learner;
  /// The model of such a learner's checkpoint.
  std::function<std::shared_ptr<const LanguageModel>(const LearnerInputs&, const Vocabulary&,
                                                     std::int32_t start,
                                                     const std::filesystem::path& checkpoint)>
      gradient_language_model;
  /// More facts for the manifest (LibTorch's version, BLAS, device).
  std::function<void(nlohmann::ordered_json& manifest)> describe_machine;
};

/// Trains what the configuration says into the folder, or goes on with what is there, then writes
/// vectors, evaluation and summary. False: stopped early, with everything saved.
bool run_experiment(RunConfig& config, const std::filesystem::path& folder, RunDirectory::Mode mode,
                    const StopAfter& stop, const RunHooks& hooks);

/// Several seeds, each in folder/seed-N; then folder/summary.json with each number's mean and
/// sample standard deviation. folder/seeds.json says what is to be done, so that resume() finds it.
bool run_seeds(RunConfig& config, const std::vector<std::int64_t>& seeds,
               const std::filesystem::path& folder, RunDirectory::Mode mode, const StopAfter& stop,
               const RunHooks& hooks);

/// The parts of it, for those who run the seeds themselves: folder/seeds.json before the runs,
/// which are in seed_folder(), and folder/summary.json when all are complete, whose "results" it
/// gives.
void write_seeds(RunConfig& config, const std::vector<std::int64_t>& seeds,
                 const std::filesystem::path& folder);
std::filesystem::path seed_folder(const std::filesystem::path& folder, std::int64_t seed);
nlohmann::ordered_json write_seeds_summary(const RunConfig& config,
                                           const std::vector<std::int64_t>& seeds,
                                           const std::filesystem::path& folder);

/// The numbers of a run's summary.json, flattened: "test_perplexity", "similarity EN-RG-65
/// spearman", ...; what is undefined is left out.
std::vector<std::pair<std::string, double>> summary_numbers(const nlohmann::ordered_json& summary);

/// Goes on with the run, or the runs of several seeds, in the folder; what is complete is not run
/// again. False: stopped early.
bool resume(const std::filesystem::path& folder, const StopAfter& stop, const RunHooks& hooks);

/// The configuration of the run or runs in a folder. Error if there is none.
RunConfig stored_config(const std::filesystem::path& folder);

/// What would be done: data, model, memory, time; nothing is written but the corpus cache.
void dry_run(RunConfig& config, const RunHooks& hooks);

}  // namespace wordbridge
