#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/text.h"
#include "train/runs/run_experiment.h"

namespace wordbridge {
namespace {

struct TrainArguments {
  std::vector<std::string> config_and_overrides;
  std::string out;
  std::vector<std::int64_t> seeds;
  bool overwrite = false, dump = false, explain = false, dry_run = false;
  StopAfter stop;
};

int finished(bool complete) { return !complete && interrupted() ? kInterrupted : 0; }

int train(const TrainArguments& arguments) {
  RunConfig config = RunConfig::load_or_override(arguments.config_and_overrides);
  if (arguments.dump || arguments.explain) {
    print(config.dump(arguments.explain));
    return 0;
  }
  if (config.model_info().kind == LearnerKind::gradient) need_torch();
  start_threads(static_cast<int>(config.threads));
  const RunHooks hooks = run_hooks();
  if (arguments.dry_run) {
    dry_run(config, hooks);
    return 0;
  }
  const std::filesystem::path out = arguments.out.empty() ? "runs/" + config.name : arguments.out;
  const auto mode =
      arguments.overwrite ? RunDirectory::Mode::overwrite : RunDirectory::Mode::create;
  if (!arguments.seeds.empty())
    return finished(run_seeds(config, arguments.seeds, out, mode, arguments.stop, hooks));
  return finished(run_experiment(config, out, mode, arguments.stop, hooks));
}

int go_on(const std::string& folder, const StopAfter& stop) {
  const RunConfig config = stored_config(folder);
  if (config.model_info().kind == LearnerKind::gradient) need_torch();
  start_threads(static_cast<int>(config.threads));
  return finished(resume(folder, stop, run_hooks()));
}

void add_stop_options(CLI::App* command, StopAfter& stop) {
  command
      ->add_option("--stop-after-epoch", stop.epoch, "save and stop when that many epochs are done")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--stop-after-step", stop.step, "save and stop when that many updates are done")
      ->check(CLI::PositiveNumber);
}

}  // namespace

void add_train_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<TrainArguments>();
  auto* command =
      program.add_subcommand("train", "Train what a YAML file says, into a folder of its own.");
  command->footer(
      "A run's folder holds config, manifest, metrics, checkpoints, vectors and scores "
      "(docs/runs.md).\n"
      "Ctrl-C saves; `wordbridge resume FOLDER` goes on, bit for bit as if it had never stopped.");
  command->add_option(
      "CONFIG", arguments->config_and_overrides,
      "a YAML file (may be left out), then any key.path=value to change, as train.lr=0.001");
  command->add_option("-o,--out", arguments->out, "the run's folder (default: runs/NAME)");
  command
      ->add_option("--seeds", arguments->seeds,
                   "run once for each, as 1,2,3, and report mean and standard deviation")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag("--overwrite", arguments->overwrite, "replace a run that is there already");
  command->add_flag("--dump-config", arguments->dump, "print the whole configuration and stop");
  command->add_flag("--explain", arguments->explain,
                    "print the whole configuration with each setting's meaning and stop");
  command->add_flag("--dry-run", arguments->dry_run,
                    "check everything, read the data, estimate memory and work, and stop");
  add_stop_options(command, arguments->stop);
  command->callback([arguments, &status] { status = train(*arguments); });

  const auto folder = std::make_shared<std::string>();
  const auto stop = std::make_shared<StopAfter>();
  auto* again = program.add_subcommand("resume", "Go on with a run that was stopped or killed.");
  again->add_option("RUN", *folder, "the run's folder")->required();
  add_stop_options(again, *stop);
  again->callback([folder, stop, &status] { status = go_on(*folder, *stop); });
}

}  // namespace wordbridge
