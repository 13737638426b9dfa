#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace wordbridge {

/// Exit statuses besides 0: something failed, the command line is wrong, Ctrl-C.
inline constexpr int kFailure = 1, kUsage = 2, kInterrupted = 130;

/// Each adds its command to the program (add_neighbors_command also `analogy`, add_train_command
/// also `resume`, add_keys_command also `models`); the chosen one runs when the command line is
/// parsed, and leaves its exit status in `status`.
void add_train_command(CLI::App& program, int& status);
void add_sweep_command(CLI::App& program, int& status);
void add_eval_command(CLI::App& program, int& status);
void add_neighbors_command(CLI::App& program, int& status);
void add_convert_command(CLI::App& program, int& status);
void add_vectors_command(CLI::App& program, int& status);
void add_plot_command(CLI::App& program, int& status);
void add_compare_command(CLI::App& program, int& status);
void add_report_command(CLI::App& program, int& status);
void add_text_command(CLI::App& program, int& status);
void add_benchmark_command(CLI::App& program, int& status);
void add_data_command(CLI::App& program, int& status);
void add_score_command(CLI::App& program, int& status);
void add_generate_command(CLI::App& program, int& status);
void add_arpa_command(CLI::App& program, int& status);
void add_keys_command(CLI::App& program, int& status);

/// The program's own command line, to start its companion with.
std::vector<std::string>& command_line();

}  // namespace wordbridge
