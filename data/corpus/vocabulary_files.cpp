#include "data/corpus/vocabulary_files.h"

#include "core/error.h"
#include "core/io/file.h"
#include "data/vectors/fasttext/fasttext_model.h"
#include "data/vectors/vector_files.h"

namespace wordbridge {

namespace {

Vocabulary words_of_vectors(const fs::path& file) {
  try {
    const EmbeddingTable table = read_vectors(file);
    std::vector<std::string> words;
    words.reserve(static_cast<std::size_t>(table.size()));
    for (std::int64_t i = 0; i < table.size(); ++i) words.emplace_back(table.word(i));
    const std::vector<std::int64_t> counts(words.size(), 0);
    return {std::move(words), counts, ""};
  } catch (const Error& error) {
    const std::string_view text = error.what();
    throw Error("neither a saved vocabulary nor a vector file")
        .at("{}", file.string())
        .expected("the header word<TAB>count, or word vectors")
        .got("{}", text.substr(0, text.find('\n')));
  }
}

}  // namespace

fs::path vocabulary_file(const fs::path& path) {
  return fs::is_directory(path) ? path / "vocabulary.tsv" : path;
}

Vocabulary read_vocabulary(const fs::path& path) {
  const fs::path file = vocabulary_file(path);
  if (Vocabulary::is_saved(file)) return Vocabulary::load(file);
  if (is_fasttext_model(file)) return read_fasttext_model(file).vocabulary;
  return words_of_vectors(file);
}

}  // namespace wordbridge
