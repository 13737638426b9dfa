#include "cli/open_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace wordbridge {

namespace fs = std::filesystem;

namespace {

/// The last `parts` components of a path.
std::string last_parts(const std::string& path, std::size_t parts) {
  const fs::path clean = fs::path(path).lexically_normal();
  const fs::path whole = clean.has_filename() ? clean : clean.parent_path();
  fs::path last, rest = whole;
  for (; parts > 0 && rest.has_filename(); --parts, rest = rest.parent_path())
    last = last.empty() ? rest.filename() : rest.filename() / last;
  return last.string();
}

}  // namespace

void add_tensor_option(CLI::App* command, std::string& tensor) {
  command->add_option("--tensor", tensor,
                      "name of the matrix to read from a safetensors file that has several");
}

NamedPath named_path(const std::string& argument) {
  const auto sign = argument.find('=');
  if (sign == argument.npos || sign == 0 || fs::exists(argument)) return {"", argument};
  return {argument.substr(0, sign), argument.substr(sign + 1)};
}

std::string file_label(const std::string& path) {
  const fs::path name = label(path);
  if (fs::is_directory(path)) return name.string();
  return (name.extension() == ".gz" ? name.stem() : name).stem().string();
}

std::string label(const std::string& path) { return last_parts(path, 1); }

std::vector<std::string> labels(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const auto& path : paths) names.push_back(label(path));
  const auto is_repeated = [](const std::vector<std::string>& all, const std::string& name) {
    return std::count(all.begin(), all.end(), name) > 1;
  };
  for (std::size_t parts = 2, changed = 1; changed > 0; ++parts) {
    changed = 0;
    const auto before = names;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (!is_repeated(before, before[i])) continue;
      names[i] = last_parts(paths[i], parts);
      if (names[i] != before[i]) ++changed;
    }
  }
  std::map<std::string, int> times;  // the same path may be given twice
  for (auto& name : names)
    if (const int time = ++times[name]; time > 1) name += fmt::format(" ({})", time);
  return names;
}

}  // namespace wordbridge
