#include "train/runs/manifest_facts.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace wordbridge {

std::vector<std::pair<std::string, std::string>> manifest_facts(const nlohmann::json& manifest) {
  std::vector<std::pair<std::string, std::string>> facts;
  const auto add = [&](const std::string& name, const std::string& pointer) {
    const nlohmann::json::json_pointer place(pointer);
    if (!manifest.contains(place)) return;
    const nlohmann::json& value = manifest.at(place);
    facts.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  };
  add("wordbridge", "/wordbridge/version");
  add("commit", "/wordbridge/commit");
  add("compiler", "/wordbridge/compiler");
  add("text's SHA-256", "/data/stream_sha256");
  add("vocabulary's SHA-256", "/data/vocabulary/sha256");
  add("words in the vocabulary", "/data/vocabulary/size");
  for (const char* const split : {"train", "valid", "test"})
    add(fmt::format("tokens in {}", split), fmt::format("/data/splits/{}/tokens", split));
  for (const char* const key : {"cpu", "simd", "libtorch", "libtorch_simd", "blas", "gpus"})
    add(key, fmt::format("/machine/{}", key));
  return facts;
}

}  // namespace wordbridge
