#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/rng.h"
#include "core/threads.h"
#include "models/cache/cache.h"
#include "models/language_model/score_tokens.h"
#include "models/load_stored_language_model.h"
#include "models/mixture/mixture.h"
#include "models/ngram/ngram.h"
#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"

namespace wordbridge {
namespace {

using Ids = std::vector<std::int32_t>;
using Weights = MixtureOptions::Weights;

std::shared_ptr<const LanguageModel> fitted(const NgramOptions& options, const Corpus& corpus) {
  NgramModel model(options);
  model.fit(corpus, 1);
  return model.language_model();
}

NgramOptions ngrams(std::int64_t order, Smoothing method) {
  NgramOptions options;
  options.order = order;
  options.smoothing.method = method;
  return options;
}

NgramOptions classes(std::int64_t count) {
  NgramOptions options = ngrams(3, Smoothing::kneser_ney);
  options.classes.count = count;
  return options;
}

CacheModel cache(const Corpus& corpus, std::int64_t order, std::int64_t window, double decay) {
  const auto V = static_cast<std::size_t>(corpus.vocabulary().size());
  return CacheModel(corpus.vocabulary(),
                    SharedArray<double>(std::vector<double>(V, 1 / static_cast<double>(V))), order,
                    window, decay, 1.5);
}

/// Checks that distribution() sums to one after 1,000 histories, from the corpus and of random
/// words, and equals log_probs().
void expect_normalised(const LanguageModel& model, const Corpus& corpus) {
  const auto V = static_cast<std::size_t>(model.vocabulary().size());
  std::vector<double> p(V);
  Rng rng(1, "places");
  Ids random;
  for (int i = 0; i < 2000; ++i) random.push_back(static_cast<std::int32_t>(rng.below(V)));
  for (int i = 0; i < 1000; ++i) {
    const std::int32_t* ids = i % 2 == 0 ? corpus.ids() : random.data();
    const auto size = i % 2 == 0 ? corpus.tokens() : 2000;
    const auto t =
        i < 8 ? i / 2 : static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(size)));
    model.distribution(ids, t, p.data());
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-6);
    double log_prob = 0;
    model.log_probs(ids, {t, t + 1}, &log_prob);
    EXPECT_NEAR(std::exp(log_prob), p[static_cast<std::size_t>(ids[t])], 1e-9);
  }
}

double perplexity(const LanguageModel& model, const Corpus& corpus) {
  return likelihood(score_tokens(model, corpus).test).perplexity();
}

TEST(LanguageModelsTest, SumToOne) {
  const Corpus corpus = toy_corpus(80);
  for (const auto method : {Smoothing::kneser_ney, Smoothing::witten_bell, Smoothing::good_turing,
                            Smoothing::jelinek_mercer})
    expect_normalised(*fitted(ngrams(3, method), corpus), corpus);
  expect_normalised(*fitted(classes(4), corpus), corpus);
  expect_normalised(cache(corpus, 1, 20, 1), corpus);
  expect_normalised(cache(corpus, 3, 50, 0.9), corpus);
}

TEST(LanguageModelsTest, ContextHelps) {
  const Corpus corpus = toy_corpus(300);
  const double unigram = perplexity(*fitted(ngrams(1, Smoothing::kneser_ney), corpus), corpus);
  for (const auto method :
       {Smoothing::kneser_ney, Smoothing::witten_bell, Smoothing::jelinek_mercer})
    EXPECT_LT(perplexity(*fitted(ngrams(3, method), corpus), corpus), 0.6 * unigram)
        << static_cast<int>(method);
  EXPECT_LT(perplexity(*fitted(classes(4), corpus), corpus), 0.6 * unigram);
}

