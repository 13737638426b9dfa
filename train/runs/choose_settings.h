#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "train/learner.h"
#include "train/processes/process_place.h"
#include "train/processes/processes.h"
#include "train/runs/run_config.h"

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
  /// Connects this process with the others of its place (LibTorch's Gloo).
  std::function<std::unique_ptr<Processes>(const ProcessPlace&, double seconds)> connect;
  /// The processes that train together; null: only this one.
  Processes* processes = nullptr;
  /// Is given the manifest of a training before a file is written or anything is trained, and may
  /// throw an Error.
  std::function<void(const nlohmann::ordered_json& manifest)> check_manifest = {};
};

/// The learner of the configuration, untrained. Both arguments must outlive it.
std::unique_ptr<Learner> make_learner(const RunConfig& config, const Corpus& corpus,
                                      const RunHooks& hooks);

/// Chooses the settings that are still open for the text, and logs them with their reasons. With
/// train.budget, the most expensive choice that can be trained in this time: the time of an epoch
/// is measured, unless that was done before (RunConfig::fits_budget).
ChosenSettings choose_settings(RunConfig& config, const Corpus& corpus, const RunHooks& hooks);

}  // namespace wordbridge
