#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "data/vectors/fasttext/fasttext_model.h"
#include "data/vectors/vector_files.h"
#include "models/word2vec/pretrained.h"
#include "models/word2vec/word2vec.h"
#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"
#include "tests/support/word2vec_toys.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

Word2vecOptions small_options(const std::string& output = "sampling", std::int64_t buckets = 0) {
  Word2vecOptions options;
  options.dim = 6;
  options.window = 2;
  options.sample = 0;
  options.epochs = 1;
  options.lr = 0.025;
  set_choice(options, "output", output);
  options.keep_model = true;
  options.ngrams.buckets = buckets;
  return options;
}

void train(Word2vec& model) {
  for (std::int64_t step = 0; step < model.total_steps(); ++step) model.train(step);
}

using Values = std::vector<std::vector<float>>;

Values values_of(Word2vec& model) {
  Values values;
  for (const auto& array : model.arrays())
    values.emplace_back(array.values, array.values + array.shape[0] * array.shape[1]);
  return values;
}

class Files : public testing::TestWithParam<std::pair<const char*, std::int64_t>> {};

TEST_P(Files, WhatStartsFromAModelHasAllItsRows) {
  const auto [output, buckets] = GetParam();
  const TempFolder folder;
  const Corpus corpus = toy_corpus(200);
  Word2vecOptions options = small_options(output, buckets);
  Word2vec first(options, corpus, 1);
  train(first);
  first.write_files(folder.path());
  options.start = (folder / "model.bin").string();
  Word2vec second(options, corpus, 2);
  EXPECT_NE(values_of(second), values_of(first));
  second.begin();
  EXPECT_EQ(values_of(second), values_of(first));
}

TEST_P(Files, TheModelFileHasTheVectors) {
  const auto [output, buckets] = GetParam();
  const TempFolder folder;
  const Corpus corpus = toy_corpus(200);
  Word2vec model(small_options(output, buckets), corpus, 1);
  train(model);
  model.write_files(folder.path());
  const EmbeddingTable table = read_vectors(folder / "model.bin");
  const EmbeddingTable vectors = model.vectors();
  ASSERT_EQ(table.size(), vectors.size());
  for (std::int64_t w = 0; w < table.size(); ++w) {
    const std::int64_t there = vectors.find(table.word(w));
    ASSERT_GE(there, 0);
    for (std::int64_t k = 0; k < 6; ++k)
      EXPECT_NEAR(table.row(w)[k], vectors.row(there)[k], 1e-6) << table.word(w);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Files,
                         testing::Values(std::pair<const char*, std::int64_t>{"sampling", 0},
                                         std::pair<const char*, std::int64_t>{"hierarchical", 0},
                                         std::pair<const char*, std::int64_t>{"sampling", 50},
                                         std::pair<const char*, std::int64_t>{"hierarchical", 50}));

TEST(StartTest, AnotherTreeIsNoticed) {
  // Rows of opposite signs, as in a model of gensim with the same words and counts.
  const TempFolder folder;
  const Corpus corpus = toy_corpus(2000);
  Word2vecOptions options = small_options("hierarchical");
  options.epochs = 20;
  Word2vec first(options, corpus, 1);
  train(first);
  first.write_files(folder.path());
  FastTextContents contents = read_fasttext_model(folder / "model.bin");
  std::vector<float> opposite;
  contents.output = [rows = contents.output, &opposite](std::int64_t index) {
    const float* const row = rows(index);
    opposite.assign(row, row + 6);
    for (auto& value : opposite) value = -value;
    return static_cast<const float*>(opposite.data());
  };
  write_fasttext_model(contents, folder / "other.bin");

  for (const bool is_other : {false, true}) {
    options.start = (folder / (is_other ? "other.bin" : "model.bin")).string();
    Word2vec second(options, corpus, 2);
    testing::internal::CaptureStderr();
    second.begin();
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(values_of(second)[0], values_of(first)[0]);
    const auto nodes = values_of(second)[1];
    if (is_other) {
      EXPECT_THAT(said, testing::AllOf(HasSubstr("tree is built in another way, as gensim does"),
                                       HasSubstr("contexts start at zero")));
      EXPECT_TRUE(std::all_of(nodes.begin(), nodes.end(), [](float v) { return v == 0; }));
    } else {
      EXPECT_THAT(said, testing::Not(HasSubstr("another way")));
      EXPECT_EQ(nodes, values_of(first)[1]);
    }
  }
}

TEST(StartTest, AFileOfVectorsHasWordsOnly) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(200);
  const EmbeddingTable table({"apple", "eats", "unheard-of"}, std::vector<float>(18, 0.25f), 6, "");
  write_vectors(table, folder / "vectors.txt", VectorFormat::text);
  Word2vecOptions options = small_options();
  options.start = (folder / "vectors.txt").string();
  Word2vec model(options, corpus, 1);
  Word2vec fresh(options, corpus, 1);
  model.begin();
  const EmbeddingTable vectors = model.vectors(), before = fresh.vectors();
  for (std::int64_t w = 0; w < vectors.size(); ++w) {
    const bool there = vectors.word(w) == "apple" || vectors.word(w) == "eats";
    for (std::int64_t k = 0; k < 6; ++k)
      EXPECT_EQ(vectors.row(w)[k], there ? 0.25f : before.row(w)[k]);
  }
  const auto contexts = values_of(model)[1];
  EXPECT_TRUE(std::all_of(contexts.begin(), contexts.end(), [](float v) { return v == 0; }));
}

