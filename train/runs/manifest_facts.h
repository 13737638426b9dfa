#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// Entries of a run's manifest that can affect its results, by name: program, text, vocabulary,
/// machine. Threads can't, and are not among them. An entry that is missing is left out.
std::vector<std::pair<std::string, std::string>> manifest_facts(const nlohmann::json& manifest);

}  // namespace wordbridge
