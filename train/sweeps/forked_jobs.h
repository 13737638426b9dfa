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

/// How a job ended.
struct JobEnd {
  int status = -1;  // exit status; -1: a signal ended it
  int signal = 0;
  std::string message;                // why, of a job that failed
  std::vector<std::string> warnings;  // "warning: ..." lines that it said
  double seconds = 0;
};

/// Jobs in forked children of this process, which have all that is loaded already. This process
/// must have no threads. A child is deaf to the terminal's Ctrl-C (interrupt() passes it on), logs
/// only to its run's log.txt, and stops like on Ctrl-C when this process dies.
class ForkedJobs {
 public:
  /// Gives the exit status. May call `ready` once, when what others wait for is there.
  using Work = std::function<int(const std::function<void()>& ready)>;
  struct News {
    std::size_t id = 0;
    bool has_ended = false;  // false: it is ready
    JobEnd end;
  };

  ForkedJobs() = default;
  /// Interrupts what still runs, and waits for it.
  ~ForkedJobs();
  ForkedJobs(const ForkedJobs&) = delete;
  ForkedJobs& operator=(const ForkedJobs&) = delete;

  /// Error if there is no room for another process.
  void start(std::size_t id, const Work& work);
  std::size_t running() const { return jobs_.size(); }
  /// What has happened; waits at most so long, less when a signal comes.
  std::vector<News> wait(std::chrono::milliseconds longest);
  /// As Ctrl-C: all save and stop.
  void interrupt();

 private:
  struct Job {
    std::size_t id;
    pid_t process;
    int pipe;    // from the child: "R" when it is ready, then "E" and why it failed
    int output;  // what it said on standard output and error
    bool is_ready;
    std::string told;
    std::chrono::steady_clock::time_point start;
  };

  static JobEnd end_of(Job& job);

  std::vector<Job> jobs_;
};

/// One such job; this process waits for it, and passes a Ctrl-C on.
JobEnd run_forked(const std::function<void()>& work);

}  // namespace wordbridge
