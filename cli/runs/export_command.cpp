#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/outputs.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/text/vocabulary.h"
#include "data/vectors/safetensors_file.h"
#include "train/runs/load_language_model.h"
#include "train/runs/load_table.h"
#include "train/runs/run_directory.h"
#include "train/runs/stored_run.h"
#include "train/runs/tensorboard_log.h"

namespace wordbridge {
namespace {

struct ExportArguments {
  std::string run, tensorboard, safetensors;
};

/// Error unless the path is the folder of one training.
void check_is_run(const fs::path& run) {
  if (fs::exists(run / run_files::kSeeds))
    throw Error("the folder holds runs of several seeds")
        .at("{}", run.string())
        .hint("export its runs: {}/seed-...", run.string());
  if (!is_run(run))
    throw Error("not a run folder")
        .at("{}", run.string())
        .expected("a folder written by `wordbridge train`");
}

/// Error if the folder can't be created, or holds files.
void check_new_folder(const fs::path& folder) {
  check_can_make_folder(folder);
  if (fs::exists(folder) && !fs::is_empty(folder))
    throw Error("the folder holds other files")
        .at("{}", folder.string())
        .expected("a new folder, or an empty one");
}

void export_to_tensorboard(const fs::path& run, const fs::path& folder) {
  make_folder(folder);
  write_events_of_run(run, folder);
  if (RunDirectory::has_vectors(run)) write_projector(load_table(run.string()), folder);
  log("export", "{}: for tensorboard --logdir {}", run.string(), folder.string());
}

/// The words as the metadata "words" of a safetensors file of vectors has them; nothing if one is
/// not UTF-8.
std::optional<std::string> words_text(const std::vector<std::string>& words) {
  for (const auto& word : words)
    if (invalid_utf8(word)) return std::nullopt;
  return nlohmann::json(words).dump();
}

void export_parameters(const fs::path& run, const fs::path& path) {
  const NetworkParameters network = network_parameters(run);
  AtomicFile file(path);
  nlohmann::json metadata = {{"format", "pt"}, {"model", config_of_model(run).model}};
  const auto words = words_text(Vocabulary::load(run / run_files::kVocabulary).words());
  if (words) metadata["words"] = *words;
  write_safetensors(network.arrays, metadata, file);
  file.commit();
  log("export", "{}: {}", path.string(),
      counted(static_cast<std::int64_t>(network.arrays.size()), "tensor"));
}

int export_run(const ExportArguments& arguments) {
  if (arguments.tensorboard.empty() && arguments.safetensors.empty())
    throw UsageError("nothing to export").expected("--tensorboard FOLDER or --safetensors FILE");
  check_is_run(arguments.run);
  if (!arguments.tensorboard.empty()) check_new_folder(arguments.tensorboard);
  check_outputs({arguments.safetensors}, {arguments.run});
  if (fs::is_regular_file(arguments.safetensors))
    throw Error("the file already exists").at("{}", arguments.safetensors);
  start_threads(0);
  try {
    if (!arguments.safetensors.empty()) export_parameters(arguments.run, arguments.safetensors);
    if (!arguments.tensorboard.empty()) export_to_tensorboard(arguments.run, arguments.tensorboard);
  } catch (const nlohmann::json::exception& error) {  // valid JSON of unexpected form
    throw Error("the files of the run are damaged")
        .at("{}", arguments.run)
        .expected("files written by `wordbridge train`")
        .got("{}", json_problem(error));
  }
  return 0;
}

}  // namespace

void add_export_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<ExportArguments>();
  auto* command = program.add_subcommand("export", "Write a run in the files of other programs");
  command->footer(
      "Metrics and vectors for TensorBoard; a training writes them itself, and histograms besides, "
      "with\n"
      "tensorboard=true (docs/runs.md). The parameters of a network, for PyTorch and NumPy\n"
      "(docs/python.md).\n"
      "Examples:\n"
      "  wordbridge export runs/nplm --tensorboard events/nplm && tensorboard --logdir events\n"
      "  wordbridge export runs/nplm --safetensors nplm.safetensors");
  command->add_option("RUN", arguments->run, "run folder")->required();
  command->add_option("--tensorboard", arguments->tensorboard,
                      "new folder for the metrics and vectors; the run may be incomplete");
  command->add_option("--safetensors", arguments->safetensors,
                      "new file for a network's parameters and vocabulary");
  command->callback([arguments, &status] { status = export_run(*arguments); });
}

}  // namespace wordbridge
