#include "core/process_memory.h"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "core/progress.h"
#include "core/text.h"

namespace wordbridge {

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0, resident = 0;
  statm >> pages >> resident;
  return statm ? resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::string MemoryShare::explanation(double needed, const std::string& option) const {
  if (used == 0) return fmt::format("needs about {} of memory ({})", human_bytes(needed), option);
  return fmt::format("needs about {} of memory, and the process already uses {} of {}: {}",
                     human_bytes(needed), human_bytes(used), option, human_bytes(limit));
}

MemoryShare memory_share(const std::string& size, const MappedFile* mapped) {
  if (mapped != nullptr) mapped->release(mapped->data(), mapped->size());
  ::malloc_trim(0);  // freed memory that malloc() keeps
  constexpr double kLeast = 4e6;
  MemoryShare share;
  share.limit = parse_bytes(size).value();
  share.used = resident_bytes();
  share.left = std::max(kLeast, share.limit - share.used);
  return share;
}

void check_memory(Problems& problems, const std::string& option, const std::string& size) {
  constexpr double kLeast = 1e6, kMost = 1e15;
  const auto bytes = parse_bytes(size);
  if (bytes && *bytes >= kLeast && *bytes <= kMost) return;
  problems.add(option, fmt::format("must be a size such as 512MB or 2GB{}, got '{}'",
                                   bytes ? ", from 1MB to 1000TB" : "", printable(size)));
}

}  // namespace wordbridge
