#include "models/word2vec/word2vec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "core/threads.h"
#include "models/registry.h"
#include "tests/support/toy_corpus.h"
#include "tests/support/word2vec_toys.h"

namespace wordbridge {
namespace {

std::vector<float> values_of(const EmbeddingTable& table) {
  return {table.data(), table.data() + table.size() * table.dim()};
}

std::int64_t steps_of(const Word2vec& model) { return model.total_steps(); }

void train_all(Word2vec& model) {
  for (std::int64_t step = 0; step < steps_of(model); ++step) model.train(step);
}

std::vector<float> trained(const Word2vecOptions& options, const Corpus& corpus) {
  Word2vec model(options, corpus, 1);
  train_all(model);
  return values_of(model.vectors());
}

Corpus corpus_of(const std::vector<std::string>& tokens) {
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  SplitOptions split;
  split.train = 1, split.valid = 0, split.test = 0;
  return corpus_from_tokens(tokens, vocabulary, split);
}

/// architecture x output x n-grams.
struct Variant {
  const char *architecture, *output;
  bool ngrams;
  Word2vecOptions options() const {
    Word2vecOptions options = toy_word2vec_options();
    set_choice(options, "architecture", architecture);
    set_choice(options, "output", output);
    if (ngrams) options.ngrams = {2, 4, 500};
    return options;
  }
};
void PrintTo(const Variant& variant, std::ostream* out) {
  *out << variant.architecture << ' ' << variant.output << (variant.ngrams ? " n-grams" : "");
}

class Word2vecVariant : public testing::TestWithParam<Variant> {
 protected:
  void TearDown() override { set_threads(0); }
};

TEST_P(Word2vecVariant, HasTheSameBitsOnAnyNumberOfThreads) {
  const Corpus corpus = toy_corpus(5000);  // 24000 tokens: many rounds
  for (const double lr : {0.002, 0.05}) {  // rounds of several segments, of one
    Word2vecOptions options = GetParam().options();
    options.epochs = 1;
    options.lr = lr;
    std::vector<std::uint32_t> one;
    double loss = 0;
    for (const int count : {1, 2, 3, 8}) {
      set_threads(count);
      Word2vec model(options, corpus, 1);
      const double same = model.train(0).loss;
      if (one.empty()) one = bits_of(model), loss = same;
      EXPECT_EQ(bits_of(model), one) << count;
      EXPECT_EQ(same, loss) << count;
    }
  }
}

/// arrays() must be the complete state: after each step, a new model continues from the arrays.
TEST_P(Word2vecVariant, GoesOnFromItsArraysAtAnyStep) {
  set_threads(1);
  const Corpus corpus = toy_corpus(60000);  // two steps in an epoch
  Word2vecOptions options = GetParam().options();
  options.window = 1;
  options.dim = 4;
  options.sample = 0.01;
  Word2vec whole(options, corpus, 1);
  ASSERT_EQ(steps_of(whole), 4);
  auto carried = std::make_unique<Word2vec>(options, corpus, 1);
  for (std::int64_t step = 0; step < 4; ++step) {
    const auto expected = whole.train(step);
    auto next = std::make_unique<Word2vec>(options, corpus, 1);
    copy_arrays(*carried, *next);
    carried = std::move(next);
    const auto result = carried->train(step);
    EXPECT_EQ(result.loss, expected.loss);
    EXPECT_EQ(result.examples, expected.examples);
    EXPECT_EQ(bits_of(*carried), bits_of(whole)) << step;
  }
}

/// A text of one segment is processed in the same order with both settings of `parallel`.
TEST_P(Word2vecVariant, OneSegmentIsTheSameInBothWays) {
  const Corpus corpus = toy_corpus(20);
  Word2vecOptions options = GetParam().options();
  const auto deterministic = trained(options, corpus);
  options.parallel = Word2vecOptions::Parallel::fast;
  const auto fast = trained(options, corpus);
  for (std::size_t i = 0; i < fast.size(); ++i) ASSERT_NEAR(fast[i], deterministic[i], 1e-5) << i;
}

TEST_P(Word2vecVariant, FastTrainingOnOneThreadIsRepeatable) {
  const Corpus corpus = toy_corpus(500);
  Word2vecOptions options = GetParam().options();
  options.parallel = Word2vecOptions::Parallel::fast;
  set_threads(1);
  EXPECT_EQ(trained(options, corpus), trained(options, corpus));
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

void expect_kinds_near(Word2vecOptions options) {
  const Corpus corpus = toy_corpus(3000);
  options.window = 1;
  options.epochs = 10;
  Word2vec model(options, corpus, 1);
  double first = 0, last = 0;
  for (std::int64_t step = 0; step < steps_of(model); ++step) {
    const auto result = model.train(step);
    last = result.loss / static_cast<double>(result.examples);
    if (step == 0) first = last;
  }
  EXPECT_LT(first, model.loss_at_zero());
  EXPECT_LT(last, first);
  const EmbeddingTable table = model.vectors();
  const double alike = cosine_of(table, "apple", "orange") + cosine_of(table, "eats", "sees");
  const double unlike = cosine_of(table, "apple", "eats") + cosine_of(table, "the", "orange");
  EXPECT_GT(alike, unlike + 0.5);
}

TEST_P(Word2vecVariant, WordsOfOneKindEndNearEachOther) { expect_kinds_near(GetParam().options()); }

TEST_P(Word2vecVariant, FastTrainingDoesSoToo) {
  set_threads(4);
  Word2vecOptions options = GetParam().options();
  options.parallel = Word2vecOptions::Parallel::fast;
  expect_kinds_near(options);
}

/// With a small vocabulary the same rows are updated again and again: rounds must not overshoot.
TEST_P(Word2vecVariant, TextsOfFewWordsDoNotDiverge) {
  set_threads(1);
  const Corpus corpus = toy_corpus(3000);
  for (const double lr : {0.0125, 0.025, 0.05})
    for (const std::int64_t window : {1, 5}) {
      Word2vecOptions options = GetParam().options();
      options.window = window;
      options.lr = lr;
      Word2vec model(options, corpus, 1);
      for (std::int64_t step = 0; step < steps_of(model); ++step) {
        const auto result = model.train(step);
        EXPECT_LT(result.loss / static_cast<double>(result.examples), model.loss_at_zero())
            << lr << ' ' << window;
      }
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, Word2vecVariant,
    testing::Values(Variant{"skip-gram", "sampling", false}, Variant{"skip-gram", "sampling", true},
                    Variant{"skip-gram", "hierarchical", false},
                    Variant{"skip-gram", "hierarchical", true}, Variant{"cbow", "sampling", false},
                    Variant{"cbow", "sampling", true}, Variant{"cbow", "hierarchical", false},
                    Variant{"cbow", "hierarchical", true}));

/// Each part of the text repeats a few words, the whole has many. If all segments of a round were
/// trained from the same state, the loss would be 2.8 times that of zero vectors.
TEST(Word2vecTest, TextsThatRepeatWordsLocallyDoNotDiverge) {
  std::vector<std::string> tokens;
  for (int group = 0; tokens.size() < 1000000; ++group)
    for (int i = 0; i < 80 * 40; ++i)
      tokens.push_back("w" + std::to_string(group) + "_" + std::to_string(i % 40));
  const Corpus corpus = corpus_of(tokens);
  Word2vecOptions options = toy_word2vec_options();
  options.window = 5;
  Word2vec model(options, corpus, 1);
  for (std::int64_t step = 0; step < steps_of(model); ++step) {
    const auto result = model.train(step);
    EXPECT_LT(result.loss / static_cast<double>(result.examples), 0.5 * model.loss_at_zero());
  }
}

/// Before any training, the loss of an example is exactly the loss of zero dot products.
TEST(Word2vecTest, BlankLossIsThatOfZeroVectors) {
  const Corpus corpus = toy_corpus(20);
  for (const bool hierarchical : {false, true}) {
    Word2vecOptions options = toy_word2vec_options();
    options.window_type = Word2vecOptions::WindowType::fixed;
    options.architecture = Word2vecOptions::Architecture::cbow;
    options.epochs = 1;
    options.lr = options.lr_min = 1e-12;
    if (hierarchical) options.output = Word2vecOptions::Output::hierarchical;
    Word2vec model(options, corpus, 1);
    const auto result = model.train(0);
    const double loss = result.loss / static_cast<double>(result.examples);
    // Negative samples that equal the word itself are skipped.
    EXPECT_LE(loss, model.loss_at_zero() * (1 + 1e-6));
    EXPECT_GT(loss, model.loss_at_zero() * (hierarchical ? 1 - 1e-6 : 0.8));
  }
}

TEST(Word2vecTest, ExamplesAreWordsOfWindowsOrWindows) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 1000; ++i) tokens.push_back(std::to_string(i % 10));
  const Corpus corpus = corpus_of(tokens);
  Word2vecOptions options = toy_word2vec_options();
  options.window_type = Word2vecOptions::WindowType::fixed;
  Word2vec skip_gram(options, corpus, 1);
  const auto pairs = skip_gram.train(0);
  EXPECT_EQ(pairs.examples, 4 * 1000 - 2 * 3);  // two and one fewer at each end
  EXPECT_EQ(pairs.done, 1000);
  options.architecture = Word2vecOptions::Architecture::cbow;
  EXPECT_EQ(Word2vec(options, corpus, 1).train(0).examples, 1000);
}

TEST(Word2vecTest, StepsOfAnEpochCoverTheTextOnce) {
  set_threads(1);
  const Corpus corpus = toy_corpus(60000);
  Word2vecOptions options = toy_word2vec_options();
  options.dim = 1;
  options.window = 1;
  Word2vec model(options, corpus, 1);
  ASSERT_EQ(model.epoch_steps(), 2);
  EXPECT_EQ(model.train(0).done, Word2vec::kStepTokens);
  EXPECT_EQ(model.train(1).done, 288000 - Word2vec::kStepTokens);
  set_threads(0);
}

/// Two words are the smallest possible corpus.
TEST(Word2vecTest, TextsOfTwoWordsAreTrained) {
  for (const int times : {1, 2, 300}) {
    std::vector<std::string> tokens;
    for (int i = 0; i < times; ++i) tokens.insert(tokens.end(), {"this", "that"});
    const Corpus corpus = corpus_of(tokens);
    for (const char* const architecture : {"skip-gram", "cbow"})
      for (const char* const output : {"sampling", "hierarchical"})
        for (const bool ngrams : {false, true}) {
          Word2vecOptions options = Variant{architecture, output, ngrams}.options();
          Word2vec model(options, corpus, 1);
          const auto result = model.train(0);
          EXPECT_GT(result.examples, 0);
          EXPECT_GT(result.loss, 0);
          EXPECT_LE(result.loss,
                    1.001 * model.loss_at_zero() * static_cast<double>(result.examples));
          train_all(model);
          for (const float value : values_of(model.vectors())) EXPECT_TRUE(std::isfinite(value));
        }
  }
}

TEST(Word2vecTest, ATextThatIsThinnedOutToNothingIsTrained) {
  Word2vecOptions options = toy_word2vec_options();
  options.sample = 1e-12;
  const Corpus corpus = toy_corpus(50);
  Word2vec model(options, corpus, 1);
  const auto before = bits_of(model);
  const auto result = model.train(0);
  EXPECT_EQ(result.examples, 0);
  EXPECT_EQ(result.loss, 0);
  EXPECT_EQ(result.done, 240);
  EXPECT_EQ(bits_of(model), before);
}

TEST(Word2vecTest, RowsStartWithinTheirBoundsAndPaddingStaysZero) {
  const Corpus corpus = toy_corpus(200);
  for (const bool ngrams : {false, true}) {
    Word2vecOptions options = Variant{"skip-gram", "sampling", ngrams}.options();
    Word2vec model(options, corpus, 1);
    const float bound = (ngrams ? 1.0f : 0.5f) / 12;
    ASSERT_EQ(model.arrays().size(), ngrams ? 3U : 2U);
    for (const auto& array : model.arrays()) {
      ASSERT_EQ(array.shape[1], 16);
      float largest = 0;
      for (std::int64_t i = 0; i < array.shape[0] * 16; ++i)
        largest = std::max(largest, std::abs(array.values[i]));
      if (array.name == "contexts")
        EXPECT_EQ(largest, 0);
      else
        EXPECT_GT(largest, 0.95f * bound);
      EXPECT_LE(largest, bound);
    }
    train_all(model);
    for (const auto& array : model.arrays())
      for (std::int64_t i = 0; i < array.shape[0] * 16; ++i)
        if (i % 16 >= 12) {
          ASSERT_EQ(array.values[i], 0);
        }
  }
}

/// Every bucket is a row with its own initial values.
TEST(Word2vecTest, VectorsAreMeansOfTheirParts) {
  const Corpus corpus = toy_corpus(100);
  Word2vecOptions options = Variant{"cbow", "hierarchical", true}.options();
  Word2vec model(options, corpus, 1);
  train_all(model);
  const auto arrays = model.arrays();
  const auto words = arrays[0].shape[0], nodes = arrays[1].shape[0];
  EXPECT_EQ(nodes, words - 1);
  const Subwords parts(corpus.vocabulary().words(), {2, 4, 500}, words + nodes);
  ASSERT_EQ(arrays[2].shape[0], static_cast<std::int64_t>(parts.buckets().size()));
  const EmbeddingTable table = model.vectors();
  for (std::int32_t w = 0; w < words; ++w)
    for (std::int64_t k = 0; k < 12; ++k) {
      double sum = 0, count = 0;
      for (const auto row : parts.of(w)) {
        sum += row == w ? arrays[0].values[row * 16 + k]
                        : arrays[2].values[(row - words - nodes) * 16 + k];
        ++count;
      }
      ASSERT_NEAR(static_cast<double>(table.row(w)[k]), sum / count, 1e-6);
    }
}

TEST(Word2vecTest, VectorsAreWordsContextsOrTheirSum) {
  const Corpus corpus = toy_corpus(100);
  for (const bool ngrams : {false, true}) {
    Word2vecOptions options = Variant{"skip-gram", "sampling", ngrams}.options();
    const auto words = trained(options, corpus);
    options.export_vectors = Word2vecOptions::Vectors::contexts;
    const auto contexts = trained(options, corpus);
    options.export_vectors = Word2vecOptions::Vectors::sum;
    const auto sum = trained(options, corpus);
    EXPECT_NE(words, contexts);
    for (std::size_t i = 0; i < sum.size(); ++i) ASSERT_EQ(sum[i], words[i] + contexts[i]);
  }
}

TEST(Word2vecTest, ContextsAreKeptIfAskedFor) {
  const Corpus corpus = toy_corpus(100);
  Word2vecOptions options = toy_word2vec_options();
  Word2vec without(options, corpus, 1);
  EXPECT_FALSE(without.contexts());
  options.keep_contexts = true;
  Word2vec with(options, corpus, 1);
  train_all(with);
  const auto contexts = with.contexts();
  ASSERT_TRUE(contexts);
  options.export_vectors = Word2vecOptions::Vectors::contexts;
  EXPECT_EQ(values_of(*contexts), trained(options, corpus));
}

TEST(Word2vecTest, LearningRateFallsLinearlyToItsEnd) {
  const Corpus corpus = toy_corpus(100);
  Word2vec model(toy_word2vec_options(), corpus, 1);
  EXPECT_NEAR(model.train(0).learning_rate, (0.05 + 1e-4) / 2, 1e-12);
  EXPECT_NEAR(model.train(1).learning_rate, 1e-4, 1e-12);
}

using Found = std::vector<std::pair<std::string, std::string>>;
Found problems_of(const Word2vecOptions& options) {
  Problems problems;
  options.validate(problems, "model.word2vec");
  return {problems.found().begin(), problems.found().end()};
}

TEST(Word2vecTest, ContradictionsAreProblems) {
  Word2vecOptions options;
  EXPECT_TRUE(problems_of(options).empty());
  options.lr = 0.05;
  options.lr_min = 1;
  options.cbow_update = Word2vecOptions::CbowUpdate::original;
  options.ngrams.min = 7;
  EXPECT_EQ(problems_of(options),
            (Found{{"model.word2vec.lr_min", "is above train.lr"},
                   {"model.word2vec.ngrams.min", "is above max"},
                   {"model.word2vec.cbow_update", "only has an effect with architecture: cbow"}}));
  options = {};
  options.output = Word2vecOptions::Output::hierarchical;
  EXPECT_TRUE(problems_of(options).empty());
  options.export_vectors = Word2vecOptions::Vectors::sum;
  options.keep_contexts = true;
  const std::string nodes = "output: hierarchical has tree nodes instead of context vectors";
  EXPECT_EQ(problems_of(options),
            (Found{{"model.word2vec.export", nodes}, {"model.word2vec.keep_contexts", nodes}}));
}

}  // namespace
}  // namespace wordbridge
