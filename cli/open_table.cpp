#include "cli/open_table.h"

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "data/vectors/vector_files.h"
#include "train/runs/run_files.h"

namespace wordbridge {

namespace fs = std::filesystem;

void add_tensor_option(CLI::App* command, std::string& tensor) {
  command->add_option("--tensor", tensor,
                      "name of the matrix to read from a safetensors file that has several");
}

EmbeddingTable load_table(const std::string& path, std::int64_t limit, const std::string& tensor) {
  if (!fs::is_directory(path)) return read_vectors(path, limit, tensor);
  if (const auto file = find_vector_file(fs::path(path) / run_files::kVectors))
    return read_vectors(*file, limit, tensor);
  if (fs::exists(fs::path(path) / run_files::kSeeds)) {
    throw Error("the folder holds runs of several seeds, not word vectors")
        .at("{}", path)
        .hint("use one of its runs: {}/seed-...", path);
  }
  if (fs::exists(fs::path(path) / run_files::kSummary)) {
    throw Error("the run's model has no word vectors")
        .at("{}", path)
        .hint("for language models: wordbridge score, compare or report");
  }
  throw Error("the folder holds no word vectors")
      .at("{}", path)
      .expected("a vector file with the extension {}, as in a complete run", vector_file_endings())
      .hint("is the run complete? wordbridge resume {}", path);
}

std::string label(const std::string& path) {
  const fs::path clean = fs::path(path).lexically_normal();
  return clean.has_filename() ? clean.filename().string() : clean.parent_path().filename().string();
}

std::vector<std::string> labels(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const auto& path : paths) names.push_back(label(path));
  const auto plain = names;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (std::count(plain.begin(), plain.end(), plain[i]) < 2) continue;
    const fs::path clean = fs::path(paths[i]).lexically_normal();
    const fs::path parent = (clean.has_filename() ? clean : clean.parent_path()).parent_path();
    names[i] = (parent.filename() / plain[i]).string();
  }
  return names;
}

}  // namespace wordbridge
