#include "data/corpus/vocabulary_files.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/io/file.h"
#include "data/vectors/fasttext/fasttext_model.h"
#include "data/vectors/vector_files.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using Words = std::vector<std::string>;
using Counts = std::vector<std::int64_t>;

TEST(VocabularyFilesTest, OfARunItsVocabulary) {
  const TempFolder folder;
  Vocabulary({"b", "a"}, {3, 1}, "").save(folder / "vocabulary.tsv");
  for (const auto& path : {folder.path(), folder / "vocabulary.tsv"}) {
    const Vocabulary found = read_vocabulary(path);
    EXPECT_EQ(found.words(), (Words{"b", "a"}));
    EXPECT_EQ(found.counts(), (Counts{3, 1}));
  }
}

TEST(VocabularyFilesTest, OfVectorsTheirWords) {
  const TempFolder folder;
  const EmbeddingTable table({"b", "a"}, {1, 2, 3, 4}, 2, "");
  for (const auto format : {VectorFormat::text, VectorFormat::binary, VectorFormat::mapped}) {
    write_vectors(table, folder / "vectors", format);
    const Vocabulary found = read_vocabulary(folder / "vectors");
    EXPECT_EQ(found.words(), (Words{"b", "a"}));
    EXPECT_EQ(found.counts(), (Counts{0, 0}));
  }
}

TEST(VocabularyFilesTest, OfAModelOfFastTextWordsAndCounts) {
  const TempFolder folder;
  FastTextContents model;
  model.settings.dim = 1;
  model.settings.ngrams.buckets = 0;
  model.vocabulary = Vocabulary({"b", "a"}, {3, 1}, "");
  model.input = model.output = [](std::int64_t) -> const float* { return nullptr; };
  write_fasttext_model(model, folder / "model.bin");
  const Vocabulary found = read_vocabulary(folder / "model.bin");
  EXPECT_EQ(found.words(), (Words{"b", "a"}));
  EXPECT_EQ(found.counts(), (Counts{3, 1}));
}

TEST(VocabularyFilesTest, AnythingElseIsAnError) {
  const TempFolder folder;
  EXPECT_THROW(read_vocabulary(folder / "nothing"), Error);
  EXPECT_THROW(read_vocabulary(folder.path()), Error);  // no vocabulary.tsv
  write_file(folder / "text", "just some text\nof two lines\n");
  EXPECT_THROW(read_vocabulary(folder / "text"), Error);
}

}  // namespace
}  // namespace wordbridge
