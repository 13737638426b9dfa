#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "train/learner.h"
#include "train/runs/choose_settings.h"
#include "train/runs/run_config.h"
#include "train/runs/run_directory.h"

namespace wordbridge {

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

/// Logs the data, the chosen settings, the model, and estimated memory and time; writes nothing
/// except the corpus cache.
void dry_run(RunConfig& config, const RunHooks& hooks);

/// The full configuration with comments: what each setting means, and for settings that are chosen
/// for the text, why, if the text can be read now.
std::string explain(RunConfig& config, const RunHooks& hooks);

}  // namespace wordbridge
