#pragma once

#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// Memory that the process occupies now, in bytes; 0 if unknown.
double resident_bytes();

/// Bytes that the process may still use of a size such as "2GB" (see parse_bytes()), at least 4 MB.
double memory_left(const std::string& size);

/// Adds a problem if the option is not such a size.
void check_memory(Problems& problems, const std::string& option, const std::string& size);

}  // namespace wordbridge
