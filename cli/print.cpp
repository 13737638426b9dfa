#include "cli/print.h"

#include <cerrno>
#include <cstdio>

#include "core/error.h"
#include "core/interrupt.h"

namespace wordbridge {

bool print(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    if (errno != EPIPE) throw Error("can't write to standard output");
    std::clearerr(stdout);
    return false;
  }
  return !interrupted();
}

}  // namespace wordbridge
