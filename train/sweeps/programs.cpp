#include "train/sweeps/programs.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr int kCannotStart = 127;

std::optional<fs::path> path_of(const std::string& name) {
  const char* const variable = std::getenv("PATH");
  const std::string all = variable == nullptr ? "" : variable;
  for (const auto folder : split(all, ':')) {
    const fs::path path = fs::path(folder.empty() ? "." : folder) / name;
    std::error_code code;
    if (fs::is_regular_file(path, code) && ::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

/// Environment without the variables that begin with `hidden`.
std::vector<char*> environment_without(const std::string& hidden) {
  std::vector<char*> variables;
  for (char** variable = environ; *variable != nullptr; ++variable)
    if (hidden.empty() || std::strncmp(*variable, hidden.c_str(), hidden.size()) != 0)
      variables.push_back(*variable);
  variables.push_back(nullptr);
  return variables;
}

/// Starts the program in its own process group. `death_signal` 0: it may outlive this process.
pid_t start(const std::vector<std::string>& command, const std::string& hidden, int out, int err,
            int death_signal) {
  need_program(command.front(), "the sweep");
  const std::string path = path_of(command.front())->string();
  std::vector<char*> arguments, variables = environment_without(hidden);
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid(), child = ::fork();
  if (child == 0) {
    ::setpgid(0, 0);
    if (death_signal != 0) ::prctl(PR_SET_PDEATHSIG, death_signal);
    if (::getppid() != parent) ::_exit(kCannotStart);
    for (const int ignored : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM}) ::signal(ignored, SIG_DFL);
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execve(path.c_str(), arguments.data(), variables.data());
    ::_exit(kCannotStart);
  }
  if (child < 0) throw Error("can't start a process").at("{}", path).got("{}", strerror(errno));
  return child;
}

std::string content_of(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return {};
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

}  // namespace

std::string ProgramEnd::complaint() const {
  const std::string text(trimmed(trimmed(err).empty() ? out : err));
  const std::string status_text = fmt::format("exit status {}", status);
  return text.empty() ? status_text : fmt::format("{} ({})", in_one_line(text), status_text);
}

bool has_program(const std::string& name) { return path_of(name).has_value(); }

void need_program(const std::string& name, const std::string& purpose) {
  if (has_program(name)) return;
  throw Error(fmt::format("{} needs the program {}, which was not found", purpose, name))
      .expected("{} in a folder of PATH", name);
}

ProgramEnd run_program(const std::vector<std::string>& command, const std::string& hidden) {
  const int out = ::memfd_create("program-output", MFD_CLOEXEC);
  const int err = ::memfd_create("program-errors", MFD_CLOEXEC);
  if (out < 0 || err < 0)
    throw Error("can't read the output of a program").got("{}", strerror(errno));
  const pid_t child = start(command, hidden, out, err, 0);
  int state = 0;
  while (::waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  ProgramEnd end;
  end.status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  end.out = content_of(out);
  end.err = content_of(err);
  ::close(out);
  ::close(err);
  return end;
}

pid_t start_program(const std::vector<std::string>& command, const fs::path& output) {
  const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0)
    throw Error("can't write the log of a program")
        .at("{}", output.string())
        .got("{}", strerror(errno));
  const pid_t child = start(command, "", file, file, SIGINT);
  ::close(file);
  return child;
}

std::string shell_quoted(const std::string& word) {
  const bool is_plain =
      !word.empty() && word.find_first_of(" \t\n'\"\\$`&|;<>()[]{}*?!~#") == std::string::npos;
  if (is_plain) return word;
  std::string quoted;
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return "'" + quoted + "'";
}

std::vector<std::string> shell_words(const std::string& text) {
  std::vector<std::string> words;
  bool is_inside = false;  // inside a word
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      is_inside = false;
      continue;
    }
    if (!is_inside) words.emplace_back();
    is_inside = true;
    const bool is_escape = c == '\\' && quote != '\'' && i + 1 < text.size() &&
                           (quote == 0 || text[i + 1] == '"' || text[i + 1] == '\\');
    if (is_escape) {
      words.back() += text[++i];
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote && quote != 0) {
      quote = 0;
    } else {
      words.back() += c;
    }
  }
  if (quote != 0) {
    throw UsageError("a quote is not closed")
        .expected("another {}", quote)
        .got("{}", printable(text));
  }
  return words;
}

}  // namespace wordbridge
