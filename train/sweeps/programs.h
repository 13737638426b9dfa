#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace wordbridge {

/// Other programs, such as sbatch and parallel.

/// Output and exit status of a program that has ended; 128 + N: signal N ended it.
struct ProgramEnd {
  int status = -1;
  std::string out, err;

  /// The end of its error messages, or of its output, in one line.
  std::string complaint() const;
};

/// Error if the program is not on PATH. `purpose`: "--launcher slurm".
void need_program(const std::string& name, const std::string& purpose);
bool has_program(const std::string& name);

/// Runs a program of PATH, with empty standard input and without the environment variables that
/// begin with `hidden` (none if it is empty). It does not receive Ctrl-C from the terminal. Error
/// if it can't be started.
ProgramEnd run_program(const std::vector<std::string>& command, const std::string& hidden = "");

/// Starts a program of PATH in the same way, which writes all its output to the file. It receives
/// SIGINT when this process dies.
pid_t start_program(const std::vector<std::string>& command, const std::filesystem::path& output);

/// A word for a POSIX shell, in single quotes if it needs any.
std::string shell_quoted(const std::string& word);
/// Words of a command line, as a POSIX shell splits it (quotes and backslashes, no expansions).
/// Error if a quote is not closed.
std::vector<std::string> shell_words(const std::string& text);

}  // namespace wordbridge
