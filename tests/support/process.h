#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// Options of a child process.
struct ProcessOptions {
  std::filesystem::path folder;                    // working folder
  std::map<std::string, std::string> environment;  // added to the environment of the test
  std::string input;                               // standard input, at most 60 kB
  std::string output_path;                         // file for standard output instead of `out`
  std::optional<rlim_t> file_size_limit;           // in bytes, like `ulimit -f`
  std::chrono::seconds time_limit{300};            // after which the process is killed
};

struct ProcessResult {
  int status = -1;  // exit status, -1 if a signal terminated the process
  int signal = 0;
  bool timed_out = false;
  std::string out, err;
};

/// A child process whose three standard streams are pipes.
class Process {
 public:
  /// `command`: path of the program and its arguments.
  Process(const std::vector<std::string>& command, const ProcessOptions& options)
      : time_limit_(options.time_limit) {
    std::vector<std::string> variables = environment(options);
    const std::vector<char*> arguments = pointers(command), environ_of_child = pointers(variables);
    int in[2], out[2], err[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0)
      throw std::runtime_error("can't create a pipe");
    // A pipe holds 64 kB, so writing the input does not block although no child reads it yet.
    EXPECT_LT(options.input.size(), 60000u);
    EXPECT_EQ(::write(in[1], options.input.data(), options.input.size()),
              static_cast<ssize_t>(options.input.size()));
    ::close(in[1]);
    child_ = ::fork();
    if (child_ == 0) {
      const int target = options.output_path.empty()
                             ? out[1]
                             : ::open(options.output_path.c_str(), O_WRONLY | O_CLOEXEC);
      if (options.file_size_limit) {
        const rlimit limit{*options.file_size_limit, *options.file_size_limit};
        ::setrlimit(RLIMIT_FSIZE, &limit);
      }
      if (::chdir(options.folder.c_str()) == 0 && ::dup2(in[0], STDIN_FILENO) >= 0 &&
          ::dup2(target, STDOUT_FILENO) >= 0 && ::dup2(err[1], STDERR_FILENO) >= 0)
        ::execve(arguments[0], arguments.data(), environ_of_child.data());
      ::_exit(127);
    }
    for (const int end : {in[0], out[1], err[1]}) ::close(end);
    streams_[0] = {out[0], &result_.out};
    streams_[1] = {err[0], &result_.err};
  }
  ~Process() {
    if (running()) {
      send(SIGKILL);
      wait();
    }
    for (auto& stream : streams_) {
      if (stream.file >= 0) ::close(stream.file);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  bool running() {
    if (ended_) return false;
    int state = 0;
    if (::waitpid(child_, &state, WNOHANG) == child_) note_end(state);
    return !ended_;
  }

  pid_t id() const { return child_; }
  void send(int signal) const { ::kill(child_, signal); }

  /// Reads the output until the process ends. Kills the process at the time limit.
  ProcessResult wait() {
    const auto deadline = std::chrono::steady_clock::now() + time_limit_;
    while (streams_[0].file >= 0 || streams_[1].file >= 0) {
      read_some();
      if (!result_.timed_out && std::chrono::steady_clock::now() > deadline) {
        result_.timed_out = true;
        send(SIGKILL);
      }
    }
    int state = 0;
    if (!ended_ && ::waitpid(child_, &state, 0) == child_) note_end(state);
    return result_;
  }

 private:
  struct Stream {
    int file = -1;
    std::string* text = nullptr;
  };

  static std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
  }

  static std::vector<std::string> environment(const ProcessOptions& options) {
    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
      const std::string text = *variable;
      if (options.environment.count(text.substr(0, text.find('='))) == 0) variables.push_back(text);
    }
    for (const auto& [name, value] : options.environment) variables.push_back(name + "=" + value);
    return variables;
  }

  void read_some() {
    pollfd waited[2] = {{streams_[0].file, POLLIN, 0}, {streams_[1].file, POLLIN, 0}};
    if (::poll(waited, 2, 100) <= 0) return;
    for (std::size_t i = 0; i < 2; ++i) {
      if (waited[i].revents == 0) continue;
      char buffer[4096];
      const ssize_t size = ::read(streams_[i].file, buffer, sizeof buffer);
      if (size > 0) {
        streams_[i].text->append(buffer, static_cast<std::size_t>(size));
      } else if (size == 0 || errno != EINTR) {
        ::close(std::exchange(streams_[i].file, -1));
      }
    }
  }

  void note_end(int state) {
    ended_ = true;
    if (WIFSIGNALED(state)) result_.signal = WTERMSIG(state);
    if (WIFEXITED(state)) result_.status = WEXITSTATUS(state);
  }

  pid_t child_ = -1;
  bool ended_ = false;
  std::chrono::seconds time_limit_;
  Stream streams_[2];
  ProcessResult result_;
};

}  // namespace wordbridge
