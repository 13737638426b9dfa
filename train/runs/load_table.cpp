#include "train/runs/load_table.h"

#include <filesystem>

#include "core/error.h"
#include "data/vectors/static_model.h"
#include "train/runs/run_files.h"

namespace wordbridge {

namespace fs = std::filesystem;

EmbeddingTable load_table(const std::string& path, std::int64_t limit, const std::string& tensor,
                          Verify verify) {
  if (!fs::is_directory(path)) return read_vectors(path, limit, tensor, verify);
  if (const auto file = find_vector_file(fs::path(path) / run_files::kVectors))
    return read_vectors(*file, limit, tensor, verify);
  if (is_static_model(path)) return read_vectors(path, limit, tensor);
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
      .expected("a vector file with the extension {}, as in a complete run, or a static model",
                vector_file_endings())
      .hint("is the run complete? wordbridge resume {}", path);
}

}  // namespace wordbridge
