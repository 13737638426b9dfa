#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/commands.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/text.h"
#include "core/version.h"

namespace wordbridge {

std::vector<std::string>& command_line() {
  static std::vector<std::string> arguments;
  return arguments;
}

namespace {

/// CLI11 reports only that a subcommand is required, even if an unknown one was given.
void refuse_unknown_command(const CLI::App& program) {
  const CLI::App* app = &program;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  std::vector<std::string> commands;
  for (const auto* command : app->get_subcommands({})) commands.push_back(command->get_name());
  const std::vector<std::string> rest = program.remaining(true);
  if (commands.empty() || rest.empty() || rest.front()[0] == '-') return;
  UsageError error("unknown command");
  error.expected("{}", join(commands, ", ")).got("{}", printable(rest.front()));
  if (const auto near = nearest_name(rest.front(), commands)) error.hint("did you mean {}?", *near);
  throw error;
}

int run(int argc, char** argv) {
  command_line().assign(argv, argv + argc);
  CLI::App program{"wordbridge: train, evaluate and compare word embeddings and language models",
                   "wordbridge"};
  program.footer(
      "Examples:\n"
      "  wordbridge train experiments/quickstart/nplm.yaml\n"
      "  wordbridge train experiments/quickstart/nplm.yaml model.type=pca --out runs/pca\n"
      "  wordbridge train data.path=my-text.txt.gz model.type=pca\n"
      "  wordbridge neighbors runs/nplm water fire\n"
      "  wordbridge eval runs/nplm runs/pca vectors.bin --similarity pairs.tsv --analogy "
      "questions.txt\n"
      "`wordbridge COMMAND --help` describes a command, `wordbridge models` lists the models, "
      "`wordbridge keys` all settings.");
  program.set_version_flag("--version", "wordbridge " + version());
  program.require_subcommand(1);
  program.add_flag_callback(
      "-q,--quiet", [] { set_log_level(LogLevel::quiet); }, "print only warnings and results");
  program.add_flag_callback(
      "-v,--verbose", [] { set_log_level(LogLevel::verbose); }, "print more details");
  program.fallthrough();
  int status = 0;
  add_train_command(program, status);
  add_reproduce_command(program, status);
  add_sweep_command(program, status);
  add_sweep_task_command(program, status);
  add_eval_command(program, status);
  add_neighbors_command(program, status);
  add_convert_command(program, status);
  add_join_command(program, status);
  add_align_command(program, status);
  add_vectors_command(program, status);
  add_contexts_command(program, status);
  add_plot_command(program, status);
  add_runs_command(program, status);
  add_compare_command(program, status);
  add_report_command(program, status);
  add_expect_command(program, status);
  add_export_command(program, status);
  add_text_command(program, status);
  add_benchmark_command(program, status);
  add_data_command(program, status);
  add_score_command(program, status);
  add_generate_command(program, status);
  add_arpa_command(program, status);
  add_counts_command(program, status);
  add_keys_command(program, status);
  add_completions_command(program, status);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_name() == "RequiredError") refuse_unknown_command(program);
    status = program.exit(error) == 0 ? 0 : kUsage;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
    throw Error("can't write to standard output");
  }
  return status;
}

}  // namespace
}  // namespace wordbridge

int main(int argc, char** argv) {
  wordbridge::catch_interrupts();
  try {
    return wordbridge::run(argc, argv);
  } catch (const wordbridge::UsageError& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return wordbridge::kUsage;
  } catch (const wordbridge::Interrupted& error) {
    std::fprintf(stderr, "interrupted: %s\n", error.what());
    return wordbridge::kInterrupted;
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "error: out of memory\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
  }
  return wordbridge::kFailure;
}
