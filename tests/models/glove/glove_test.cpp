#include "models/glove/glove.h"

#include <gmock/gmock.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/index.h"
#include "core/rng.h"
#include "core/threads.h"
#include "data/counts/open_counts.h"
#include "models/registry.h"
#include "tests/support/glove_reference.h"
#include "tests/support/toy_corpus.h"
#include "tests/support/word2vec_toys.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

GloveOptions toy_glove_options() {
  GloveOptions options;
  options.dim = 12;
  options.counts.window = 3;
  options.epochs = 3;
  options.lr = 0.05;
  return options;
}

Corpus whole_corpus(const std::vector<std::string>& tokens) {
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  vocabulary.unknown = "";
  SplitOptions split;
  split.train = 1, split.valid = 0, split.test = 0;
  return corpus_from_tokens(tokens, vocabulary, split);
}

/// A corpus of `words` words whose frequencies follow Zipf's law.
Corpus zipf_corpus(std::int32_t words) {
  std::vector<std::string> tokens;
  for (const std::int32_t id : zipf_text(20000, words).ids) tokens.push_back(std::to_string(id));
  return whole_corpus(tokens);
}

/// Trains to the end; returns the mean loss of each epoch.
std::vector<double> losses_of(Glove& model) {
  model.prepare();
  std::vector<double> losses;
  for (std::int64_t step = 0; step < model.total_steps();) {
    double loss = 0;
    std::int64_t examples = 0;
    do {
      const auto result = model.train(step);
      loss += result.loss;
      examples += result.examples;
    } while (++step % model.epoch_steps() != 0);
    EXPECT_EQ(examples, model.epoch_size());
    losses.push_back(loss / static_cast<double>(examples));
  }
  return losses;
}

class GloveTest : public testing::Test {
 protected:
  void TearDown() override { set_threads(0); }
};

TEST_F(GloveTest, HasTheSameBitsOnAnyNumberOfThreads) {
  const Corpus corpus = zipf_corpus(200);
  std::vector<std::uint32_t> one;
  std::vector<double> losses;
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    Glove model(toy_glove_options(), corpus, 1);
    ASSERT_EQ(model.epoch_steps(), 12);
    const std::vector<double> same = losses_of(model);
    if (one.empty()) one = bits_of(model), losses = same;
    EXPECT_EQ(bits_of(model), one) << count;
    EXPECT_EQ(same, losses) << count;
  }
}

/// A vocabulary of one group has one tile, whose parts are one: their order is known.
TEST_F(GloveTest, AnEpochAgreesWithTheDefinition) {
  const Corpus corpus = zipf_corpus(20);
  const GloveOptions options = toy_glove_options();
  Glove model(options, corpus, 1);
  model.prepare();
  const GloveRow row{*options.dim};
  const TileGroups groups(20, 4 * row.size());
  ASSERT_EQ(groups.groups(), 1);
  const SparseCounts counts = open_counts(corpus, options.counts, 1);
  const CountTiles tiles(counts.view(), groups, 1);
  ASSERT_EQ(tiles.parts(), 1);

  GloveReference reference{row.dim, 0.05, options.x_max, options.alpha, {}, {}, {}, {}};
  const std::vector<StreamingModel::Array> arrays = model.arrays();
  for (std::int64_t word = 0; word < 20; ++word) {
    reference.words.push_back(glove_values(arrays[0].values + word * row.size(), row, false));
    reference.contexts.push_back(glove_values(arrays[1].values + word * row.size(), row, false));
  }
  reference.word_sums.assign(20, std::vector<double>(at(row.dim + 1), 1.0));
  reference.context_sums = reference.word_sums;
  const CountTiles::Part part = tiles.part(0, 0, 0);
  for (int epoch = 0; epoch < 2; ++epoch) {
    double loss = 0;
    for (std::int64_t i = 0; i < part.size; ++i)
      loss += reference.step(part.counts[i].word, part.counts[i].context, part.counts[i].log_count);
    const auto result = model.train(epoch);
    EXPECT_NEAR(result.loss, loss, 1e-5 * loss);
    EXPECT_EQ(result.examples, part.size);
  }
  const EmbeddingTable table = model.vectors();
  for (std::int64_t word = 0; word < 20; ++word)
    for (std::int64_t k = 0; k < row.dim; ++k)
      ASSERT_NEAR(table.row(word)[k],
                  reference.words[at(word)][at(k)] + reference.contexts[at(word)][at(k)], 2e-5);
}

