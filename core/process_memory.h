#pragma once

#include <limits>
#include <string>

#include "core/config/fields.h"
#include "core/io/file.h"

namespace wordbridge {

/// Memory that the process occupies now, in bytes; 0 if unknown.
double resident_bytes();

/// What the process may still use of a limit on its memory.
struct MemoryShare {
  double limit = std::numeric_limits<double>::infinity();  // bytes
  double used = 0;                                         // of them, by the process before
  double left = std::numeric_limits<double>::infinity();   // at least 4 MB

  /// "needs about 5 GB of memory, and the process already uses 50 MB of counts.memory: 2 GB".
  /// `option`: that of the limit.
  std::string explanation(double needed, const std::string& option) const;
};

/// The share of a size such as "2GB" (see parse_bytes()). First releases what does not have to be
/// in memory: pages of `mapped` (or null), which are read again when they are used, and freed
/// memory.
MemoryShare memory_share(const std::string& size, const MappedFile* mapped);

/// Adds a problem if the option is not such a size.
void check_memory(Problems& problems, const std::string& option, const std::string& size);

}  // namespace wordbridge
