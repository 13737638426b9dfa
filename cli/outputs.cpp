#include "cli/outputs.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "data/catalogue/dataset.h"
#include "data/text/archive_reader.h"
#include "data/vectors/static_model.h"
#include "data/vectors/vector_files.h"
#include "train/runs/load_language_model.h"
#include "train/runs/run_directory.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code code;
  if (fs::equivalent(a, b, code)) return true;
  // Files that do not exist yet.
  return fs::weakly_canonical(fs::absolute(a, code), code) ==
         fs::weakly_canonical(fs::absolute(b, code), code);
}

/// The files and folders of the text on which a run was trained.
std::vector<std::string> texts_of_run(const fs::path& run) {
  std::error_code code;
  if (!fs::exists(run / run_files::kConfig, code)) return {};
  try {
    SourceOptions source = config_of_model(run).data.source;
    source.paths.insert(source.paths.end(), source.valid_paths.begin(), source.valid_paths.end());
    source.paths.insert(source.paths.end(), source.test_paths.begin(), source.test_paths.end());
    return source.paths;
  } catch (const Error&) {
    return {};  // reading the run will report the reason
  }
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
  if (fs::exists(path / run_files::kConfig, code) || fs::exists(path / run_files::kSeeds, code)) {
    auto files = RunDirectory::files(path);
    for (const auto& text : texts_of_run(path)) files.emplace_back(text);
    return files;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path, code)) files.push_back(entry.path());
  return files;
}

/// The run that a file belongs to; empty: none.
fs::path run_of_file(const fs::path& file) {
  std::error_code code;
  if (!fs::exists(file, code)) return {};
  const fs::path folder = fs::weakly_canonical(fs::absolute(file, code), code).parent_path();
  for (const fs::path& run : {folder, folder.parent_path()}) {  // checkpoints are in a folder
    if (!fs::exists(run / run_files::kConfig, code) && !fs::exists(run / run_files::kSeeds, code))
      continue;
    for (const auto& of_run : RunDirectory::files(run))
      if (is_same_file(file, of_run)) return run;
  }
  return {};
}

/// The outputs that are compressed are those of TextWriter.
bool is_compressed(const std::string& output) {
  return has_ending(output, ".mtx.gz") || has_ending(output, ".arpa.gz");
}

void check_writable(const std::string& output, const std::vector<std::string>& new_folders) {
  if (has_packed_ending(output) && !is_compressed(output))
    throw UsageError("this output is not compressed, so its name must not say that it is")
        .at("{}", output)
        .expected("a name without {}", fs::path(output).extension().string());
  for (const fs::path& folder : {fs::path(output), fs::path(output).parent_path()})
    if (std::find(new_folders.begin(), new_folders.end(), folder) != new_folders.end())
      return check_can_make_folder(folder);
  check_can_write(output);
}

void check_not_input(const fs::path& output, const std::vector<std::string>& inputs) {
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

}  // namespace

bool is_device(const fs::path& path) {
  std::error_code code;
  return fs::exists(path, code) && !fs::is_regular_file(path, code);
}

void check_outputs(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs,
                   const std::vector<std::string>& new_folders) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const fs::path output = outputs[i];
    if (output.empty()) continue;
    if (!is_device(output)) {
      for (std::size_t j = 0; j < i; ++j) {
        if (outputs[j].empty() || !is_same_file(output, outputs[j])) continue;
        throw UsageError("two outputs are the same file")
            .at("{}", outputs[j])
            .got("{}", output.string())
            .hint("write each to a file of its own");
      }
      check_not_input(output, inputs);
      if (const fs::path run = run_of_file(output); !run.empty()) {
        throw UsageError("the output would replace a file of a run")
            .at("{}", output.string())
            .expected("a file that does not belong to a run")
            .got("a file of {}", run.string());
      }
    }
    check_writable(outputs[i], new_folders);
  }
}

bool has_ending(const std::string& name, const std::string& ending) {
  return name.size() > ending.size() &&
         name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
}

bool is_folder_of_vectors(const std::string& path, VectorFormat format) {
  return written_files(path, format).front() != fs::path(path);
}

VectorFormat vector_output_format(const std::string& path, const std::string& name) {
  for (const auto& [known, format] : written_vector_formats(false))
    if (known == name) return format;
  if (const auto format = vector_format_of_ending(path)) return *format;
  throw UsageError("unknown output format")
      .at("{}", path)
      .expected("the extension {}, or --format", vector_file_endings());
}

std::string file_in_folder(const std::string& folder, const std::string& name,
                           VectorFormat format) {
  if (name.empty() || name.find('/') != name.npos)
    throw UsageError("not the name of a file").at("{}", folder).got("'{}'", name);
  const auto& endings = vector_format(format).endings;
  return (fs::path(folder) / (name + (endings.empty() ? "" : endings.front()))).string();
}

void write_output(const EmbeddingTable& table, const std::string& path, VectorFormat format) {
  if (interrupted())
    throw Interrupted("interrupted before the vectors were written").at("{}", path);
  write_vectors(table, path, format);
}

void check_can_replace(const std::string& path, VectorFormat format, bool overwrite) {
  const auto files = written_files(path, format);
  for (const fs::path& file : files) {
    if (!overwrite && fs::is_regular_file(file))
      throw Error("the file already exists")
          .at("{}", file.string())
          .hint("--overwrite replaces it");
  }
  if (!is_folder_of_vectors(path, format) || !fs::exists(path)) return;
  if (!fs::is_directory(path))
    throw Error("the output is a folder, but a file has its name").at("{}", path);
  if (!fs::is_empty(path) && !is_static_model(path))
    throw Error("the folder holds other files")
        .at("{}", path)
        .expected("a new folder, an empty one, or a static model");
}

}  // namespace wordbridge
