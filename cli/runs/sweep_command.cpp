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
#include "train/sweeps/table.h"
#include "train/sweeps/train.h"

namespace wordbridge {
namespace {

struct SweepArguments {
  std::vector<std::string> config_and_values, metrics;
  std::string out;
  int jobs = 0;
  bool overwrite = false, dry_run = false, no_report = false;
};

bool is_to_go_on(const SweepRun& run) {
  return run.state == SweepRun::State::begun && fs::exists(run.folder / run_files::kLatest);
}

int tell_plan(const std::vector<SweepRun>& runs, int jobs) {
  std::size_t complete = 0, begun = 0;
  for (const auto& run : runs) {
    const bool is_complete = run.state == SweepRun::State::complete;
    complete += is_complete;
    begun += is_to_go_on(run);
    if (!print(fmt::format("{:<12} {}\n",
                           is_complete        ? "complete"
                           : is_to_go_on(run) ? "to resume"
                                              : "to train",
                           run.title)))
      return 0;
  }
  const SweepShare share = share_cores(jobs, runs.size() - complete);
  print(fmt::format("{}: {} complete, {} to resume, {} to train; {} at a time on {} each\n",
                    counted(static_cast<std::int64_t>(runs.size()), "run"), complete, begun,
                    runs.size() - complete - begun, share.jobs, counted(share.threads, "thread")));
  return 0;
}

/// The command line, quoted for a shell.
std::string this_command() {
  std::string command = "wordbridge";
  for (std::size_t i = 1; i < command_line().size(); ++i) {
    const std::string& argument = command_line()[i];
    const bool is_plain =
        !argument.empty() &&
        argument.find_first_of(" \t\n'\"\\$`&|;<>()[]{}*?!~#") == std::string::npos;
    std::string quoted;
    for (const char c : argument) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    command += " " + (is_plain ? argument : "'" + quoted + "'");
  }
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

[[noreturn]] void report_failures(const std::vector<SweepFailure>& failures, std::size_t runs) {
  std::string text = fmt::format("{} of {} runs failed:", failures.size(), runs);
  for (const auto& failure : failures)
    text += fmt::format("\n  {}: {}", failure.title, in_one_line(failure.message));
  throw Error(text).hint("run the same command again to retry them; the other runs are complete");
}

int sweep(const SweepArguments& arguments) {
  const Sweep plan = plan_sweep(arguments.config_and_values);
  const fs::path out = arguments.out.empty() ? "runs/" + plan.name : arguments.out;
  auto runs = sweep_runs(plan, out, arguments.overwrite);
  if (arguments.dry_run) return tell_plan(runs, arguments.jobs);
  bool is_all_complete = true;
  for (const auto& run : runs) {
    if (run.state == SweepRun::State::complete) continue;
    is_all_complete = false;
    if (RunConfig::parse(run.config, run.title).needs_torch()) need_torch();
  }
  const SweepLock lock(out);
  runs = sweep_runs(plan, out, arguments.overwrite);
  freeze_sweep(plan, runs, out, arguments.overwrite);
  std::vector<SweepFailure> failures;
  std::optional<Interrupted> stopped;
  try {
    failures = train_sweep(runs, {arguments.jobs, start_threads, run_hooks()});
  } catch (Interrupted& error) {
    stopped = error.hint("resume with: {}", this_command());
  }
  const SweepTable table = write_tables(out, arguments.metrics);
  if (stopped) throw Interrupted(*stopped);
  const bool has_report = is_all_complete && fs::exists(out / "report.html");
  if (!arguments.no_report && !has_report) try_report(table, out);
  log("sweep", "{}: table.md, table.csv, table.json{}", out.string(),
      arguments.no_report ? "" : ", report.html");
  if (!failures.empty()) report_failures(failures, runs.size());
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
      "The file can define the sweep; the command line adds keys and replaces those of the file:\n"
      "  extends: base.yaml\n"
      "  sweep:\n"
      "    train.lr: [0.001, 0.002]\n"
      "    model.nplm.hidden: [[50], [100, 50]]\n"
      "    seed: [1, 2, 3]\n"
      "All runs are checked before the first one starts. Failures are reported at the end and do "
      "not stop the other runs.\n"
      "After Ctrl-C or a failure, the same command resumes; with more values, it adds points. A "
      "complete run is never\n"
      "trained again.\n"
      "Results: FOLDER/table.md, table.csv, table.json, report.html (docs/sweeps.md).");
  command->add_option(
      "CONFIG", arguments->config_and_values,
      "YAML file (optional), then settings: key=v1,v2 for values to combine, key=v for "
      "all runs");
  command->add_option("-o,--out", arguments->out, "sweep folder (default: runs/NAME)");
  command
      ->add_option("-j,--jobs", arguments->jobs,
                   "number of parallel runs, which share the cores (default: one per core)")
      ->check(in_range(between(1, 1024)));
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
