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

/// Functions that a run needs from libraries that train/runs does not depend on.
struct RunHooks {
  /// Creates the learner of a model trained by gradients (LibTorch).
  std::function<std::unique_ptr<Learner>(const LearnerInputs&, const Corpus&)> gradient_learner;
  /// Loads the model from a checkpoint of such a learner.
  std::function<std::shared_ptr<const LanguageModel>(const LearnerInputs&, const Vocabulary&,
                                                     std::int32_t start,
                                                     const std::filesystem::path& checkpoint)>
      gradient_language_model;
  /// Adds facts to the manifest (version of LibTorch, BLAS, device).
  std::function<void(nlohmann::ordered_json& manifest)> describe_machine;
};

/// Trains the model of the configuration in the folder, or resumes the run there, then writes
/// vectors, evaluation and summary. Returns false if stopped early, with everything saved.
bool run_experiment(RunConfig& config, const std::filesystem::path& folder, RunDirectory::Mode mode,
                    const StopAfter& stop, const RunHooks& hooks);

/// Trains several seeds, each in folder/seed-N, then writes folder/summary.json with the mean and
/// sample standard deviation of each number. folder/seeds.json lists the seeds, for resume().
bool run_seeds(RunConfig& config, const std::vector<std::int64_t>& seeds,
               const std::filesystem::path& folder, RunDirectory::Mode mode, const StopAfter& stop,
               const RunHooks& hooks);

/// The parts of run_seeds(), for callers that run the seeds themselves. write_seeds() writes
/// folder/seeds.json before the runs, which are in seed_folder(). write_seeds_summary() writes
/// folder/summary.json when all are complete, and returns its "results".
void write_seeds(RunConfig& config, const std::vector<std::int64_t>& seeds,
                 const std::filesystem::path& folder);
std::filesystem::path seed_folder(const std::filesystem::path& folder, std::int64_t seed);
nlohmann::ordered_json write_seeds_summary(const RunConfig& config,
                                           const std::vector<std::int64_t>& seeds,
                                           const std::filesystem::path& folder);

/// The numbers of a run's summary.json, flattened: "test_perplexity", "similarity EN-RG-65
/// spearman", ...; undefined ones are omitted.
std::vector<std::pair<std::string, double>> summary_numbers(const nlohmann::ordered_json& summary);

/// Resumes the run, or the runs of several seeds, in the folder. Complete runs are not trained
/// again. Returns false if stopped early.
bool resume(const std::filesystem::path& folder, const StopAfter& stop, const RunHooks& hooks);

/// The configuration of the run or runs in a folder. Error if there is none.
RunConfig stored_config(const std::filesystem::path& folder);

/// Logs the data, model, and estimated memory and time; writes nothing except the corpus cache.
void dry_run(RunConfig& config, const RunHooks& hooks);

}  // namespace wordbridge