TEST(LanguageModelsTest, SavedAndMappedTheySayTheSame) {
  const Corpus corpus = toy_corpus(60);
  const TempFolder folder;
  std::vector<NgramOptions> all = {ngrams(4, Smoothing::kneser_ney),
                                   ngrams(3, Smoothing::jelinek_mercer), classes(3)};
  all[0].boundary = ".";
  all[2].boundary = ".";
  for (const auto& options : all) {
    NgramModel model(options);
    model.fit(corpus, 1);
    model.save(folder.path());
    const auto loaded = load_stored_language_model(folder / "model.wb", {});
    EXPECT_EQ(loaded->vocabulary().words(), corpus.vocabulary().words());
    EXPECT_EQ(score_tokens(*model.language_model(), corpus).test.log_prob,
              score_tokens(*loaded, corpus).test.log_prob);
  }
  EXPECT_THAT(slurp(folder / "classes.tsv"), testing::HasSubstr("man\t"));
  const auto own = cache(corpus, 2, 30, 0.95);
  own.save(folder / "cache.wb");
  EXPECT_EQ(
      score_tokens(own, corpus).test.log_prob,
      score_tokens(*load_stored_language_model(folder / "cache.wb", {}), corpus).test.log_prob);
}

TEST(LanguageModelsTest, AreTheSameOnAnyNumberOfThreads) {
  const Corpus corpus = toy_corpus(200);
  const auto scores = [&](int count) {
    set_threads(count);
    std::vector<std::vector<float>> all;
    for (const auto& options :
         {ngrams(4, Smoothing::kneser_ney), ngrams(3, Smoothing::jelinek_mercer), classes(5)})
      all.push_back(score_tokens(*fitted(options, corpus), corpus).valid.log_prob);
    set_threads(0);
    return all;
  };
  EXPECT_EQ(scores(1), scores(2));
  EXPECT_EQ(scores(1), scores(7));
}

TEST(LanguageModelsTest, ClassesCanComeFromAFile) {
  const Corpus corpus = toy_corpus(100);
  const TempFolder folder;
  NgramOptions options = ngrams(2, Smoothing::kneser_ney);
  options.classes.file = folder.write("classes.tsv",
                                      "the\tD\na\tD\nman\tN\nwoman\tN\napple\tN\norange\tN\n"
                                      "dog\tN\ncat\tN\neats\tV\nsees\tV\nlikes\tV\n.\tE\n");
  expect_normalised(*fitted(options, corpus), corpus);
  folder.write("classes.tsv", "other\tX\n");
  EXPECT_THROW(fitted(options, corpus), Error);
}

TEST(LanguageModelsTest, ClassEmissionsByHand) {
  // Counts of preceding words: t_1 = 4, t_2 = 2, t_3 = 1, t_4 = 1, so Y = 1/2: D(1) = 1/2, D(2) =
  // 5/4, D(3) = 1. Class 0: words 0 to 2; class 1: words 3 to 8; class 2: word 9, which never
  // occurs.
  const std::vector<std::int64_t> counts = {6, 1, 0, 1, 1, 1, 5, 5, 9, 0};
  const std::vector<std::int64_t> neighbors = {2, 1, 0, 1, 1, 1, 2, 3, 4, 0};
  const Ids class_of = {0, 0, 0, 1, 1, 1, 1, 1, 1, 2};
  const auto log10 = class_emissions(counts, neighbors, class_of.data(), 3);
  const auto p = [&](std::size_t w) { return std::pow(10, log10[w]); };
  const double share = (1.25 + 0.5) / 3;
  EXPECT_NEAR(p(0), (1 - share) * 6 / 7 + share / 3, 1e-6);
  EXPECT_NEAR(p(2), share / 3, 1e-6);
  EXPECT_NEAR(p(8), (1 - 4.75 / 12) * 9 / 22 + 4.75 / 12 / 6, 1e-6);
  EXPECT_NEAR(p(9), 1, 1e-6);
}