TEST_F(GloveTest, ExportsWordsContextsOrTheirSum) {
  const Corpus corpus = zipf_corpus(40);  // rows are in another order than words
  GloveOptions options = toy_glove_options();
  const auto exported = [&](GloveOptions::Vectors which) {
    options.export_vectors = which;
    return Glove(options, corpus, 1).vectors();
  };
  const EmbeddingTable words = exported(GloveOptions::Vectors::words),
                       contexts = exported(GloveOptions::Vectors::contexts),
                       sum = exported(GloveOptions::Vectors::sum);
  for (std::int64_t word = 0; word < 40; ++word)
    EXPECT_EQ(words.word(word), corpus.vocabulary().word(word));
  for (std::int64_t word = 0; word < 40; ++word) {
    Rng rng(1, "glove words", static_cast<std::uint64_t>(word));
    EXPECT_FLOAT_EQ(words.row(word)[0], static_cast<float>(rng.uniform(-0.5, 0.5) / 12));
    for (std::int64_t k = 0; k < 12; ++k)
      EXPECT_EQ(sum.row(word)[k], words.row(word)[k] + contexts.row(word)[k]);
  }
  EXPECT_FALSE(Glove(options, corpus, 1).contexts().has_value());
  options.keep_contexts = true;
  EXPECT_EQ(Glove(options, corpus, 1).contexts()->row(3)[5], contexts.row(3)[5]);
}

/// arrays() must be the complete state: after each step, a new model continues from the arrays.
TEST_F(GloveTest, GoesOnFromItsArraysAtAnyStep) {
  const Corpus corpus = zipf_corpus(50);
  const GloveOptions options = toy_glove_options();
  Glove whole(options, corpus, 1);
  whole.prepare();
  ASSERT_EQ(whole.total_steps(), 9);
  auto carried = std::make_unique<Glove>(options, corpus, 1);
  for (std::int64_t step = 0; step < 9; ++step) {
    const auto expected = whole.train(step);
    auto next = std::make_unique<Glove>(options, corpus, 1);
    copy_arrays(*carried, *next);
    carried = std::move(next);
    carried->prepare();
    EXPECT_EQ(carried->train(step).loss, expected.loss);
    EXPECT_EQ(bits_of(*carried), bits_of(whole)) << step;
  }
}

TEST_F(GloveTest, EpochsHaveOrdersOfTheirOwn) {
  const Corpus corpus = zipf_corpus(100);
  GloveOptions options = toy_glove_options();
  options.lr = 1e-9;
  Glove model(options, corpus, 1);
  model.prepare();
  std::vector<std::int64_t> sizes[2];
  for (std::int64_t step = 0; step < 2 * model.epoch_steps(); ++step)
    sizes[step / model.epoch_steps()].push_back(model.train(step).examples);
  EXPECT_NE(sizes[0], sizes[1]);
}

double cosine_of(const EmbeddingTable& table, const char* a, const char* b) {
  const float *x = table.row(table.find(a)), *y = table.row(table.find(b));
  double xy = 0, xx = 0, yy = 0;
  for (std::int64_t k = 0; k < table.dim(); ++k) {
    xy += static_cast<double>(x[k]) * y[k];
    xx += static_cast<double>(x[k]) * x[k];
    yy += static_cast<double>(y[k]) * y[k];
  }
  return xy / std::sqrt(xx * yy);
}

TEST_F(GloveTest, WordsOfOneKindEndNearEachOther) {
  GloveOptions options = toy_glove_options();
  options.export_vectors = GloveOptions::Vectors::words;
  options.epochs = 300;
  options.x_max = 100;
  const Corpus corpus = toy_corpus(3000);
  Glove model(options, corpus, 1);
  const std::vector<double> losses = losses_of(model);
  EXPECT_LT(losses.front(), 4 * model.loss_at_zero());
  EXPECT_LT(losses.back(), 0.05 * model.loss_at_zero());
  const EmbeddingTable table = model.vectors();
  const double alike = cosine_of(table, "apple", "orange") + cosine_of(table, "eats", "sees");
  const double unlike = cosine_of(table, "apple", "eats") + cosine_of(table, "the", "orange");
  EXPECT_GT(alike, unlike + 0.5);
}

TEST_F(GloveTest, CountsOfOneAreAnError) {
  GloveOptions options = toy_glove_options();
  options.counts.window = 1;
  const Corpus corpus = whole_corpus({"a", "b", "c"});
  Glove model(options, corpus, 1);
  try {
    model.prepare();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("all co-occurrence counts are 1"));
    EXPECT_THAT(error.what(), HasSubstr("4 counts"));
  }
}

TEST_F(GloveTest, IsAModelOfTheRegistry) {
  EXPECT_EQ(find_model("glove").kind, LearnerKind::kernel);
  const auto options = find_model("glove").make_options();
  ChosenSettings chosen;
  options->choose({}, 0, chosen);
  EXPECT_EQ(dynamic_cast<const GloveOptions&>(*options).dim, 100);
  EXPECT_EQ(options->lr, 0.05);
  EXPECT_TRUE(options->epochs.has_value());
  const Corpus corpus = zipf_corpus(40);
  EXPECT_EQ(make_streaming_model("glove", *options, corpus, 1)->dim(), 100);
}

TEST_F(GloveTest, ContextsAreTheWordsOfTheVocabulary) {
  GloveOptions options;
  options.counts.context = CountContext::document;
  options.counts.sides = CountSides::apart;
  options.counts.max_contexts = 10;
  Problems problems;
  options.validate(problems, "model.glove");
  ASSERT_EQ(problems.found().size(), 3u);
  EXPECT_EQ(problems.found()[0].first, "model.glove.counts.context");
}

}  // namespace
}  // namespace wordbridge
