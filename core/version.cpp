#include "core/version.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "wordbridge_build.h"  // made by cmake/BuildFacts.cmake

namespace wordbridge {

std::string version() { return WB_VERSION; }

nlohmann::ordered_json version_facts() {
  return {{"version", WB_VERSION}, {"commit", WB_COMMIT}, {"compiler", "g++ " __VERSION__}};
}

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

}  // namespace wordbridge
