#include "core/terminal_line.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace wordbridge {
namespace {

bool g_line_open = false;  // the terminal shows a line that does not end with a newline yet

}  // namespace

bool on_terminal() {
  static const bool terminal = ::isatty(STDERR_FILENO) == 1;
  return terminal;
}

void show_terminal_line(const std::string& line) {
  std::fputs(("\r" + line + "\033[K").c_str(), stderr);
  std::fflush(stderr);
  g_line_open = true;
}

void clear_terminal_line() {
  if (!std::exchange(g_line_open, false)) return;
  std::fputs("\r\033[K", stderr);
}

}  // namespace wordbridge
