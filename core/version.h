#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace wordbridge {

/// "0.1.0"
std::string version();
/// Facts for the manifest: version, git commit of the build ("-dirty" with local changes),
/// compiler.
nlohmann::ordered_json version_facts();
/// Model name of the processor, as reported by the system.
std::string cpu_name();

}  // namespace wordbridge
