#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/print.h"
#include "cli/runs/report_runs.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "train/runs/run_files.h"
#include "train/sweeps/forked_jobs.h"
#include "train/sweeps/launcher.h"
#include "train/sweeps/programs.h"
#include "train/sweeps/slurm_queue.h"
#include "train/sweeps/table.h"
#include "train/sweeps/train.h"

namespace wordbridge {
namespace {

constexpr const char *kLocal = "local", *kSlurm = "slurm", *kParallel = "parallel";

struct SweepArguments {
  std::vector<std::string> config_and_values, metrics;
  std::string out, launcher = kLocal, ssh_login_file;
  std::vector<std::string> sbatch, ssh_logins;
  int jobs = 0;
  SweepRules rules;
  bool overwrite = false, dry_run = false, no_report = false;
};

bool is_to_go_on(const SweepRun& run) {
  return run.state == SweepRun::State::begun && fs::exists(run.folder / run_files::kLatest);
}

/// What successive halving trains, in comparison with a search that trains all points to the end.
void tell_rungs(const std::vector<SweepRung>& rungs, std::size_t seeds) {
  double epochs = 0, before = 0;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    const auto& rung = rungs[i];
    epochs += static_cast<double>(rung.points) * (rung.epochs - before);
    before = rung.epochs;
    print(fmt::format("rung {:<7} {} to epoch {}\n", i + 1, counted(rung.points, "point"),
                      number_text(rung.epochs)));
  }
  const auto all = static_cast<double>(rungs.front().points) * rungs.back().epochs;
  const auto each = static_cast<double>(seeds);
  print(fmt::format("{} epochs of training at most; {} without halving\n",
                    number_text(epochs * each), number_text(all * each)));
}

int tell_plan(const Sweep& plan, const std::vector<SweepRun>& runs,
              const SweepArguments& arguments) {
  const auto& rungs = plan.rungs;
  const bool is_halving = rungs.size() > 1;
  std::size_t complete = 0, begun = 0;
  for (const auto& run : runs) {
    const bool is_complete = run.state == SweepRun::State::complete;
    complete += is_complete;
    begun += is_to_go_on(run);
    if (!print(fmt::format("{:<12} {}\n",
                           is_complete        ? "complete"
                           : is_to_go_on(run) ? (is_halving ? "begun" : "to resume")
                                              : "to train",
                           run.title)))
      return 0;
  }
  if (is_halving) tell_rungs(rungs, runs.size() / plan.points.size());
  const SweepShare share = share_cores(arguments.jobs, runs.size() - complete);
  const std::string how =
      arguments.launcher == kSlurm ? "as tasks of Slurm"
      : arguments.launcher == kParallel
          ? "with GNU parallel"
          : fmt::format("{} at a time on {} each", share.jobs, counted(share.threads, "thread"));
  print(fmt::format("{}: {} complete, {} {}, {} to train; {}\n",
                    counted(static_cast<std::int64_t>(runs.size()), "run"), complete, begun,
                    is_halving ? "begun" : "to resume", runs.size() - complete - begun, how));
  return 0;
}

/// The command line, quoted for a shell.
std::string this_command() {
  std::string command = "wordbridge";
  for (std::size_t i = 1; i < command_line().size(); ++i)
    command += " " + shell_quoted(command_line()[i]);
  return command;
}

/// Writes a report of the points with at least one complete run, as `wordbridge report` does, but
/// without maps, which can take longer than the sweep itself.
void write_report(const SweepTable& table, const fs::path& out) {
  std::vector<StoredRun> runs;
  for (const auto& row : table.rows) {
    if (row.complete() == 0) continue;
    try {
      for (auto& run : open_runs({(out / row.folder).string()}, 0)) runs.push_back(std::move(run));
    } catch (const Error& error) {
      warn("{} is not in the report: {}", row.folder, in_one_line(error.what()));
    }
  }
  if (runs.empty()) return;
  ReportOptions options;
  options.title = "Sweep " + table.name;
  options.map_words = 0;
  write_file(out / "report.html",
             report_page(report_content(sections_by_text(std::move(runs)), options)));
}

/// In a child process, like all work that uses threads.
void try_report(const SweepTable& table, const fs::path& out) {
  const JobEnd end = run_forked([&] {
    start_threads(0);
    write_report(table, out);
  });
  for (const auto& warning : end.warnings) warn("{}", warning.substr(sizeof "warning: " - 1));
  if (end.status != 0) warn("no report was written: {}", in_one_line(end.message));
}

SweepTable write_tables(const fs::path& out, const std::vector<std::string>& wanted) {
  SweepTable table = read_sweep_table(out);
  write_file(out / "table.json", json_text(sweep_table_json(table), 2) + "\n");
  const auto metrics = table.choose(wanted);
  write_file(out / "table.md", sweep_table_text(table, metrics, true));
  write_file(out / "table.csv", sweep_table_csv(table, metrics));
  print(sweep_table_text(table, metrics, false));
  return table;
}

[[noreturn]] void report_failures(const SweepEnd& end, std::size_t runs) {
  std::string text = fmt::format("{} of {} runs failed", end.failures.size(), runs);
  if (end.stopped > 0)
    text += fmt::format(", {} stopped or not started (--fail-fast)", end.stopped);
  text += ":";
  for (const auto& failure : end.failures)
    text += fmt::format("\n  {}: {}", failure.title, in_one_line(failure.message));
  Error error(text);
  if (end.stopped > 0) throw error.hint("run the same command again to continue");
  throw error.hint(
      "run the same command again to retry them; the other runs are not trained again");
}

void check_options(const SweepArguments& arguments) {
  const auto only_with = [&](const char* option, bool is_given, const char* launcher) {
    if (!is_given || arguments.launcher == launcher) return;
    throw UsageError(fmt::format("{} needs --launcher {}", option, launcher))
        .got("--launcher {}", arguments.launcher);
  };
  only_with("--sbatch", !arguments.sbatch.empty(), kSlurm);
  only_with("--sshlogin", !arguments.ssh_logins.empty(), kParallel);
  only_with("--sshloginfile", !arguments.ssh_login_file.empty(), kParallel);
}

/// Options for sbatch, as words.
std::vector<std::string> sbatch_options(const SweepArguments& arguments) {
  std::vector<std::string> options;
  for (const auto& text : arguments.sbatch)
    for (auto& word : shell_words(text)) options.push_back(std::move(word));
  check_sbatch_options(options);
  return options;
}

/// wordbridge, also if this program is wordbridge-tensor.
fs::path own_program() {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  const fs::path first = program.parent_path() / "wordbridge";
  return fs::exists(first) ? first : program;
}

std::unique_ptr<Launcher> make_launcher(const SweepArguments& arguments,
                                        const std::vector<SweepRun>& runs, const fs::path& out,
                                        const TaskTools& tools) {
  if (arguments.launcher != kSlurm || arguments.overwrite) refuse_queued_tasks(out);
  if (arguments.launcher == kSlurm)
    return slurm_launcher(runs, out, {sbatch_options(arguments), arguments.jobs, own_program()});
  if (arguments.launcher == kParallel)
    return parallel_launcher(
        runs, out, {arguments.ssh_logins, arguments.ssh_login_file, arguments.jobs, own_program()});
  return local_launcher(runs, arguments.jobs, tools);
}

int sweep(const SweepArguments& arguments) {
  check_options(arguments);
  sbatch_options(arguments);
  const Sweep plan = plan_sweep(arguments.config_and_values);
  const fs::path out = arguments.out.empty() ? "runs/" + plan.name : arguments.out;
  auto runs = sweep_runs(plan, out, arguments.overwrite);
  if (arguments.dry_run) return tell_plan(plan, runs, arguments);
  bool is_all_complete = true;
  for (const auto& run : runs) {
    if (run.state == SweepRun::State::complete) continue;
    is_all_complete = false;
    if (RunConfig::parse(run.config, run.title).needs_torch()) need_torch();
  }
  if (arguments.launcher == kSlurm) need_program("sbatch", "--launcher slurm");
  if (arguments.launcher == kParallel) need_program("parallel", "--launcher parallel");
  const SweepLock lock(out);
  runs = sweep_runs(plan, out, arguments.overwrite);
  const TaskTools tools{start_threads, run_hooks(), need_torch};
  bool is_frozen = false;
  const auto launcher_of = [&](const std::vector<SweepRun>& some) {
    auto launcher = make_launcher(arguments, some, out, tools);  // its errors come first
    if (!is_frozen) freeze_sweep(plan, runs, out, arguments.overwrite);
    is_frozen = true;
    return launcher;
  };
  SweepRules rules = arguments.rules;
  rules.command = this_command();
  SweepEnd end;
  std::optional<Interrupted> stopped;
  try {
    end = train_sweep(runs, plan.rungs, rules, launcher_of);
  } catch (const Interrupted& error) {
    stopped = error;
  }
  const SweepTable table = write_tables(out, arguments.metrics);
  if (stopped) throw Interrupted(*stopped);
  const bool has_report = is_all_complete && fs::exists(out / "report.html");
  if (!arguments.no_report && !has_report) try_report(table, out);
  log("sweep", "{}: table.md, table.csv, table.json{}", out.string(),
      arguments.no_report ? "" : ", report.html");
  if (!end.failures.empty()) report_failures(end, runs.size());
  return 0;
}

}  // namespace

