#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/torch/torch.h"
#include "train/sweeps/task.h"

namespace wordbridge {
namespace {

struct TaskArguments {
  std::string list;
  std::size_t number = 0;
  std::optional<int> sharing;
};

}  // namespace

void add_sweep_task_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<TaskArguments>();
  auto* command = program.add_subcommand(
      "sweep-task", "Train one run of a sweep; `wordbridge sweep --launcher ...` starts it");
  command->footer(
      "Example, which repeats task 3 of the first list of the sweep runs/rates in this process:\n"
      "  wordbridge sweep-task runs/rates/tasks/00001.json 3\n"
      "A complete run is not trained again. The exit status is 0 if the run is complete, 130 if it "
      "was stopped and saved.");
  command->add_option("LIST", arguments->list, "list of tasks, SWEEP/tasks/NUMBER.json")
      ->required();
  command->add_option("NUMBER", arguments->number, "number of the task, from 1")->required();
  command
      ->add_option("--sharing", arguments->sharing,
                   "number of tasks that share the cores of this machine, 0: one per core "
                   "(default: the task has all cores, or those that Slurm has allocated to it)")
      ->check(in_range(at_least(0)));
  command->callback([arguments, &status] {
    status = train_task(arguments->list, arguments->number, arguments->sharing,
                        {start_threads, run_hooks(), need_torch});
  });
}

}  // namespace wordbridge
