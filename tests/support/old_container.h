#pragma once

#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/io/hash.h"

namespace wordbridge {

/// A container of version 1 (core/io/container.h), as programs before version 2 wrote it.
struct OldArray {
  std::string name, type;
  std::vector<std::int64_t> shape;
  std::string bytes;
};
inline std::string old_container(const std::string& kind, const std::vector<OldArray>& arrays) {
  constexpr std::size_t kHeader = 64;
  std::string rest;
  const auto align = [&] { rest.resize((rest.size() + 63) / 64 * 64, '\0'); };
  nlohmann::ordered_json index = {
      {"kind", kind}, {"meta", nlohmann::json::object()}, {"arrays", nlohmann::json::array()}};
  for (const auto& array : arrays) {
    align();
    index["arrays"].push_back({{"name", array.name},
                               {"type", array.type},
                               {"shape", array.shape},
                               {"offset", kHeader + rest.size()},
                               {"bytes", array.bytes.size()}});
    rest += array.bytes;
  }
  align();
  const std::string text = index.dump();
  const std::uint64_t places[] = {text.size(), kHeader + rest.size()};
  rest += text;
  const auto hash = Sha256().update(rest).digest();
  std::string header("WBRIDGE\n\1\0\0\0\0\0\0\0", 16);
  header.append(reinterpret_cast<const char*>(places), sizeof places);
  return header + std::string(hash.data(), hash.size()) + rest;
}

}  // namespace wordbridge