void add_sweep_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<SweepArguments>();
  auto* command = program.add_subcommand(
      "sweep", "Train all combinations of setting values, and compare the results");
  command->footer(
      "Examples:\n"
      "  wordbridge sweep base.yaml train.lr=0.001,0.002 seed=1,2,3      # 6 runs, mean and sd\n"
      "  wordbridge sweep base.yaml 'model.nplm.hidden=[50],[100,50]'    # list values\n"
      "  wordbridge sweep base.yaml train.epochs=5 train.lr=0.1,0.2      # single values apply to "
      "all runs\n"
      "  wordbridge sweep sweep.yaml --dry-run                           # list the runs without "
      "training\n"
      "  wordbridge sweep sweep.yaml --jobs 4 -o runs/first              # four runs at a time\n"
      "  wordbridge sweep sweep.yaml --launcher slurm --sbatch '--time=1:00:00 --mem=4G'\n"
      "  wordbridge sweep sweep.yaml --launcher parallel --sshlogin host1,host2\n"
      "The file can define the sweep; the command line adds keys and replaces those of the file:\n"
      "  extends: base.yaml\n"
      "  sweep:\n"
      "    train.lr: [0.001, 0.002]\n"
      "    model.nplm.hidden: [[50], [100, 50]]\n"
      "    seed: [1, 2, 3]\n"
      "Instead of all combinations, points can be drawn at random, and only the best ones trained "
      "to "
      "the end (successive halving):\n"
      "  sweep:\n"
      "    search: {type: halving, points: 27}                           # or type: random\n"
      "    train.lr: {log_uniform: [0.0001, 0.01]}                       # also uniform, integer, "
      "log_integer\n"
      "    model.nplm.hidden: [[50], [100, 50]]\n"
      "All runs are checked before the first one starts. Failures are reported at the end and do "
      "not stop the other runs\n"
      "(--fail-fast stops them).\n"
      "After Ctrl-C or a failure, the same command resumes; with more values, it adds points. A "
      "complete run is never\n"
      "trained again. With --launcher slurm, Ctrl-C leaves the tasks in the queue; the same "
      "command "
      "follows them again.\n"
      "Results: FOLDER/table.md, table.csv, table.json, report.html (docs/sweeps.md).");
  command->add_option(
      "CONFIG", arguments->config_and_values,
      "YAML file (optional), then settings: key=v1,v2 for values to combine, key=v for "
      "all runs");
  command->add_option("-o,--out", arguments->out, "sweep folder (default: runs/NAME)");
  command
      ->add_option("-j,--jobs", arguments->jobs,
                   "number of parallel runs, which share the cores (default: one per core); with "
                   "Slurm: tasks at a time (default: no limit); with GNU parallel: on each machine")
      ->check(in_range(between(1, 1024)));
  command
      ->add_option("--launcher", arguments->launcher,
                   "where runs are started: local (this machine), slurm (a job array) or parallel "
                   "(GNU parallel)")
      ->check(CLI::IsMember({kLocal, kSlurm, kParallel}))
      ->capture_default_str();
  command
      ->add_option("--sbatch", arguments->sbatch,
                   "options for sbatch, such as '--partition=NAME --time=1:00:00 --mem=4G' (may be "
                   "repeated)")
      ->type_name("OPTIONS")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option("--sshlogin", arguments->ssh_logins,
                   "machines for GNU parallel, as its --sshlogin: host1,8/user@host2,: (may be "
                   "repeated; ':' is this machine)")
      ->type_name("HOSTS")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option("--sshloginfile", arguments->ssh_login_file,
                   "file of machines for GNU parallel, as its --sshloginfile")
      ->type_name("FILE");
  command
      ->add_option("--retries", arguments->rules.retries,
                   "further tries of a run that fails; each continues from its checkpoint")
      ->check(in_range(between(0, 100)));
  command->add_flag("--fail-fast", arguments->rules.fail_fast,
                    "stop the sweep at the first run that fails (in all its tries)");
  command
      ->add_option(
          "--metrics", arguments->metrics,
          "comma-separated columns of the table: names as in table.json, or their last word "
          "(default: perplexities and main scores)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag("--dry-run", arguments->dry_run, "check everything, list the runs, and exit");
  command->add_flag("--overwrite", arguments->overwrite, "train existing points again");
  command->add_flag("--no-report", arguments->no_report, "do not write report.html");
  command->callback([arguments, &status] { status = sweep(*arguments); });
}

}  // namespace wordbridge
