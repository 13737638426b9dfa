#include "models/word2vec/pretrained.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/container.h"
#include "data/vectors/static_model.h"
#include "data/vectors/vector_files.h"

namespace wordbridge {
namespace {

Pretrained of_fasttext(const std::filesystem::path& path, bool with_ngrams) {
  FastTextContents model = read_fasttext_model(path);
  Pretrained rows;
  rows.dim = model.settings.dim;
  rows.words = model.input;
  rows.contexts = model.output;
  rows.tree = model.settings.loss == FastTextSettings::Loss::hierarchical_softmax;
  rows.buckets = model.settings.ngrams;
  if (rows.buckets.buckets == 0) {
    // A word's row is its vector.
  } else if (!with_ngrams) {
    rows.words = [table = read_vectors(path)](std::int64_t index) { return table.row(index); };
  } else {
    rows.ngrams = [input = model.input, words = model.vocabulary.size()](std::int64_t bucket) {
      return input(words + bucket);
    };
  }
  rows.vocabulary = std::move(model.vocabulary);
  return rows;
}

/// A run without n-grams: everything is in the checkpoint (train/runs/run_directory.h).
Pretrained of_run(const std::filesystem::path& folder) {
  const auto checkpoint = folder / "checkpoints" / "latest.wb";
  if (!std::filesystem::exists(checkpoint)) {
    throw Error("not a run to start from")
        .at("{}", folder.string())
        .expected("a run folder written by `wordbridge train`, or a vector file");
  }
  const auto reader = std::make_shared<const ContainerReader>(checkpoint, "checkpoint");
  if (!reader->has("words") || !reader->has("contexts")) {
    throw Error("cannot start from this run").at("{}", folder.string()).expected("a word2vec run");
  }
  Pretrained rows;
  rows.vocabulary = Vocabulary::load(folder / "vocabulary.tsv");
  const auto matrix = [&reader](const std::string& name) -> MatrixRows {
    const float* values = reader->f32(name);
    const std::int64_t width = reader->array(name).shape.at(1);
    return [reader, values, width](std::int64_t index) { return values + index * width; };
  };
  rows.words = matrix("words");
  rows.contexts = matrix("contexts");
  rows.dim = reader->meta().at("learner").at("dim");
  rows.tree = reader->array("contexts").shape.at(0) < rows.vocabulary.size();
  return rows;
}

Pretrained of_vectors(const std::filesystem::path& path) {
  const EmbeddingTable table = read_vectors(path);
  Pretrained rows;
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < table.size(); ++i) words.emplace_back(table.word(i));
  const std::vector<std::int64_t> counts(words.size(), 0);
  rows.vocabulary = Vocabulary(std::move(words), counts, "");
  rows.dim = table.dim();
  rows.words = [table](std::int64_t index) { return table.row(index); };
  return rows;
}

bool is_run_folder(const std::filesystem::path& path) {
  return std::filesystem::is_directory(path) && !is_static_model(path);
}

/// The fastText model of a run with n-grams.
std::filesystem::path model_of_run(const std::filesystem::path& folder) {
  return folder / "model.bin";
}

}  // namespace

std::int64_t pretrained_dim(const std::filesystem::path& path) {
  if (!is_run_folder(path)) return read_vectors(path, 1).dim();
  const auto model = model_of_run(path);
  return std::filesystem::exists(model) ? read_vectors(model, 1).dim() : of_run(path).dim;
}

Pretrained read_pretrained(const std::filesystem::path& path, bool with_ngrams) {
  if (is_static_model(path)) return of_vectors(path);
  if (is_run_folder(path)) {
    const auto model = model_of_run(path);
    return std::filesystem::exists(model) ? of_fasttext(model, with_ngrams) : of_run(path);
  }
  return is_fasttext_model(path) ? of_fasttext(path, with_ngrams) : of_vectors(path);
}

}  // namespace wordbridge
