#include "data/corpus/corpus_source.h"

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "core/error.h"
#include "data/catalogue/dataset.h"
#include "data/text/corpus_formats.h"
#include "data/text/open_source.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;

/// The first of the reader's default locations that exists.
std::optional<fs::path> usual_place(const KnownReader& reader) {
  for (const auto place : reader.usual_places) {
    if (fs::exists(place)) return fs::path(place);
  }
  if (auto files = fetched_files(reader.name())) return files;
  const char* mirror = std::getenv("WORDBRIDGE_MIRROR");
  if (mirror == nullptr) return std::nullopt;
  for (const auto place : reader.mirror_places) {
    if (fs::exists(fs::path(mirror) / place)) return fs::path(mirror) / place;
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<TextSource> open_corpus_source(SourceOptions options) {
  for (auto* list : {&options.paths, &options.valid_paths, &options.test_paths})
    for (auto& path : *list) path = resolve_dataset_path(path);
  const KnownReader* const reader = known_reader(options.reader);
  if (reader != nullptr && options.paths.empty()) {
    const auto path = usual_place(*reader);
    if (!path) {
      throw Error(fmt::format("the corpus of the reader '{}' was not found", reader->name()))
          .expected("{}", reader->content)
          .got("no data.path, and nothing at the default locations")
          .hint("{}", reader->hint);
    }
    options.paths = {path->string()};
  }
  return open_source(options);
}

}  // namespace wordbridge
