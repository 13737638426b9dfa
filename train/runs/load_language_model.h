#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/io/container.h"
#include "models/language_model/language_model.h"
#include "train/runs/run_experiment.h"

namespace wordbridge {

/// Loads a trained language model from a run folder, the model.wb of a run, or an ARPA file (plain
/// or compressed). Error if the path does not exist, the run is incomplete, or the model is not a
/// language model.
std::shared_ptr<const LanguageModel> load_language_model(const std::string& path,
                                                         const RunHooks& hooks);
/// The folder of the run that a model belongs to: the path itself, or the folder of a run's
/// model.wb.
std::optional<std::filesystem::path> run_of(const std::filesystem::path& path);

/// The configuration of a run as far as its trained model needs it: without benchmarks and class
/// files, which a relative path may name in another folder.
RunConfig config_of_model(const std::filesystem::path& folder,
                          const std::vector<std::string>& overrides = {});

/// The parameters and buffers of a network by their names in its module, without the optimiser's
/// state: views of its checkpoint, which they keep open.
struct NetworkParameters {
  std::shared_ptr<const ContainerReader> checkpoint;
  std::vector<std::pair<std::string, ContainerReader::Array>> arrays;
};
/// Those of a complete run's final model. Error if the run is incomplete, or its model is not
/// trained by gradients.
NetworkParameters network_parameters(const std::filesystem::path& run);

/// Whether loading the model requires LibTorch: it is trained by gradients, or a mixture with such
/// a component.
bool needs_torch(const std::string& path);

/// Whether each word of the vocabulary occurs in the training split [V]; empty if unknown, as for
/// an ARPA file.
std::optional<std::vector<std::uint8_t>> words_of_training(const std::string& path);

}  // namespace wordbridge
