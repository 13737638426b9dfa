#include "core/process_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "core/text.h"

namespace wordbridge {

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0, resident = 0;
  statm >> pages >> resident;
  return statm ? resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) : 0;
}

double memory_left(const std::string& size) {
  constexpr double kLeast = 4e6;
  return std::max(kLeast, parse_bytes(size).value() - resident_bytes());
}

void check_memory(Problems& problems, const std::string& option, const std::string& size) {
  if (parse_bytes(size)) return;
  problems.add(option,
               fmt::format("must be a size such as 512MB or 2GB, got '{}'", printable(size)));
}

}  // namespace wordbridge
