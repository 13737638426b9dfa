#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace wordbridge {

/// Exit status of a job that was stopped by Ctrl-C and can be resumed.
inline constexpr int kInterruptedStatus = 130;

/// Outcome of a job.
struct JobEnd {
  int status = -1;  // exit status; -1: ended by a signal
  int signal = 0;
  std::string message;                // error message of a failed job
  std::vector<std::string> warnings;  // the "warning: ..." lines it printed
  double seconds = 0;                 // 0: not known
  bool can_be_retried = true;
};

/// Jobs in forked child processes, which share everything the parent has loaded. The parent must
/// not have other threads. A child does not receive Ctrl-C from the terminal (interrupt() forwards
/// it), logs only to the log.txt of its run, and receives SIGINT when the parent dies.
class ForkedJobs {
 public:
  /// Returns the exit status. May call `ready` once, when the resource that other jobs wait for
  /// exists.
  using Work = std::function<int(const std::function<void()>& ready)>;
  struct News {
    std::size_t id = 0;
    bool has_ended = false;  // false: the job called `ready`
    JobEnd end;
  };

  ForkedJobs() = default;
  /// Interrupts all running jobs and waits for them.
  ~ForkedJobs();
  ForkedJobs(const ForkedJobs&) = delete;
  ForkedJobs& operator=(const ForkedJobs&) = delete;

  /// Error if a process cannot be created.
  void start(std::size_t id, const Work& work);
  std::size_t running() const { return jobs_.size(); }
  /// Returns the events since the last call. Waits for one at most `longest`; a signal ends the
  /// wait early.
  std::vector<News> wait(std::chrono::milliseconds longest);
  /// Sends SIGINT to all jobs, so that they save and stop as after Ctrl-C.
  void interrupt();

 private:
  struct Job {
    std::size_t id;
    pid_t process;
    int pipe;    // from the child: "R" when it is ready, "E" and a message when it fails
    int output;  // its standard output and standard error
    bool is_ready;
    std::string told;
    std::chrono::steady_clock::time_point start;
  };

  static JobEnd end_of(Job& job);

  std::vector<Job> jobs_;
};

/// Runs one such job, waits for it and forwards Ctrl-C to it.
JobEnd run_forked(const std::function<void()>& work);

}  // namespace wordbridge
