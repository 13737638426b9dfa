#include "cli/tables.h"

#include <filesystem>

#include "core/error.h"
#include "data/vector_files.h"

namespace wordbridge {

namespace fs = std::filesystem;

EmbeddingTable load_table(const std::string& path, std::int64_t limit) {
  if (!fs::is_directory(path)) return read_vectors(path, limit);
  for (const char* name : {"vectors.wbv", "vectors.bin", "vectors.txt"}) {
    if (fs::exists(fs::path(path) / name)) return read_vectors(fs::path(path) / name, limit);
  }
  if (fs::exists(fs::path(path) / "seeds.json")) {
    throw Error("the folder holds no vectors, but runs of several seeds")
        .at("{}", path)
        .hint("name one of them: {}/seed-...", path);
  }
  throw Error("the folder holds no vectors")
      .at("{}", path)
      .expected("vectors.txt, .bin or .wbv, as a complete run has")
      .hint("is the run complete? wordbridge resume {}", path);
}

std::string label(const std::string& path) {
  const fs::path clean = fs::path(path).lexically_normal();
  return clean.has_filename() ? clean.filename().string() : clean.parent_path().filename().string();
}

}  // namespace wordbridge
