#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/print.h"
#include "cli/runs/train_processes.h"
#include "cli/torch/torch.h"
#include "core/interrupt.h"
#include "train/runs/run_experiment.h"

namespace wordbridge {
namespace {

struct TrainArguments {
  std::vector<std::string> config_and_overrides;
  std::string out, budget;
  std::vector<std::int64_t> seeds;
  bool overwrite = false, dump = false, explain = false, dry_run = false;
  StopAfter stop;
};

int finished(bool complete) { return !complete && interrupted() ? kInterrupted : 0; }

int train(const TrainArguments& arguments) {
  auto settings = arguments.config_and_overrides;
  if (!arguments.budget.empty()) settings.push_back("train.budget=" + arguments.budget);
  RunConfig config = RunConfig::load_or_override(settings);
  if (arguments.dump) {
    print(config.dump());
    return 0;
  }
  // Only a budget needs the network, to measure its speed, before it is trained.
  const bool needs_network = !arguments.explain || !config.train.budget.empty();
  const ProcessPlace place = own_place(config);
  if ((needs_network && config.needs_torch()) || place.size > 1) need_torch();
  start_threads(thread_count(config, place));
  if (arguments.explain) {
    print(explain(config, run_hooks()));
    return 0;
  }
  if (arguments.dry_run) {
    dry_run(config, run_hooks());
    return 0;
  }
  const std::filesystem::path out = arguments.out.empty() ? "runs/" + config.name : arguments.out;
  const auto mode =
      arguments.overwrite ? RunDirectory::Mode::overwrite : RunDirectory::Mode::create;
  return finished(with_processes(config, place, [&](const RunHooks& hooks) {
    if (!arguments.seeds.empty())
      return run_seeds(config, arguments.seeds, out, mode, arguments.stop, hooks);
    return run_experiment(config, out, mode, arguments.stop, hooks);
  }));
}

int go_on(const std::string& folder, const StopAfter& stop) {
  const RunConfig config = stored_config(folder);
  const ProcessPlace place = own_place(config);
  if (config.needs_torch() || place.size > 1) need_torch();
  start_threads(thread_count(config, place));
  return finished(with_processes(
      config, place, [&](const RunHooks& hooks) { return resume(folder, stop, hooks); }));
}

void add_stop_options(CLI::App* command, StopAfter& stop) {
  command
      ->add_option("--stop-after-epoch", stop.epoch,
                   "save a checkpoint and stop once N epochs are complete")
      ->check(in_range(at_least(1)));
  command
      ->add_option("--stop-after-step", stop.step,
                   "save a checkpoint and stop once N updates are complete")
      ->check(in_range(at_least(1)));
}

}  // namespace

void add_train_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<TrainArguments>();
  auto* command = program.add_subcommand("train", "Train the model that a YAML file describes");
  command->footer(
      "The run folder holds the configuration, manifest, metrics, checkpoints, vectors and scores "
      "(docs/runs.md).\n"
      "Ctrl-C saves a checkpoint and stops; `wordbridge resume FOLDER` continues. The result is "
      "bit for bit that of an uninterrupted run.\n"
      "Several processes train together if torchrun, mpirun or srun starts them "
      "(docs/distributed.md).");
  command->add_option(
      "CONFIG", arguments->config_and_overrides,
      "YAML file (optional), then settings to override as key.path=value, such as train.lr=0.001");
  command->add_option("-o,--out", arguments->out, "run folder (default: runs/NAME)");
  command
      ->add_option("--budget", arguments->budget,
                   "time for training, such as 90s, 10m or 2h: epochs, width and output layer "
                   "are chosen to fit (the same as train.budget=TIME)")
      ->check([](const std::string& text) { return budget_problem(text); });
  command
      ->add_option("--seeds", arguments->seeds,
                   "comma-separated seeds, such as 1,2,3: train one run per seed, report mean and "
                   "standard deviation")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag("--overwrite", arguments->overwrite, "replace an existing run");
  command->add_flag("--dump-config", arguments->dump, "print the full configuration and exit");
  command->add_flag("--explain", arguments->explain,
                    "print the full configuration with a description of each setting and, if the "
                    "text can be read, why it was chosen, and exit");
  command->add_flag(
      "--dry-run", arguments->dry_run,
      "check the configuration, read the data, estimate memory and run time, and exit");
  add_stop_options(command, arguments->stop);
  command->callback([arguments, &status] { status = train(*arguments); });

  const auto folder = std::make_shared<std::string>();
  const auto stop = std::make_shared<StopAfter>();
  auto* again = program.add_subcommand("resume", "Resume a run that was stopped or killed");
  again->add_option("RUN", *folder, "run folder")->required();
  add_stop_options(again, *stop);
  again->callback([folder, stop, &status] { status = go_on(*folder, *stop); });
}

}  // namespace wordbridge