TEST(LanguageModelsTest, TheInterpolatedModelByHand) {
  // a b a c a b | a b
  const Corpus corpus = [] {
    VocabularyOptions vocabulary;
    vocabulary.min_count = 1;
    vocabulary.unknown.clear();
    SplitOptions split;
    split.by = SplitBy::tokens, split.train = 6, split.valid = 2, split.test = 0;
    return corpus_from_tokens({"a", "b", "a", "c", "a", "b", "a", "b"}, vocabulary, split);
  }();
  const auto a = corpus.vocabulary().find("a"), b = corpus.vocabulary().find("b");
  InterpolatedModel model(corpus.vocabulary(), count_ngrams({corpus.ids(), 6, 3, -1}, 2));
  // Equal weights 1/3 for 1/V, p(b) = 2/6 and p(b | a) = 2/3.
  double log_prob = 0;
  model.log_probs(corpus.ids(), {7, 8}, &log_prob);
  EXPECT_NEAR(std::exp(log_prob), (1.0 / 3 + 2.0 / 6 + 2.0 / 3) / 3, 1e-12);
  // c is always followed by a.
  const Ids after_c = {static_cast<std::int32_t>(corpus.vocabulary().find("c"))};
  std::vector<double> p(3);
  model.distribution(after_c.data(), 1, p.data());
  EXPECT_NEAR(p[static_cast<std::size_t>(a)], (1.0 / 3 + 3.0 / 6 + 1) / 3, 1e-12);
  EXPECT_NEAR(p[static_cast<std::size_t>(b)], (1.0 / 3 + 2.0 / 6 + 0) / 3, 1e-12);
}

TEST(LanguageModelsTest, TheCacheByHand) {
  const Corpus corpus = toy_corpus(20);
  const double V = static_cast<double>(corpus.vocabulary().size());
  const auto model = cache(corpus, 1, 3, 0.5);
  const Ids ids = {1, 2, 1, 3, 1};
  double log_prob = 0;
  model.log_probs(ids.data(), {4, 5}, &log_prob);
  // The window, most recent word first: 3, 1, 2 with weights 1, 1/2, 1/4.
  EXPECT_NEAR(std::exp(log_prob), (0.5 + 1.5 / V) / (1.75 + 1.5), 1e-12);
  const auto pairs = cache(corpus, 2, 4, 1);
  const Ids more = {1, 2, 3, 1, 2};
  pairs.log_probs(more.data(), {4, 5}, &log_prob);
  // Words 1 3 2 1, most recent first; word 1 was followed by 2.
  const double unigram = (1 + 1.5 / V) / (4 + 1.5);
  EXPECT_NEAR(std::exp(log_prob), (1 + 1.5 * unigram) / (1 + 1.5), 1e-12);
}

TEST(MixtureWeightsTest, EachStepOfEmRaisesTheLikelihood) {
  Rng rng(3, "mixture");
  std::vector<double> p;
  std::vector<std::int32_t> bin;
  for (int t = 0; t < 300; ++t) {
    bin.push_back(static_cast<std::int32_t>(rng.below(3)));
    for (int j = 0; j < 4; ++j) p.push_back(rng.uniform() < 0.2 ? 0 : rng.uniform());
  }
  const auto mixture = estimate_mixture(p, bin, 4, 5, 40);
  ASSERT_EQ(mixture.log_likelihoods.size(), 41u);
  for (std::size_t i = 1; i < mixture.log_likelihoods.size(); ++i)
    EXPECT_GE(mixture.log_likelihoods[i], mixture.log_likelihoods[i - 1] - 1e-9);
  EXPECT_GT(mixture.log_likelihoods[1], mixture.log_likelihoods[0] + 1);
  for (std::int64_t q = 0; q < 5; ++q)
    EXPECT_NEAR(std::accumulate(mixture.row(q), mixture.row(q) + 4, 0.0), 1, 1e-12);
  // Bins without tokens get the weights of all tokens together.
  EXPECT_EQ(std::vector<double>(mixture.row(3), mixture.row(3) + 4),
            std::vector<double>(mixture.row(4), mixture.row(4) + 4));
}

TEST(MixtureWeightsTest, TwoComponentsByHand) {
  // One component assigns 1 and the other 0 in three of four tokens, so its weight is 3/4.
  const auto mixture = estimate_mixture({1, 0, 1, 0, 1, 0, 0, 1}, {0, 0, 0, 0}, 2, 1, 50);
  EXPECT_NEAR(mixture.row(0)[0], 0.75, 1e-12);
}

