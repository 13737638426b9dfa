// Compares with results of KenLM's lmplz and query, and with published results, on the same text.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numeric>

#include "core/rng.h"
#include "core/threads.h"
#include "data/corpus/open_corpus.h"
#include "models/ngram/ngram.h"
#include "train/runs/run_config.h"

namespace wordbridge {
namespace {

/// Lines of a small random language; the first 1,500 are the training split.
std::vector<std::vector<std::string>> random_lines() {
  std::uint64_t state = 1;
  const auto below = [&](std::uint64_t bound) {
    state = (state * 1103515245 + 12345) % (std::uint64_t{1} << 31);
    return (state >> 16) % bound;
  };
  std::vector<std::vector<std::string>> lines(1530);
  for (auto& line : lines) {
    // Half of the words depend on the preceding word.
    std::uint64_t word = below(below(200) + 1);
    for (auto words = 3 + below(8); words > 0; --words) {
      if (below(2) == 0) {
        word = (word * 7 + below(3)) % 40;
      } else {
        const auto first = below(6000);
        word = below(below(first + 1) + 1);
      }
      line.push_back("w" + std::to_string(word));
    }
  }
  return lines;
}

/// log10 probability of each of the first `count` test lines, with its end symbol, under a model of
/// order 4 with sentence boundaries.
std::vector<double> line_scores(const std::vector<std::int64_t>& min_counts, std::size_t count) {
  const auto lines = random_lines();
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < 1500; ++i) {
    tokens.insert(tokens.end(), lines[i].begin(), lines[i].end());
    tokens.emplace_back("</s>");
  }
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  SplitOptions split;
  split.train = 1, split.valid = 0, split.test = 0;
  const Corpus corpus = corpus_from_tokens(tokens, vocabulary, split);
  NgramOptions options;
  options.order = 4;
  options.boundary = "</s>";
  options.smoothing.min_counts = min_counts;
  NgramModel model(options);
  model.fit(corpus, 1);
  std::vector<double> scores;
  for (std::size_t i = 1500; i < 1500 + count; ++i) {
    std::vector<std::int32_t> ids;
    for (const auto& word : lines[i]) {
      const auto id = corpus.vocabulary().find(word);
      ids.push_back(static_cast<std::int32_t>(id < 0 ? corpus.vocabulary().unknown_id() : id));
    }
    ids.push_back(static_cast<std::int32_t>(corpus.vocabulary().find("</s>")));
    std::vector<double> log_probs(ids.size());
    model.language_model()->log_probs(ids.data(), {0, static_cast<std::int64_t>(ids.size())},
                                      log_probs.data());
    double sum = 0;
    for (const double log_prob : log_probs) sum += log_prob;
    scores.push_back(sum / std::log(10));
  }
  return scores;
}

void expect_near(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-4) << i;
}

// lmplz -o 4 [--prune 0 0 1], query -v sentence
TEST(PublishedNgramsTest, InterpolatedModifiedKneserNeyIsKenlms) {
  expect_near(line_scores({}, 8), {-13.957362, -21.17214, -8.422589, -15.517207, -13.12854,
                                   -23.425213, -11.754185, -11.327849});
}

TEST(PublishedNgramsTest, NgramsLeftOutAreKenlms) {
  expect_near(line_scores({1, 1, 2}, 8), {-13.920968, -21.23165, -8.402018, -15.489209, -13.076161,
                                          -23.40524, -11.682762, -11.296387});
}

/// Checks that the probabilities of all words sum to one at random positions of the corpus.
void expect_sums_of_one(const LanguageModel& model, const Corpus& corpus) {
  constexpr std::int64_t kPlaces = 1000;
  std::vector<double> sums(kPlaces);
  Rng rng(1, "places");
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < kPlaces; ++i)
    places.push_back(
        static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(corpus.tokens()))));
  for_each_block(kPlaces, [&](std::int64_t i) {
    std::vector<double> p(static_cast<std::size_t>(model.vocabulary().size()));
    model.distribution(corpus.ids(), places[static_cast<std::size_t>(i)], p.data());
    sums[static_cast<std::size_t>(i)] = std::accumulate(p.begin(), p.end(), 0.0);
  });
  for (const double sum : sums) EXPECT_NEAR(sum, 1, 1e-6);
}

/// Perplexities of the validation and test splits; empty without a local data mirror.
std::vector<double> perplexities(const std::string& experiment, TextReader reader) {
  if (std::getenv("WORDBRIDGE_MIRROR") == nullptr) return {};
  RunConfig config = RunConfig::load(
      std::string(WB_SOURCE) + "/experiments/" + experiment + ".yaml", {"data.cache=none"});
  EXPECT_EQ(config.data.source.reader, reader);
  const Corpus corpus = open_corpus(config.data);
  const auto model = make_fitted_model("ngram", config.chosen_model_options());
  model->fit(corpus, 1);
  expect_sums_of_one(*model->language_model(), corpus);
  const auto scores = *model->token_scores(corpus);
  return {likelihood(scores.valid).perplexity(), likelihood(scores.test).perplexity()};
}

void expect_within(double share, const std::vector<double>& found,
                   const std::vector<double>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(found[i] / expected[i], 1, share) << found[i] << " instead of " << expected[i];
}

// KenLM on the stream of experiments/bengio2003, each split as one line.
TEST(PublishedNgramsTest, FiguresOnTheBrownCorpus) {
  const auto found = perplexities("bengio2003/kn5", TextReader::brown);
  if (found.empty()) GTEST_SKIP() << "needs the Brown corpus (WORDBRIDGE_MIRROR)";
  expect_within(0.005, found, {328.58, 306.47});
}

// Bengio et al. 2003, table 1: ratio of the interpolated trigram to the back-off 5-gram.
TEST(PublishedNgramsTest, TheTrigramKeepsThePapersDistanceToKneserNey) {
  const auto trigram = perplexities("bengio2003/trigram", TextReader::brown);
  if (trigram.empty()) GTEST_SKIP() << "needs the Brown corpus (WORDBRIDGE_MIRROR)";
  const auto kneser_ney = perplexities("bengio2003/kn5-backoff", TextReader::brown);
  expect_within(0.04, {trigram[1] / kneser_ney[1]}, {336.0 / 321});
}

// T. Mikolov 2012, "Statistical Language Models Based on Neural Networks", table 4.1, with SRILM.
TEST(PublishedNgramsTest, PublishedFiguresOnThePennTreebank) {
  const auto kneser_ney = perplexities("penn-treebank/kn5", TextReader::ptb);
  if (kneser_ney.empty()) GTEST_SKIP() << "needs the Penn Treebank (WORDBRIDGE_MIRROR)";
  expect_within(0.01, {kneser_ney[1]}, {141.2});
  expect_within(0.01, {perplexities("penn-treebank/gt3", TextReader::ptb)[1]}, {165.2});
}

}  // namespace
}  // namespace wordbridge
