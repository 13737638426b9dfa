#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/file.h"
#include "core/threads.h"
#include "models/dict2vec/dict2vec_options.h"
#include "models/registry.h"
#include "models/word2vec/word2vec.h"
#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"
#include "tests/support/word2vec_toys.h"

namespace wordbridge {
namespace {

/// The toys' options, with pairs from a file.
class Dict2vecTest : public testing::Test {
 protected:
  void SetUp() override {
    write_file(folder_.path() / "pairs.tsv",
               "man\twoman\tstrong\napple\torange\tstrong\ndog\tcat\tpromoted\n"
               "man\tdog\tweak\neats\tapple\tweak\n");
  }
  void TearDown() override { set_threads(0); }

  Dict2vecOptions options(const std::string& architecture = "skip-gram") const {
    Dict2vecOptions options;
    static_cast<Word2vecOptions&>(options) = toy_word2vec_options();
    options.name = "dict2vec";
    options.pairs.file = (folder_.path() / "pairs.tsv").string();
    set_choice(options, "architecture", architecture);
    return options;
  }
  static std::unique_ptr<StreamingModel> make(const Dict2vecOptions& options,
                                              const Corpus& corpus) {
    return make_streaming_model("dict2vec", options, corpus, 1);
  }
  static void train(StreamingModel& model) {
    for (std::int64_t step = 0; step < model.total_steps(); ++step) model.train(step);
  }
  TempFolder folder_;
};

TEST_F(Dict2vecTest, HasTheSameBitsOnAnyNumberOfThreads) {
  const Corpus corpus = toy_corpus(5000);
  for (const char* architecture : {"skip-gram", "cbow"})
    for (const bool ngrams : {false, true})
      for (const double lr : {0.0005, 0.05}) {
        Dict2vecOptions some = options(architecture);
        some.epochs = 1;
        some.lr = lr;
        if (ngrams) some.ngrams = {2, 4, 500};
        std::vector<std::uint32_t> one;
        for (const int count : {1, 2, 3, 8}) {
          set_threads(count);
          const auto model = make(some, corpus);
          model->train(0);
          if (one.empty()) one = bits_of(*model);
          EXPECT_EQ(bits_of(*model), one) << architecture << ' ' << count << ' ' << lr;
        }
      }
}

TEST_F(Dict2vecTest, WithCenterInputTooOnAnyNumberOfThreads) {
  const Corpus corpus = toy_corpus(5000);
  Dict2vecOptions some = options();
  some.epochs = 1;
  some.lr = 0.0005;
  some.input = Dict2vecOptions::Input::center;
  std::vector<std::uint32_t> one;
  for (const int count : {1, 3}) {
    set_threads(count);
    const auto model = make(some, corpus);
    model->train(0);
    if (one.empty()) one = bits_of(*model);
    EXPECT_EQ(bits_of(*model), one);
  }
}

/// Pairs of words that are not in the text change nothing.
TEST_F(Dict2vecTest, WithoutPartnersItIsWord2vecToTheBit) {
  const Corpus corpus = toy_corpus(500);
  const auto plain = make_streaming_model("word2vec", toy_word2vec_options(), corpus, 1);
  train(*plain);
  Dict2vecOptions some = options();
  some.sampling.strong_draws = some.sampling.weak_draws = 0;
  some.sampling.negatives = PositiveSampling::Negatives::keep;
  const auto without_draws = make(some, corpus);
  train(*without_draws);
  EXPECT_EQ(bits_of(*without_draws), bits_of(*plain));

  PositiveSampling sampling = options().sampling;
  sampling.related = std::make_shared<RelatedWords>(WordPairs(), corpus.vocabulary().size());
  Word2vec without_pairs(toy_word2vec_options(), corpus, 1, sampling);
  train(without_pairs);
  EXPECT_EQ(bits_of(without_pairs), bits_of(*plain));

  const auto with_pairs = make(options(), corpus);
  train(*with_pairs);
  EXPECT_NE(bits_of(*with_pairs), bits_of(*plain));
}

/// The grammar of the text uses all nouns alike; only the pairs tell them apart.
TEST_F(Dict2vecTest, AWordPredictsItsPartners) {
  const Corpus corpus = toy_corpus(3000);
  for (const char* architecture : {"skip-gram", "cbow"}) {
    Dict2vecOptions some = options(architecture);
    some.keep_contexts = true;
    const auto model = make(some, corpus);
    train(*model);
    const EmbeddingTable words = model->vectors(), contexts = *model->contexts();
    const auto score = [&](const char* word, const char* partner) {
      double product = 0;
      for (std::int64_t k = 0; k < words.dim(); ++k)
        product += static_cast<double>(words.row(words.find(word))[k]) *
                   contexts.row(contexts.find(partner))[k];
      return product;
    };
    EXPECT_GT(score("apple", "orange"), score("apple", "woman") + 1);
    EXPECT_GT(score("orange", "apple"), score("orange", "woman") + 1);
    EXPECT_GT(score("man", "woman"), score("man", "orange") + 1);
  }
}

TEST_F(Dict2vecTest, LossAtZeroCountsPartners) {
  const Corpus corpus = toy_corpus(500);
  const Dict2vecOptions some = options();
  const auto model = make(some, corpus);
  const double plain =
      make_streaming_model("word2vec", toy_word2vec_options(), corpus, 1)->loss_at_zero();
  double partners = 0;
  const auto& counts = corpus.train_counts();
  for (const auto& [word, draws] : std::map<std::string, double>{{"man", 2 + 2 * 0.25},
                                                                 {"woman", 2},
                                                                 {"apple", 2 + 2 * 0.25},
                                                                 {"orange", 2},
                                                                 {"dog", 2 + 2 * 0.25},
                                                                 {"cat", 2},
                                                                 {"eats", 2 * 0.25}})
    partners +=
        draws *
        static_cast<double>(counts[static_cast<std::size_t>(corpus.vocabulary().find(word))]) /
        static_cast<double>(corpus.train().size());
  EXPECT_NEAR(model->loss_at_zero(), plain + std::log(2.0) * partners, 1e-9);
}

TEST_F(Dict2vecTest, WritesItsPairsAndReadsThemBack) {
  const Corpus corpus = toy_corpus(100);
  const auto model = make(options(), corpus);
  train(*model);
  model->write_inputs(folder_.path());  // overwrites pairs.tsv with its own words
  const auto again = make(options(), corpus);
  EXPECT_EQ(again->inputs(), model->inputs());
  train(*again);
  EXPECT_EQ(bits_of(*again), bits_of(*model));
  write_file(folder_.path() / "pairs.tsv", "man\tcat\tstrong\n");
  EXPECT_NE(make(options(), corpus)->inputs(), model->inputs());
}

TEST_F(Dict2vecTest, PromotedPairsAloneAreEnough) {
  write_file(folder_.path() / "pairs.tsv", "man\twoman\tpromoted\n");
  const Corpus corpus = toy_corpus(20);
  EXPECT_NE(make(options(), corpus)->summary().find("1 promoted"), std::string::npos);
}

TEST_F(Dict2vecTest, ContradictingOptionsAreNamed) {
  const auto problems_of = [](const Dict2vecOptions& some) {
    Problems problems;
    some.validate(problems, "model.dict2vec");
    std::string keys;
    for (const auto& [key, message] : problems.found()) keys += key + " ";
    return keys;
  };
  EXPECT_EQ(problems_of(options()), "");
  Dict2vecOptions some = options();
  set_choice(some, "output", "hierarchical");
  EXPECT_EQ(problems_of(some), "model.dict2vec.output ");
  some = options("cbow");
  some.input = Dict2vecOptions::Input::center;
  EXPECT_EQ(problems_of(some), "model.dict2vec.sampling.input ");
  some = options();
  some.pairs.file = "";
  some.pairs.weak_file = "weak.txt";
  EXPECT_EQ(problems_of(some), "model.dict2vec.pairs.weak_file ");
  some.pairs.weak_file = "";
  some.pairs.definitions.sources = {};
  EXPECT_EQ(problems_of(some), "model.dict2vec.pairs ");
}

}  // namespace
}  // namespace wordbridge
