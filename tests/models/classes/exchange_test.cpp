#include "models/classes/exchange.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/rng.h"
#include "core/threads.h"
#include "models/classes/class_bigrams.h"
#include "tests/support/toy_corpus.h"

namespace wordbridge {
namespace {

using Ids = std::vector<std::int32_t>;

/// sum over bigrams v w of ln p(c(w) | c(v)) p(w | c(w)), computed directly from the definition.
double likelihood(const Ids& ids, const Ids& class_of) {
  std::map<std::pair<int, int>, double> pairs;
  std::map<int, double> left, right, words;
  for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
    const int g = class_of[static_cast<std::size_t>(ids[i])];
    const int h = class_of[static_cast<std::size_t>(ids[i + 1])];
    ++pairs[{g, h}], ++left[g], ++right[h], ++words[ids[i + 1]];
  }
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
    const int g = class_of[static_cast<std::size_t>(ids[i])];
    const int h = class_of[static_cast<std::size_t>(ids[i + 1])];
    sum += std::log(pairs[{g, h}] / left[g]) + std::log(words[ids[i + 1]] / right[h]);
  }
  return sum;
}

Ids random_ids(std::uint64_t seed, std::size_t size, std::uint64_t vocabulary) {
  Rng rng(seed, "test");
  Ids ids(size);
  for (auto& id : ids) {
    // Squared, so that words differ in frequency and some words follow themselves.
    const double u = rng.uniform();
    id = static_cast<std::int32_t>(u * u * static_cast<double>(vocabulary));
  }
  return ids;
}

ExchangeOptions with_classes(std::int64_t classes, std::int64_t annealing_passes = 60) {
  ExchangeOptions options;
  options.classes = classes;
  options.annealing_passes = annealing_passes;
  return options;
}

WordClasses classes_of(const Ids& ids, std::int64_t vocabulary, const ExchangeOptions& options) {
  return exchange_classes(ids.data(), static_cast<std::int64_t>(ids.size()), vocabulary, options);
}

