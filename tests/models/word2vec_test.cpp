#include "models/word2vec/word2vec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "core/threads.h"
#include "models/registry.h"
#include "tests/support/toy_corpus.h"

namespace wordbridge {
namespace {

std::vector<float> values_of(const Word2vec& model) {
  const EmbeddingTable table = model.vectors();
  return {table.data(), table.data() + table.size() * table.dim()};
}

Word2vecOptions toy_options() {
  Word2vecOptions options;
  options.dim = 12;
  options.window = 2;
  options.sample = 0;
  options.epochs = 2;
  options.lr = 0.05;
  return options;
}

std::vector<float> trained(const Word2vecOptions& options, const Corpus& corpus) {
  Word2vec model(options, corpus, 1);
  for (std::int64_t step = 0; step < model.epochs() * model.epoch_steps(); ++step)
    model.train(step);
  return values_of(model);
}

/// Words of a text, with `ids` in documents that start at `documents`.
struct Text {
  std::vector<std::int32_t> ids;
  std::vector<std::int64_t> documents, counts;
  Text(std::vector<std::int32_t> words, std::vector<std::int64_t> starts)
      : ids(std::move(words)), documents(std::move(starts)) {
    counts.resize(static_cast<std::size_t>(*std::max_element(ids.begin(), ids.end()) + 1));
    for (const auto id : ids) ++counts[static_cast<std::size_t>(id)];
  }
  IdStream stream() const {
    return {ids.data(), static_cast<std::int64_t>(ids.size()),
            static_cast<std::int64_t>(counts.size()), documents};
  }
};

/// P(a value of chi-square above this) is 1e-4 for many degrees of freedom (Wilson and Hilferty).
double chi_square_limit(double degrees) {
  const double part = 2 / (9 * degrees);
  return degrees * std::pow(1 - part + 3.72 * std::sqrt(part), 3);
}

TEST(WindowTextTest, FixedWindowsEndAtDocuments) {
  const Text text({0, 1, 2, 3, 4, 5, 6, 7}, {0, 3, 4});
  Word2vecOptions options = toy_options();
  options.window_type = "fixed";
  const WindowText windows(text.stream(), text.counts, options, 1);
  WindowText::Segment segment;
  windows.read(0, 0, segment);
  const std::vector<std::vector<std::int32_t>> expected = {{1, 2}, {0, 2},    {0, 1},    {},
                                                           {5, 6}, {4, 6, 7}, {4, 5, 7}, {5, 6}};
  for (std::int32_t i = 0; i < 8; ++i) {
    WindowText::Window window;
    const bool any = windows.window(segment, i, window);
    EXPECT_EQ(any, !expected[static_cast<std::size_t>(i)].empty()) << i;
    if (!any) continue;
    EXPECT_EQ(window.in, expected[static_cast<std::size_t>(i)]) << i;
    EXPECT_EQ(window.out.front(), i);
    EXPECT_EQ(std::count(window.out.begin() + 1, window.out.end(), i), 0);
  }
}

TEST(WindowTextTest, DynamicWindowsHaveEachWidthAlike) {
  const Text text(std::vector<std::int32_t>(1024, 0), {0});
  Word2vecOptions options = toy_options();
  options.window = 5;
  const WindowText windows(text.stream(), text.counts, options, 1);
  std::map<std::size_t, double> seen;
  for (int epoch = 0; epoch < 20; ++epoch) {
    WindowText::Segment segment;
    WindowText::Window window;
    windows.read(epoch, 0, segment);
    for (std::int64_t i = 0; i < 1024; ++i) {
      ASSERT_TRUE(windows.window(segment, i, window));
      if (i >= 5 && i < 1019) ++seen[window.in.size()];
    }
  }
  ASSERT_EQ(seen.size(), 5U);
  const double expected = 20 * 1014 / 5.0;
  double chi_square = 0;
  for (const auto& [size, count] : seen) {
    EXPECT_EQ(size % 2, 0U);
    chi_square += (count - expected) * (count - expected) / expected;
  }
  EXPECT_LT(chi_square, chi_square_limit(4));
}

TEST(WindowTextTest, NegativesAndThinningFollowTheirDistributions) {
  // Word w occurs in proportion to 1/(w+1).
  std::vector<std::int32_t> ids;
  constexpr int kTypes = 20;
  while (ids.size() < 200000)
    for (std::int32_t w = 0; w < kTypes; ++w)
      if (ids.size() % static_cast<std::size_t>(w + 1) == 0) ids.push_back(w);
  const Text text(ids, {0});
  Word2vecOptions options = toy_options();
  options.sample = 0.01;
  const WindowText windows(text.stream(), text.counts, options, 1);
  std::vector<double> used(kTypes), drawn(kTypes), chance(kTypes);
  double weights = 0;
  for (const auto count : text.counts) weights += std::pow(static_cast<double>(count) + 1, 0.75);
  WindowText::Segment segment;
  WindowText::Window window;
  for (std::int64_t s = 0; s < windows.segments(); ++s) {
    windows.read(3, s, segment);
    for (std::size_t i = 0; i < segment.words.size(); ++i) {
      const auto word = static_cast<std::size_t>(segment.words[i]);
      ++used[word];
      if (!windows.window(segment, static_cast<std::int64_t>(i), window)) continue;
      for (std::size_t k = 1; k < window.out.size(); ++k)
        ++drawn[static_cast<std::size_t>(window.out[k])];
      for (std::size_t w = 0; w < kTypes; ++w)
        if (w != word)
          chance[w] += 5 * std::pow(static_cast<double>(text.counts[w]) + 1, 0.75) / weights;
    }
  }
  double of_negatives = 0, of_used = 0;
  for (std::size_t w = 0; w < kTypes; ++w) {
    const auto count = static_cast<double>(text.counts[w]);
    const double ratio = 0.01 * static_cast<double>(ids.size()) / count;
    const double share = std::min(1.0, std::sqrt(ratio) + ratio);
    EXPECT_NEAR(windows.used_share(static_cast<std::int32_t>(w)), share, 1e-9);
    if (share < 1)
      of_used += std::pow(used[w] - count * share, 2) / (count * share * (1 - share));
    else
      EXPECT_EQ(used[w], count);
    of_negatives += std::pow(drawn[w] - chance[w], 2) / chance[w];
  }
  EXPECT_LT(of_negatives, chi_square_limit(kTypes - 1));
  EXPECT_LT(of_used, chi_square_limit(kTypes));
}

TEST(Word2vecTest, DeterministicTrainingHasTheSameBitsOnAnyNumberOfThreads) {
  const Corpus corpus = toy_corpus(12000);  // more than a round
  for (const char* const architecture : {"skip-gram", "cbow"}) {
    Word2vecOptions options = toy_options();
    options.architecture = architecture;
    options.epochs = 1;
    set_threads(1);
    const auto one = trained(options, corpus);
    for (const int count : {2, 3, 8}) {
      set_threads(count);
      EXPECT_EQ(trained(options, corpus), one) << architecture << ' ' << count;
    }
  }
  set_threads(0);
}

/// On one thread, a text of one segment is trained by both ways in the same order.
TEST(Word2vecTest, OneSegmentIsTheSameInBothWays) {
  const Corpus corpus = toy_corpus(200);
  Word2vecOptions options = toy_options();
  const auto deterministic = trained(options, corpus);
  options.parallel = "fast";
  const auto fast = trained(options, corpus);
  for (std::size_t i = 0; i < fast.size(); ++i) ASSERT_NEAR(fast[i], deterministic[i], 1e-5) << i;
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

TEST(Word2vecTest, WordsOfOneKindEndNearEachOther) {
  const Corpus corpus = toy_corpus(3000);
  for (const char* const architecture : {"skip-gram", "cbow"})
    for (const char* const parallel : {"fast", "deterministic"}) {
      Word2vecOptions options = toy_options();
      options.architecture = architecture;
      options.parallel = parallel;
      options.window = 1;
      options.epochs = 10;
      Word2vec model(options, corpus, 1);
      double first = 0, last = 0;
      for (std::int64_t step = 0; step < model.epochs() * model.epoch_steps(); ++step) {
        const auto result = model.train(step);
        last = result.loss / static_cast<double>(result.examples);
        if (step == 0) first = last;
      }
      EXPECT_LT(last, first);
      const EmbeddingTable table = model.vectors();
      const double alike = cosine_of(table, "apple", "orange") + cosine_of(table, "eats", "sees");
      const double unlike = cosine_of(table, "apple", "eats") + cosine_of(table, "the", "orange");
      EXPECT_GT(alike, unlike + 0.5) << architecture << ' ' << parallel;
    }
}

TEST(Word2vecTest, VectorsAreWordsContextsOrTheirSum) {
  const Corpus corpus = toy_corpus(100);
  Word2vecOptions options = toy_options();
  const auto words = trained(options, corpus);
  options.export_vectors = "contexts";
  const auto contexts = trained(options, corpus);
  options.export_vectors = "sum";
  const auto sum = trained(options, corpus);
  EXPECT_NE(words, contexts);
  for (std::size_t i = 0; i < sum.size(); ++i) ASSERT_EQ(sum[i], words[i] + contexts[i]);
}

TEST(Word2vecTest, LearningRateFallsLinearlyToItsEnd) {
  const Corpus corpus = toy_corpus(100);
  Word2vec model(toy_options(), corpus, 1);
  EXPECT_NEAR(model.train(0).learning_rate, (0.05 + 1e-4) / 2, 1e-12);
  EXPECT_NEAR(model.train(1).learning_rate, 1e-4, 1e-12);
}

TEST(Word2vecTest, ContradictionsAreProblems) {
  Word2vecOptions options;
  options.lr_min = 1;
  options.cbow_update = "original";
  Problems problems;
  options.validate(problems, "model.word2vec");
  ASSERT_EQ(problems.found().size(), 2U);
  EXPECT_EQ(problems.found()[0].first, "model.word2vec.lr_min");
  EXPECT_EQ(problems.found()[1].first, "model.word2vec.cbow_update");
}

}  // namespace
}  // namespace wordbridge
