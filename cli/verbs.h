#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace wordbridge {

/// Each adds its verbs to the program; the chosen one runs when the command line is parsed, and
/// leaves its exit status in `status`.
void add_train_verbs(CLI::App& program, int& status);
void add_sweep_verbs(CLI::App& program, int& status);
void add_eval_verbs(CLI::App& program, int& status);
void add_look_verbs(CLI::App& program, int& status);
void add_convert_verbs(CLI::App& program, int& status);
void add_vector_verbs(CLI::App& program, int& status);
void add_plot_verbs(CLI::App& program, int& status);
void add_compare_verbs(CLI::App& program, int& status);
void add_report_verbs(CLI::App& program, int& status);
void add_language_verbs(CLI::App& program, int& status);
void add_help_verbs(CLI::App& program, int& status);
void add_data_verbs(CLI::App& program, int& status);
void add_dataset_verbs(CLI::App& program, int& status);

/// The program's own command line, to start its companion with.
std::vector<std::string>& command_line();

}  // namespace wordbridge