std::string message_of(const Ids& ids, std::int64_t vocabulary, std::int64_t classes) {
  try {
    classes_of(ids, vocabulary, with_classes(classes));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(Exchange, LikelihoodByHand) {
  // Bigrams 01 12 20 01 12. One class: p(w) = 1/5, 2/5, 2/5; three classes: every word is certain.
  const Ids ids = {0, 1, 2, 0, 1, 2};
  EXPECT_NEAR(classes_of(ids, 3, with_classes(1)).log_likelihood, std::log(0.2) + 4 * std::log(0.4),
              1e-6);
  EXPECT_NEAR(classes_of(ids, 3, with_classes(3)).log_likelihood, 0, 1e-6);
  // Classes g = {0, 1} and h = {2}: bigrams gg gh hg gg gh. After g, each class has 2 of 4; after
  // h, g is certain. Of the 3 words in g, one is 0 and two are 1.
  const double expected = 4 * std::log(0.5) + std::log(1.0 / 3) + 2 * std::log(2.0 / 3);
  EXPECT_NEAR(likelihood(ids, {0, 0, 1}), expected, 1e-12);
  // F does not include the part sum_w N_right(w) ln N_right(w) = 1 ln 1 + 2 ln 2 + 2 ln 2.
  const WordBigrams words(ids.data(), 6, 3);
  const ClassBigrams state(words, {0, 0, 1}, 2);
  const double objective = static_cast<double>(state.objective()) * LogTable::kUnit;
  EXPECT_NEAR(objective + 4 * std::log(2.0), expected, 1e-6);
}

TEST(Exchange, GainsAreThoseOfTheLikelihoodAnew) {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const std::int64_t vocabulary = 12, classes = 4;
    const Ids ids = random_ids(seed, 80, vocabulary);
    Rng rng(seed, "classes");
    Ids class_of(static_cast<std::size_t>(vocabulary));
    for (auto& c : class_of) c = static_cast<std::int32_t>(rng.below(classes));
    const WordBigrams words(ids.data(), static_cast<std::int64_t>(ids.size()), vocabulary);
    ClassBigrams state(words, class_of, classes);
    ClassBigrams::Scratch scratch(classes), other(classes);
    for (std::int32_t w = 0; w < vocabulary; ++w) {
      const double before = likelihood(ids, state.class_of());
      state.gains(w, scratch);
      for (std::int32_t c = 0; c < classes; ++c) {
        Ids moved = state.class_of();
        moved[static_cast<std::size_t>(w)] = c;
        const std::int64_t gain = scratch.gain[static_cast<std::size_t>(c)];
        EXPECT_NEAR(static_cast<double>(gain) * LogTable::kUnit, likelihood(ids, moved) - before,
                    1e-5)
            << "seed " << seed << ", word " << w << " to " << c;
        EXPECT_EQ(state.gain(w, c, other), gain);
      }
      // Continue with another state, which equals the state recomputed from scratch.
      state.move(w, static_cast<std::int32_t>(rng.below(classes)), scratch);
      EXPECT_EQ(state.objective(), ClassBigrams(words, state.class_of(), classes).objective());
    }
  }
}

TEST(Exchange, CountsAboveTheTableOfLogarithms) {
  LogTable small(3);
  EXPECT_EQ(small.table(4), nullptr);
  EXPECT_NE(small.table(3), nullptr);
  EXPECT_EQ(small(0), 0);
  EXPECT_EQ(small(1), 0);
  EXPECT_NEAR(static_cast<double>(small(1000)) * LogTable::kUnit, 1000 * std::log(1000.0), 1e-7);
}

TEST(Exchange, EachPassRaisesTheLikelihoodToALocalOptimum) {
  const std::int64_t vocabulary = 60, classes = 6;
  const Ids ids = random_ids(7, 1500, vocabulary);
  ExchangeOptions options = with_classes(classes, 0);
  options.max_passes = 0;
  WordClasses last = classes_of(ids, vocabulary, options);
  EXPECT_EQ(last.moves, 0);
  for (options.max_passes = 1; options.max_passes < 100; ++options.max_passes) {
    const WordClasses now = classes_of(ids, vocabulary, options);
    EXPECT_NEAR(now.log_likelihood, likelihood(ids, now.class_of), 1e-5);
    if (now.moves == last.moves) break;
    EXPECT_GT(now.log_likelihood, last.log_likelihood);
    EXPECT_EQ(now.passes, options.max_passes);
    last = now;
  }
  EXPECT_GT(last.passes, 2);
  EXPECT_LT(last.passes, 50);
  // No move of a single word increases the likelihood further.
  for (std::size_t w = 0; w < static_cast<std::size_t>(vocabulary); ++w) {
    for (std::int32_t c = 0; c < classes; ++c) {
      Ids moved = last.class_of;
      moved[w] = c;
      EXPECT_LE(likelihood(ids, moved), last.log_likelihood + 1e-5);
    }
  }
}

/// Tokens from hidden classes of ten words. Each class is followed by three others, with
/// probabilities 1/2, 1/4, 1/4.
Ids hidden_classes(std::size_t size, std::uint64_t classes) {
  Rng rng(11, "test");
  std::vector<std::vector<std::uint64_t>> next(classes);
  for (auto& some : next) {
    for (int i = 0; i < 3; ++i) some.push_back(rng.below(classes));
    some.push_back(some.front());
  }
  Ids ids;
  std::uint64_t c = 0;
  while (ids.size() < size) {
    c = next[c][rng.below(4)];
    ids.push_back(static_cast<std::int32_t>(10 * c + rng.below(10)));
  }
  return ids;
}

TEST(Exchange, AnnealingFindsABetterOptimum) {
  const Ids ids = hidden_classes(4000, 12);
  const double plain = classes_of(ids, 120, with_classes(12, 0)).log_likelihood;
  const double annealed = classes_of(ids, 120, with_classes(12)).log_likelihood;
  EXPECT_GT(annealed, plain + 1000);  // nats; 4,000 tokens
}

TEST(Exchange, ClassesOfAGrammar) {
  const Corpus corpus = toy_corpus(500);
  for (const std::int64_t annealing : {0, 60}) {
    const WordClasses found = exchange_classes(
        corpus.ids() + corpus.train().begin, corpus.train().size(),
        static_cast<std::int64_t>(corpus.vocabulary().size()), with_classes(3, annealing));
    // Bigrams can't distinguish "." from verbs, as both occur between a noun and a determiner.
    const std::vector<std::vector<std::string>> groups = {
        {"the", "a"},
        {"man", "woman", "apple", "orange", "dog", "cat"},
        {"eats", "sees", "likes", "."}};
    std::set<std::int32_t> classes;
    for (const auto& group : groups) {
      std::set<std::int32_t> of_group;
      for (const auto& word : group) {
        of_group.insert(found.class_of[static_cast<std::size_t>(corpus.vocabulary().find(word))]);
      }
      EXPECT_EQ(of_group.size(), 1u) << group.front();
      classes.insert(*of_group.begin());
    }
    EXPECT_EQ(classes.size(), groups.size());
  }
}

TEST(Exchange, SameOnAnyNumberOfThreads) {
  const std::int64_t vocabulary = 400;
  const Ids ids = random_ids(3, 8000, vocabulary);
  set_threads(1);
  const WordClasses first = classes_of(ids, vocabulary, with_classes(100, 20));
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    const WordClasses again = classes_of(ids, vocabulary, with_classes(100, 20));
    EXPECT_EQ(again.class_of, first.class_of) << count;
    EXPECT_EQ(again.log_likelihood, first.log_likelihood);
    EXPECT_EQ(again.moves, first.moves);
  }
  set_threads(0);
  ExchangeOptions other = with_classes(100, 20);
  other.seed = 2;
  EXPECT_NE(classes_of(ids, vocabulary, other).class_of, first.class_of);
}

