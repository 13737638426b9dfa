#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace wordbridge {

/// "0.1.0"
std::string version();
/// For the manifest: version, git commit of the build ("-dirty" with local changes), compiler.
nlohmann::ordered_json version_facts();
/// The processor's model name as the system gives it.
std::string cpu_name();

}  // namespace wordbridge
