#include "train/runs/run_inputs.h"

#include <algorithm>
#include <variant>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "data/catalogue/dataset.h"
#include "data/vectors/vector_files.h"
#include "train/runs/run_files.h"
#include "train/runs/stored_run.h"

namespace wordbridge {
namespace {

std::vector<std::string> values_of(const Field& field) {
  if (const auto* const text = std::get_if<std::string*>(&field.value)) return {**text};
  if (const auto* const list = std::get_if<std::vector<std::string>*>(&field.value)) return **list;
  return {};
}

/// Results of a run, which its inputs determine. Checkpoints also hold sizes of logs.
std::vector<fs::path> files_of_run(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const char* const name : {run_files::kVocabulary, run_files::kModel,
                                 run_files::kFastTextModel, run_files::kTokenScores})
    if (fs::exists(folder / name)) files.push_back(folder / name);
  for (const char* const stem : {run_files::kVectors, run_files::kContexts})
    if (const auto file = find_vector_file(folder / stem)) files.push_back(*file);
  return files;
}

std::string checksum(const fs::path& path) {
  if (!fs::is_directory(path)) return sha256_of_file(path);
  std::vector<fs::path> files;
  if (is_run(path)) {
    files = files_of_run(path);
  } else {
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Sha256 sum;
  for (const auto& file : files)
    sum.update(file.lexically_relative(path).string() + " " + sha256_of_file(file) + "\n");
  return sum.hex();
}

/// Adds the file or folder, unless the value is another one, such as the name of a dictionary.
void add_input(const std::string& key, const std::string& value, std::vector<RunInput>& inputs) {
  if (value.empty()) return;
  const fs::path path = resolve_dataset_path(value);
  std::error_code code;
  if (fs::is_regular_file(path, code) || fs::is_directory(path, code))
    inputs.push_back({key, value, checksum(path)});
}

}  // namespace

const std::vector<std::string>& input_settings() {
  static const std::vector<std::string> settings = {"init.vectors",     "output.classes.file",
                                                    "classes.file",     "start",
                                                    "components",       "inputs",
                                                    "pairs.file",       "pairs.weak_file",
                                                    "pairs.promote_by", "pairs.sources"};
  return settings;
}

std::vector<RunInput> run_inputs(RunConfig& config) {
  std::vector<RunInput> inputs;
  FieldGroup root = config.describe(/*only_chosen=*/true);
  std::vector<std::string> keys = {"data.vocabulary.file"};
  for (const auto& setting : input_settings())
    keys.push_back("model." + config.model + "." + setting);
  for (const auto& key : keys) {
    const Field* const field = root.find(key);
    if (field == nullptr) continue;
    for (const auto& value : values_of(*field)) add_input(key, value, inputs);
  }
  for (const auto& value : config.eval.inputs()) add_input("eval", value, inputs);
  return inputs;
}

}  // namespace wordbridge
