#pragma once

#include <cmath>
#include <fstream>
#include <string>

namespace wordbridge {

/// Returns a size in /proc/self/status, in bytes: VmRSS (current), VmHWM (peak), ...
inline double memory(const std::string& which) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(which + ":", 0) == 0) return 1024 * std::stod(line.substr(which.size() + 1));
  }
  return std::nan("");
}

/// False with the address sanitizer, which keeps freed memory: then peaks are not the code's own.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool kMemoryIsMeasured = false;
#else
inline constexpr bool kMemoryIsMeasured = true;
#endif

/// Resets the peak (VmHWM), if the kernel permits it.
inline void forget_peak_memory() { std::ofstream("/proc/self/clear_refs") << 5; }

}  // namespace wordbridge
