#include "data/catalogue/dataset_entry.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {

bool DatasetFile::matches(const std::string& candidate) const {
  if (!name.empty()) return candidate == name;
  return std::any_of(set.begin(), set.end(), [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), candidate.c_str(), FNM_PATHNAME) == 0;
  });
}

std::string DatasetFile::label() const {
  return name.empty() ? fmt::format("{} files {}", count, join(set, ", ")) : name;
}

std::vector<std::string> DatasetEntry::files_without_sha256() const {
  std::vector<std::string> names;
  for (const auto& file : files)
    if (file.sha256.empty()) names.push_back(file.label());
  return names;
}

std::uint64_t DatasetEntry::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& file : files) sum += static_cast<std::uint64_t>(file.bytes);
  return sum;
}

const DatasetFile* DatasetEntry::file_of(const std::string& candidate) const {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const auto& file) { return file.matches(candidate); });
  return found == files.end() ? nullptr : &*found;
}

bool is_safe_name(const std::string& name) {
  const std::filesystem::path path(name);
  if (path.empty() || path.is_absolute() || name.find('\0') != std::string::npos) return false;
  return std::none_of(path.begin(), path.end(), [](const std::filesystem::path& part) {
    return part == ".." || part == "." || part.empty();
  });
}

}  // namespace wordbridge
