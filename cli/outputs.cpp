#include "cli/outputs.h"

#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "data/catalogue/dataset.h"
#include "train/runs/run_directory.h"

namespace wordbridge {
namespace {

bool is_device(const fs::path& path) {
  std::error_code code;
  return fs::exists(path, code) && !fs::is_regular_file(path, code);
}

bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code code;
  if (fs::equivalent(a, b, code)) return true;
  // Files that do not exist yet.
  return fs::weakly_canonical(fs::absolute(a, code), code) ==
         fs::weakly_canonical(fs::absolute(b, code), code);
}

/// The files that an input stands for.
std::vector<fs::path> files_of_input(const std::string& input) {
  fs::path path;
  try {
    path = resolve_dataset_path(input);
  } catch (const Error&) {
    return {};  // reading it will report the reason
  }
  std::error_code code;
  if (!fs::is_directory(path, code)) return {path};
  if (fs::exists(path / run_files::kConfig, code) || fs::exists(path / run_files::kSeeds, code))
    return RunDirectory::files(path);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path, code)) files.push_back(entry.path());
  return files;
}

}  // namespace

void check_outputs(const std::vector<std::string>& outputs,
                   const std::vector<std::string>& inputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const fs::path output = outputs[i];
    if (output.empty() || is_device(output)) continue;
    for (std::size_t j = 0; j < i; ++j) {
      if (outputs[j].empty() || !is_same_file(output, outputs[j])) continue;
      throw UsageError("two outputs are the same file")
          .at("{}", outputs[j])
          .got("{}", output.string())
          .hint("write each to a file of its own");
    }
    for (const auto& input : inputs) {
      if (input.empty()) continue;
      for (const auto& file : files_of_input(input)) {
        if (!is_same_file(output, file)) continue;
        throw UsageError("the output would replace an input")
            .at("{}", output.string())
            .expected("a file that the command does not read")
            .got("the same file as {}", file.string());
      }
    }
  }
}

}  // namespace wordbridge
