#include "core/interrupt.h"

#include <atomic>
#include <csignal>

namespace wordbridge {
namespace {

std::atomic<bool> g_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "required in a signal handler");

extern "C" void note_interrupt(int) { g_interrupted = true; }

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  action.sa_flags =
      static_cast<int>(SA_RESETHAND);  // the second signal has its default action: termination
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
}

bool interrupted() { return g_interrupted; }

}  // namespace wordbridge
