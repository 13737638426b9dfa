#include "data/catalogue/file_checks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/progress.h"

namespace wordbridge {
namespace {

/// CRC-32 as used by zip and gzip (reflected polynomial EDB88320).
std::string crc32_of(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> values{};
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit)
        value = (value & 1u) ? 0xedb88320u ^ (value >> 1) : value >> 1;
      values[i] = value;
    }
    return values;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (const char byte : bytes)
    crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xffu] ^ (crc >> 8);
  return fmt::format("{:08x}", ~crc);
}

std::string difference(const DatasetFile& file, const fs::path& folder,
                       const std::vector<FileFacts>& matching) {
  if (matching.empty()) return file.optional ? "" : "missing";
  if (!file.set.empty() && static_cast<std::int64_t>(matching.size()) != file.count)
    return fmt::format("expected {} files, got {}", file.count, matching.size());
  const std::string digest = file.set.empty() ? matching.front().sha256 : set_digest(matching);
  if (std::find(file.also.begin(), file.also.end(), digest) != file.also.end()) return {};
  std::uint64_t bytes = 0;
  for (const auto& one : matching) bytes += one.bytes;
  if (file.bytes > 0 && bytes != static_cast<std::uint64_t>(file.bytes))
    return fmt::format("expected {} bytes, got {}",
                       human_count(static_cast<std::uint64_t>(file.bytes)), human_count(bytes));
  if (!file.sha256.empty() && digest != file.sha256)
    return fmt::format("expected SHA-256 {}, got {}", file.sha256, digest);
  if (!file.crc32.empty()) {
    const auto crc = crc32_of(MappedFile::open(folder / matching.front().name)->view());
    if (crc != file.crc32) return fmt::format("expected CRC-32 {}, got {}", file.crc32, crc);
  }
  return {};
}

}  // namespace

std::vector<FileFacts> files_below(const fs::path& folder) {
  std::vector<FileFacts> files;
  for (const auto& item : fs::recursive_directory_iterator(folder)) {
    if (!item.is_regular_file()) continue;
    files.push_back({item.path().lexically_relative(folder).generic_string(), item.file_size(),
                     sha256_of_file(item.path())});
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

std::string set_digest(const std::vector<FileFacts>& files) {
  Sha256 digest;
  for (const auto& file : files) digest.update(file.sha256 + "  " + file.name + "\n");
  return digest.hex();
}

std::vector<std::string> differences(const DatasetEntry& entry, const fs::path& folder,
                                     const std::vector<FileFacts>& files) {
  std::vector<std::string> found;
  for (const auto& file : entry.files) {
    std::vector<FileFacts> matching;
    std::copy_if(files.begin(), files.end(), std::back_inserter(matching),
                 [&](const auto& one) { return file.matches(one.name); });
    const std::string text = difference(file, folder, matching);
    if (!text.empty()) found.push_back(file.label() + ": " + text);
  }
  return found;
}

}  // namespace wordbridge