TEST(StartTest, OfAModelWithNgramsAModelWithoutTakesTheMeans) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(200);
  Word2vec first(small_options("sampling", 50), corpus, 1);
  train(first);
  first.write_files(folder.path());
  Word2vecOptions options = small_options();
  options.start = (folder / "model.bin").string();
  Word2vec second(options, corpus, 2);
  second.begin();
  const EmbeddingTable a = first.vectors(), b = second.vectors();
  for (std::int64_t i = 0; i < a.size() * a.dim(); ++i) EXPECT_NEAR(a.data()[i], b.data()[i], 1e-6);
}

TEST(StartTest, TheDimensionIsThatOfTheVectorsUnlessItIsGiven) {
  const TempFolder folder;
  Word2vec(small_options("sampling", 50), toy_corpus(200), 1).write_files(folder.path());
  write_vectors(EmbeddingTable({"apple"}, std::vector<float>(6, 0.25f), 6, ""),
                folder / "vectors.txt", VectorFormat::text);
  const auto chosen = [](const std::filesystem::path& start, std::optional<std::int64_t> dim = {}) {
    Word2vecOptions options;
    options.start = start.string();
    options.dim = dim;
    ChosenSettings settings;
    options.choose({1000, 10}, 0, settings);
    EXPECT_EQ(settings.reasons().count("model.word2vec.dim"), dim ? 0 : 1);
    return options.dim;
  };
  EXPECT_EQ(chosen(folder.path()), 6);  // a run with model.bin
  EXPECT_EQ(chosen(folder / "model.bin"), 6);
  EXPECT_EQ(chosen(folder / "vectors.txt"), 6);
  EXPECT_EQ(chosen(folder / "vectors.txt", 7), 7);
  EXPECT_EQ(chosen(""), 100);
}

std::string error_of(Word2vecOptions options, const std::filesystem::path& start) {
  options.start = start.string();
  const Corpus corpus = toy_corpus(200);
  Word2vec model(options, corpus, 1);
  try {
    model.begin();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(StartTest, WhatDoesNotFitIsSaid) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(200);
  Word2vec model(small_options("sampling", 50), corpus, 1);
  model.write_files(folder.path());
  const auto path = folder / "model.bin";
  Word2vecOptions options = small_options();
  options.dim = 7;
  EXPECT_THAT(error_of(options, path), HasSubstr("different dimension"));
  EXPECT_THAT(error_of(small_options("sampling", 60), path),
              HasSubstr("different character n-grams"));
  EXPECT_THAT(error_of(small_options(), folder / "nothing"), HasSubstr("nothing"));
  EXPECT_THAT(error_of(small_options(), folder.path()), testing::Eq(""));  // its model.bin
  const EmbeddingTable table({"unheard-of"}, std::vector<float>(6, 0.25f), 6, "");
  write_vectors(table, folder / "vectors.txt", VectorFormat::text);
  EXPECT_THAT(error_of(small_options(), folder / "vectors.txt"), HasSubstr("no word"));
  EXPECT_THAT(error_of(small_options("sampling", 50), folder / "vectors.txt"),
              HasSubstr("no n-grams"));
}

TEST(FastTextModelTest, IsReadBackAsItWasWritten) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(200);
  Word2vec model(small_options("sampling", 50), corpus, 1);
  train(model);
  model.write_files(folder.path());
  EXPECT_TRUE(is_fasttext_model(folder / "model.bin"));
  const FastTextContents contents = read_fasttext_model(folder / "model.bin");
  EXPECT_EQ(contents.settings.dim, 6);
  EXPECT_EQ(contents.settings.window, 2);
  EXPECT_EQ(contents.settings.ngrams.buckets, 50);
  EXPECT_EQ(contents.vocabulary.words(), corpus.vocabulary().words());
  EXPECT_EQ(contents.vocabulary.counts(), tree_counts(corpus));
  const auto arrays = model.arrays();
  for (std::int64_t w = 0; w < corpus.vocabulary().size(); ++w)
    for (std::int64_t k = 0; k < 6; ++k) {
      EXPECT_EQ(contents.input(w)[k], arrays[0].values[w * arrays[0].shape[1] + k]);
      EXPECT_EQ(contents.output(w)[k], arrays[1].values[w * arrays[1].shape[1] + k]);
    }
}

}  // namespace
}  // namespace wordbridge
