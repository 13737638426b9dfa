// Compares with results of KenLM's lmplz and query, and with published results, on the same text.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numeric>

#include "core/rng.h"
#include "core/threads.h"
#include "data/corpus/open_corpus.h"
#include "models/ngram/ngram.h"
#include "models/ngram/ngram_models.h"
#include "tests/support/kneser_ney_reference.h"
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

/// The training lines with their end symbols.
std::vector<std::string> training_tokens(const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < 1500; ++i) {
    tokens.insert(tokens.end(), lines[i].begin(), lines[i].end());
    tokens.emplace_back("</s>");
  }
  return tokens;
}

Corpus training_corpus(const std::vector<std::vector<std::string>>& lines) {
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  SplitOptions split;
  split.train = 1, split.valid = 0, split.test = 0;
  return corpus_from_tokens(training_tokens(lines), vocabulary, split);
}

/// log10 probability of each of the first `count` test lines, with its end symbol, under a model of
/// order 4 with sentence boundaries.
std::vector<double> line_scores(const std::vector<std::int64_t>& min_counts, std::size_t count) {
  const auto lines = random_lines();
  const Corpus corpus = training_corpus(lines);
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

/// The naive reference for a corpus of lines.
KneserNeyReference reference_of(const Corpus& corpus, std::size_t order) {
  std::vector<KneserNeyReference::Ngram> sentences(1);
  const auto end = corpus.vocabulary().find("</s>");
  for (std::int64_t t = 0; t < corpus.tokens(); ++t) {
    sentences.back().push_back(corpus.ids()[t]);
    if (corpus.ids()[t] == end) sentences.emplace_back();
  }
  sentences.pop_back();
  return {sentences, order, corpus.vocabulary().size()};
}

// The same lines as above, so that the reference of the next test is KenLM's model.
TEST(PublishedNgramsTest, TheReferenceIsKenlms) {
  const auto lines = random_lines();
  const Corpus corpus = training_corpus(lines);
  const KneserNeyReference reference = reference_of(corpus, 4);
  const std::vector<double> kenlms = {-13.957362, -21.17214,  -8.422589,  -15.517207,
                                      -13.12854,  -23.425213, -11.754185, -11.327849};
  for (std::size_t i = 0; i < kenlms.size(); ++i) {
    KneserNeyReference::Ngram ids;
    for (const auto& word : lines[1500 + i]) {
      const auto id = corpus.vocabulary().find(word);
      ids.push_back(id < 0 ? -2 : static_cast<std::int32_t>(id));
    }
    ids.push_back(static_cast<std::int32_t>(corpus.vocabulary().find("</s>")));
    EXPECT_NEAR(reference.log10_prob_of(ids), kenlms[i], 5e-6) << i;  // KenLM adds up float32
  }
}

TEST(PublishedNgramsTest, EveryNgramOfATrigramModelHasTheProbabilityOfTheReference) {
  const Corpus corpus = training_corpus(random_lines());
  const KneserNeyReference reference = reference_of(corpus, 3);
  NgramOptions options;
  options.order = 3;
  options.boundary = "</s>";
  NgramModel model(options);
  model.fit(corpus, 1);
  const auto backoff_model = std::dynamic_pointer_cast<const BackoffModel>(model.language_model());
  ASSERT_NE(backoff_model, nullptr);
  const BackoffTable& table = backoff_model->table();
  const auto unknown = corpus.vocabulary().unknown_id();
  std::size_t ngrams = 0, backoffs = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    const auto& level = table.levels()[k];
    for (std::int64_t i = 0; i < level.size(); ++i) {
      auto words = table.words_at(k, i);
      if (k == 0 && words[0] == unknown) {  // has no count: its share of what the others leave
        const auto types = static_cast<double>(corpus.vocabulary().size());
        EXPECT_NEAR(level.log10_prob[i], reference.log10_backoff().at({}) - std::log10(types),
                    1e-6);
        continue;
      }
      // </s> and <s> are one word: the first word of a longer n-gram, and of a history, is <s>.
      if (k > 0 && words[0] == table.boundary()) words[0] = KneserNeyReference::kStart;
      ASSERT_EQ(reference.log10_prob().count(words), 1u) << k << " " << i;
      EXPECT_NEAR(level.log10_prob[i], reference.log10_prob().at(words), 1e-6) << k << " " << i;
      ++ngrams;
      if (k == 2) continue;
      if (words[0] == table.boundary()) words[0] = KneserNeyReference::kStart;
      const auto weight = reference.log10_backoff().find(words);
      if (weight == reference.log10_backoff().end()) {  // nothing follows it
        EXPECT_EQ(level.log10_backoff[i], 0) << k << " " << i;
      } else {
        EXPECT_NEAR(level.log10_backoff[i], weight->second, 1e-6) << k << " " << i;
        ++backoffs;
      }
    }
  }
  EXPECT_EQ(ngrams, reference.log10_prob().size());
  EXPECT_EQ(backoffs + 1, reference.log10_backoff().size());  // the empty history has one, too
  EXPECT_GT(ngrams, 10000u);
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