TEST(MixtureWeightsTest, FrequencyBinsAreThePapers) {
  // ceil(-ln((1 + x) / T))
  EXPECT_EQ(frequency_bin(0, 800000), 14);      // ln 800000 = 13.59
  EXPECT_EQ(frequency_bin(1, 800000), 13);      // ln 400000 = 12.90
  EXPECT_EQ(frequency_bin(2, 800000), 13);      // 12.49
  EXPECT_EQ(frequency_bin(3, 800000), 13);      // 12.21
  EXPECT_EQ(frequency_bin(4, 800000), 12);      // 11.98
  EXPECT_EQ(frequency_bin(799999, 800000), 0);  // 0
}

class MixtureTest : public testing::Test {
 protected:
  /// Trains a model and writes the same files as a run.
  std::string component(const std::string& name, const NgramOptions& options) {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path);
    NgramModel model(options);
    model.fit(corpus_, 1);
    model.save(path);
    model.token_scores(corpus_)->save(path / "token_scores.wb");
    return path.string();
  }
  /// Checks that the mixture loaded with its components equals the fitted one.
  void expect_reproduced(const MixtureOptions& options) {
    MixtureLearner learner(options);
    learner.fit(corpus_, 1);
    learner.save(folder_.path());
    const auto load = [](const std::string& path) {
      return load_stored_language_model(std::filesystem::path(path) / "model.wb", {});
    };
    const auto loaded = load_stored_language_model(folder_ / "model.wb", load);
    expect_normalised(*loaded, corpus_);
    const auto again = score_tokens(*loaded, corpus_);
    const auto kept = *learner.token_scores(corpus_);
    for (std::size_t t = 0; t < kept.test.log_prob.size(); ++t)
      EXPECT_NEAR(kept.test.log_prob[t], again.test.log_prob[t], 1e-5);
  }

  const Corpus corpus_ = toy_corpus(150);
  TempFolder folder_;
};

TEST_F(MixtureTest, OfStoredScoresIsThatOfTheModels) {
  MixtureOptions options;
  options.components = {component("a", ngrams(1, Smoothing::kneser_ney)),
                        component("b", classes(4)),
                        component("c", ngrams(3, Smoothing::jelinek_mercer))};
  for (const auto weights : {Weights::fixed, Weights::likelihood, Weights::bins}) {
    options.weights = weights;
    expect_reproduced(options);
  }
}

TEST_F(MixtureTest, MostLikelyWeightsAreBetterThanEqualOnesAndThanAnyPart) {
  MixtureOptions options;
  options.components = {component("a", ngrams(1, Smoothing::kneser_ney)),
                        component("b", classes(4))};
  const auto valid = [&](Weights weights) {
    options.weights = weights;
    MixtureLearner learner(options);
    learner.fit(corpus_, 1);
    return likelihood(learner.token_scores(corpus_)->valid).perplexity();
  };
  const double equal = valid(Weights::fixed), likely = valid(Weights::likelihood),
               bins = valid(Weights::bins);
  EXPECT_LT(likely, equal);
  EXPECT_LE(bins, likely + 1e-6);
  const auto part = TokenScores::load(folder_ / "b/token_scores.wb").valid;
  EXPECT_LE(likely, likelihood(part).perplexity() + 1e-6);
}

TEST_F(MixtureTest, ComponentsOfAnotherTextAreRefused) {
  MixtureOptions options;
  options.components = {component("a", ngrams(1, Smoothing::kneser_ney)),
                        component("b", ngrams(2, Smoothing::kneser_ney))};
  MixtureLearner learner(options);
  try {
    learner.fit(toy_corpus(100), 1);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("different data"));
  }
}

TEST(LanguageModelsTest, ADamagedFileIsRefused) {
  const Corpus corpus = toy_corpus(30);
  const TempFolder folder;
  NgramModel model(ngrams(3, Smoothing::kneser_ney));
  model.fit(corpus, 1);
  model.save(folder.path());
  std::string bytes = slurp(folder / "model.wb");
  folder.write("cut.wb", bytes.substr(0, bytes.size() / 2));
  EXPECT_THROW(load_stored_language_model(folder / "cut.wb", {}), Error);
  bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
  folder.write("flipped.wb", bytes);
  EXPECT_THROW(load_stored_language_model(folder / "flipped.wb", {}), Error);
}

}  // namespace
}  // namespace wordbridge