TEST(Exchange, NoClassIsEmpty) {
  const Ids ids = random_ids(9, 400, 40);
  const std::set<std::int32_t> seen(ids.begin(), ids.end());
  for (std::int64_t classes = 1; classes <= static_cast<std::int64_t>(seen.size()); ++classes) {
    const WordClasses found = classes_of(ids, 40, with_classes(classes));
    std::set<std::int32_t> used;
    for (const std::int32_t id : seen) used.insert(found.class_of[static_cast<std::size_t>(id)]);
    EXPECT_EQ(static_cast<std::int64_t>(used.size()), classes);
    EXPECT_NEAR(found.log_likelihood, likelihood(ids, found.class_of), 1e-5);
  }
}

TEST(Exchange, UnseenWordsGoWhereWordsOccurOnce) {
  // Each word has its own class, by frequency, then by id: 5, 1 (twice each), then 0, 2, 6 (once).
  // The unseen words 3 and 4 go to the first two of the latter.
  const Ids ids = {5, 1, 5, 1, 0, 2, 6};
  const WordClasses found = classes_of(ids, 7, with_classes(5));
  EXPECT_EQ(found.class_of, (Ids{2, 0, 3, 2, 3, 1, 4}));
  // If no word occurs once, unseen words go to the last class.
  EXPECT_EQ(classes_of({0, 2, 0, 2}, 4, with_classes(2)).class_of, (Ids{0, 1, 1, 1}));
}

TEST(Exchange, SmallStreams) {
  EXPECT_EQ(classes_of({1}, 2, with_classes(1)).log_likelihood, 0);
  const WordClasses same = classes_of({1, 1, 1, 1}, 2, with_classes(1));
  EXPECT_NEAR(same.log_likelihood, 0, 1e-6);
  EXPECT_EQ(same.class_of, (Ids{0, 0}));
  EXPECT_EQ(same.moves, 0);
  const WordClasses two = classes_of({0, 1, 1}, 2, with_classes(2));
  EXPECT_EQ(two.class_of, (Ids{1, 0}));
  EXPECT_NEAR(two.log_likelihood, 0, 1e-6);
  EXPECT_NEAR(classes_of({0, 1, 0}, 2, with_classes(1)).log_likelihood, 2 * std::log(0.5), 1e-6);
}

TEST(Exchange, Errors) {
  EXPECT_EQ(message_of({0, 1, 0}, 3, 3),
            "more word classes than distinct words in the corpus\n  expected: at most 2 classes\n  "
            "got:      3");
  EXPECT_EQ(message_of({0, 1, 0}, 3, 0),
            "too few word classes\n  expected: at least 1\n  got:      0");
  EXPECT_EQ(message_of({}, 3, 1),
            "more word classes than distinct words in the corpus\n  expected: at most 0 classes\n  "
            "got:      1");
}

}  // namespace
}  // namespace wordbridge
