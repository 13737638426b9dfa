#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace wordbridge {

/// Exit statuses other than 0: failure, usage error, results that differ (`reproduce`), interrupted
/// (Ctrl-C).
inline constexpr int kFailure = 1, kUsage = 2, kDiffers = 3, kInterrupted = 130;

/// Each function adds its command to the program (add_neighbors_command also adds `analogy`,
/// add_train_command `resume`, add_keys_command `models`, add_completions_command `manual`).
/// Parsing the command line runs the selected command, which stores its exit status in `status`.
void add_align_command(CLI::App& program, int& status);
void add_train_command(CLI::App& program, int& status);
void add_reproduce_command(CLI::App& program, int& status);
void add_runs_command(CLI::App& program, int& status);
void add_sweep_command(CLI::App& program, int& status);
void add_sweep_task_command(CLI::App& program, int& status);
void add_eval_command(CLI::App& program, int& status);
void add_neighbors_command(CLI::App& program, int& status);
void add_convert_command(CLI::App& program, int& status);
void add_join_command(CLI::App& program, int& status);
void add_contexts_command(CLI::App& program, int& status);
void add_vectors_command(CLI::App& program, int& status);
void add_plot_command(CLI::App& program, int& status);
void add_compare_command(CLI::App& program, int& status);
void add_report_command(CLI::App& program, int& status);
void add_expect_command(CLI::App& program, int& status);
void add_export_command(CLI::App& program, int& status);
void add_text_command(CLI::App& program, int& status);
void add_benchmark_command(CLI::App& program, int& status);
void add_data_command(CLI::App& program, int& status);
void add_dictionary_command(CLI::App& data, int& status);  // of `data`
void add_score_command(CLI::App& program, int& status);
void add_generate_command(CLI::App& program, int& status);
void add_counts_command(CLI::App& program, int& status);
void add_arpa_command(CLI::App& program, int& status);
void add_keys_command(CLI::App& program, int& status);
void add_completions_command(CLI::App& program, int& status);

/// The command line of this process; need_torch() starts the companion program with it.
std::vector<std::string>& command_line();

}  // namespace wordbridge
