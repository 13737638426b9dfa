#include "train/sweeps/forked_jobs.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr off_t kMostSaid = 1 << 16;  // bytes of a job's output that are kept

Error system_error(const std::string& what) {
  const int code = errno;
  return Error(what).got("{}", std::strerror(code));
}

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;  // the reader is gone
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Moves the child to its own process group, so that it receives each Ctrl-C once, from the parent.
/// A second SIGINT would end it before it has saved.
void leave_the_terminal(pid_t parent, int output) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGINT);
  if (::getppid() != parent) ::_exit(kInterruptedStatus);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  set_log_copy({});
  set_log_level(LogLevel::quiet);
}

int work_and_tell(const ForkedJobs::Work& work, int pipe) {
  const auto fail = [&](const std::string& why) {
    write_all(pipe, "E" + why);
    return 1;
  };
  try {
    return work([&] { write_all(pipe, "R"); });
  } catch (const Interrupted&) {
    return kInterruptedStatus;
  } catch (const std::bad_alloc&) {
    return fail("out of memory");
  } catch (const std::exception& error) {
    return fail(error.what());
  } catch (...) {
    return fail("unknown error");
  }
}

/// The last bytes of a job's output.
std::string said(int output) {
  struct stat status {};
  if (::fstat(output, &status) != 0) return {};
  const off_t start = std::max<off_t>(0, status.st_size - kMostSaid);
  std::string text(static_cast<std::size_t>(status.st_size - start), '\0');
  const ssize_t size = ::pread(output, text.data(), text.size(), start);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

std::string crash_text(int signal) {
  const char* const name = ::strsignal(signal);
  return fmt::format("terminated by signal {} ({}){}", signal, name == nullptr ? "?" : name,
                     signal == SIGKILL ? ", possibly out of memory (try fewer --jobs)" : "");
}

}  // namespace

ForkedJobs::~ForkedJobs() {
  interrupt();
  for (auto& job : jobs_) {
    ::close(job.pipe);  // so that the job does not block while writing a message
    ::close(job.output);
    int state = 0;
    while (::waitpid(job.process, &state, 0) < 0 && errno == EINTR) {
    }
  }
}

void ForkedJobs::start(std::size_t id, const Work& work) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) throw system_error("can't create a pipe");
  const int output = ::memfd_create("job-output", MFD_CLOEXEC);
  const pid_t parent = ::getpid();
  const pid_t child = output < 0 ? -1 : ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    leave_the_terminal(parent, output);
    // Skips exit handlers and destructors, which belong to the parent.
    ::_exit(work_and_tell(work, pipe[1]));
  }
  const Error error = system_error("can't start a process");
  ::close(pipe[1]);
  if (child < 0) {
    ::close(pipe[0]);
    if (output >= 0) ::close(output);
    throw error;
  }
  jobs_.push_back({id, child, pipe[0], output, false, {}, std::chrono::steady_clock::now()});
}

std::vector<ForkedJobs::News> ForkedJobs::wait(std::chrono::milliseconds longest) {
  std::vector<pollfd> waited;
  for (const auto& job : jobs_) waited.push_back({job.pipe, POLLIN, 0});
  std::vector<News> news;
  if (::poll(waited.data(), waited.size(), static_cast<int>(longest.count())) <= 0) return news;
  for (std::size_t i = waited.size(); i-- > 0;) {
    if (waited[i].revents == 0) continue;
    Job& job = jobs_[i];
    char buffer[4096];
    const ssize_t size = ::read(job.pipe, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size > 0) job.told.append(buffer, static_cast<std::size_t>(size));
    if (!job.is_ready && !job.told.empty() && job.told[0] == 'R') {
      job.is_ready = true;
      job.told.erase(0, 1);
      news.push_back({job.id, false, {}});
    }
    if (size > 0) continue;
    news.push_back({job.id, true, end_of(job)});
    jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return news;
}

JobEnd ForkedJobs::end_of(Job& job) {
  JobEnd end;
  int state = 0;
  while (::waitpid(job.process, &state, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(state)) end.status = WEXITSTATUS(state);
  if (WIFSIGNALED(state)) end.signal = WTERMSIG(state);
  end.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - job.start).count();
  std::string rest;
  const std::string all = said(job.output);
  for (const auto line : split(all, '\n')) {
    if (line.rfind("warning: ", 0) == 0) {
      end.warnings.emplace_back(line);
    } else if (!trimmed(line).empty()) {
      rest += (rest.empty() ? "" : "\n") + std::string(line);
    }
  }
  if (end.signal != 0) {
    end.message = crash_text(end.signal) + (rest.empty() ? "" : "; last output:\n" + rest);
  } else if (!job.told.empty() && job.told[0] == 'E') {
    end.message = job.told.substr(1);
  } else if (end.status != 0 && end.status != kInterruptedStatus) {
    end.message = fmt::format("exited with status {}{}", end.status,
                              rest.empty() ? "" : "; last output:\n" + rest);
  }
  ::close(job.pipe);
  ::close(job.output);
  return end;
}

void ForkedJobs::interrupt() {
  for (const auto& job : jobs_) ::kill(job.process, SIGINT);
}

JobEnd run_forked(const std::function<void()>& work) {
  ForkedJobs jobs;
  jobs.start(0, [&](const auto&) {
    work();
    return 0;
  });
  for (bool is_told = false;;) {
    if (interrupted() && !std::exchange(is_told, true)) jobs.interrupt();
    for (auto& news : jobs.wait(std::chrono::seconds(1)))
      if (news.has_ended) return std::move(news.end);
  }
}

}  // namespace wordbridge
