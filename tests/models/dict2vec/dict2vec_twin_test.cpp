#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <ostream>
#include <vector>

#include "models/word2vec/word2vec.h"
#include "tests/support/toy_corpus.h"
#include "tests/support/word2vec_toys.h"

// dict2vec written twice more: by autograd with the steps of docs/dict2vec.md, and by scalar loops
// with those of the published program. All use the windows, negative samples and partners of
// TrainingWindows.

namespace wordbridge {
namespace {

using torch::Tensor;

/// What differs between the paper and the published program, and the architectures.
struct Convention {
  const char* architecture;
  bool center_input;
  PositiveSampling::Negatives negatives;
  PositiveSampling::Draws draws;
  bool is_cbow() const { return std::string(architecture) == "cbow"; }
};
void PrintTo(const Convention& c, std::ostream* out) {
  *out << c.architecture << " center " << c.center_input << " negatives "
       << static_cast<int>(c.negatives) << " draws " << static_cast<int>(c.draws);
}

/// Some pairs of the words of the toy corpus: ids are by frequency.
PositiveSampling toy_sampling(const Convention& convention, std::int64_t words) {
  WordPairs pairs;
  pairs.strong = {{0, 3}, {2, 4}, {2, 5}, {6, 7}};
  pairs.promoted = {{2, 6}};
  pairs.weak = {{1, 2}, {2, 8}, {3, 9}};
  PositiveSampling sampling;
  sampling.related = std::make_shared<RelatedWords>(pairs, words);
  sampling.strong_draws = 2;
  sampling.weak_draws = 3;
  sampling.strong_weight = 0.8;
  sampling.weak_weight = 0.3;
  sampling.draws = convention.draws;
  sampling.negatives = convention.negatives;
  sampling.center_input = convention.center_input;
  return sampling;
}

Word2vecOptions toy_options(const Convention& convention) {
  Word2vecOptions options = toy_word2vec_options();
  options.dim = 7;
  options.epochs = 1;
  set_choice(options, "architecture", convention.architecture);
  return options;
}

/// One window: the ids of the pairs (input, output, label), and the partners of the centre word.
struct WindowPairs {
  struct Pair {
    std::int64_t input, output;
    bool positive;
    std::int64_t example;  // index of the context word
  };
  std::int64_t center = 0;
  std::vector<std::int64_t> contexts;
  std::vector<Pair> pairs;
  std::vector<std::int64_t> strong, weak;
};

template <class Use>
void for_each_window(const Word2vecOptions& options, const Corpus& corpus,
                     const PositiveSampling& sampling, std::uint64_t seed, const Use& use) {
  std::vector<double> shares;
  const auto tokens = static_cast<double>(corpus.train().size());
  for (const auto count : corpus.train_counts())
    shares.push_back(static_cast<double>(count) / tokens);
  const Rounds rounds = choose_rounds(options, shares, Subwords(), corpus.train().size(), sampling);
  ASSERT_EQ(rounds.segments, 1);
  const TrainingWindows text(training_stream(corpus), corpus.train_counts(), options, rounds.tokens,
                             seed, sampling);
  const bool cbow = options.architecture == Word2vecOptions::Architecture::cbow;
  TrainingWindows::Segment segment;
  for (std::int64_t s = 0; s < text.segments(); ++s) {
    text.read(0, s, segment);
    const double rate = *options.lr + (options.lr_min - *options.lr) * static_cast<double>(s) /
                                          static_cast<double>(text.segments());
    for (auto place = segment.begin; place < segment.end; ++place) {
      const auto word = [&](std::int64_t i) -> std::int64_t {
        return segment.words[static_cast<std::size_t>(i)];
      };
      const auto bounds = text.window(segment, place);
      WindowPairs window;
      window.center = word(place);
      for (auto i = bounds.begin; i < bounds.end; ++i)
        if (i != place) window.contexts.push_back(word(i));
      if (window.contexts.empty()) continue;
      const auto own = place - segment.begin;
      const auto add = [&](std::int64_t input, std::int64_t output, std::int64_t noise,
                           std::int64_t of, std::int64_t example) {
        const auto id = segment.negatives[static_cast<std::size_t>(own * text.negatives() + noise)];
        if (id == output) return;
        if (sampling.negatives == PositiveSampling::Negatives::skip &&
            sampling.related->related(static_cast<std::int32_t>(of), id))
          return;
        window.pairs.push_back({input, id, false, example});
      };
      const auto count = static_cast<std::int64_t>(window.contexts.size());
      for (std::int64_t c = 0; c < (cbow ? 1 : count); ++c) {
        const auto context = window.contexts[static_cast<std::size_t>(c)];
        const auto input = sampling.center_input ? window.center : context;
        const auto output = sampling.center_input ? context : window.center;
        window.pairs.push_back({input, output, true, c});
        const std::int64_t each = text.negatives_per_pair();
        for (std::int64_t k = 0; k < each; ++k)
          add(input, output, sampling.center_input ? c * each + k : k, cbow ? window.center : input,
              c);
      }
      for (std::int64_t d = 0; d < sampling.per_word(); ++d) {
        const auto partner =
            segment.partners[static_cast<std::size_t>(own * sampling.per_word() + d)];
        if (partner >= 0)
          (d < sampling.strong_draws ? window.strong : window.weak).push_back(partner);
      }
      use(window, rate);
    }
  }
}

Tensor rows_of(Word2vec& model, int index, std::int64_t dim) {
  const auto array = model.arrays()[static_cast<std::size_t>(index)];
  return torch::from_blob(array.values, array.shape, torch::kFloat32)
      .narrow(1, 0, dim)
      .to(torch::kFloat64);
}

class Dict2vecTwin : public testing::TestWithParam<Convention> {};

TEST_P(Dict2vecTwin, LearnsTheSameAsAutograd) {
  const Corpus corpus = toy_corpus(70);
  const std::int64_t words = corpus.vocabulary().size();
  Word2vecOptions options = toy_options(GetParam());
  options.lr = 0.1;
  const PositiveSampling sampling = toy_sampling(GetParam(), words);
  Word2vec model(options, corpus, 3, sampling);
  Tensor V = rows_of(model, 0, *options.dim), U = rows_of(model, 1, *options.dim);
  const Tensor start = V;
  double loss_sum = 0;
  std::int64_t examples = 0;
  const auto step = [&](double rate, double weight, const auto& loss_of) {
    V = V.detach().requires_grad_();
    U = U.detach().requires_grad_();
    const Tensor loss = weight * loss_of();
    if (!loss.requires_grad()) return;
    const auto gradients = torch::autograd::grad({loss}, {V, U}, {}, {}, false, true);
    const torch::NoGradGuard no_grad;
    if (gradients[0].defined()) V = V - rate * gradients[0];
    if (gradients[1].defined()) U = U - rate * gradients[1];
    loss_sum += loss.item<double>();
  };
  for_each_window(options, corpus, sampling, 3, [&](const WindowPairs& window, double rate) {
    const bool cbow = GetParam().is_cbow();
    const auto count = cbow ? 1.0 : static_cast<double>(window.contexts.size());
    examples += static_cast<std::int64_t>(count);
    step(rate, 1, [&] {
      Tensor loss = torch::zeros({}, torch::kFloat64);
      const Tensor mean = V.index_select(0, torch::tensor(window.contexts)).mean(0);
      for (const auto& pair : window.pairs) {
        const Tensor score = (cbow ? mean : V[pair.input]).dot(U[pair.output]);
        loss = loss - torch::log_sigmoid(pair.positive ? score : -score);
      }
      return loss;
    });
    step(rate, count, [&] {
      Tensor loss = torch::zeros({}, torch::kFloat64);
      const auto add = [&](const std::vector<std::int64_t>& partners, double weight) {
        for (const auto partner : partners)
          loss = loss - weight * torch::log_sigmoid(V[window.center].dot(U[partner]));
      };
      add(window.strong, sampling.strong_weight);
      add(window.weak, sampling.weak_weight);
      return loss;
    });
  });
  const auto result = model.train(0);
  EXPECT_EQ(result.examples, examples);
  EXPECT_NEAR(result.loss, loss_sum, 1e-5 * loss_sum);
  EXPECT_LT((rows_of(model, 0, *options.dim) - V).abs().max().item<double>(), 2e-5);
  EXPECT_LT((rows_of(model, 1, *options.dim) - U).abs().max().item<double>(), 2e-5);
  EXPECT_GT((V - start).abs().max().item<double>(), 0.01);
}

/// The published program, pair after pair: a step of the pair and its negative samples, then of
/// each partner of the input word; outputs are changed at once, the input at the end of the pair.
class Published {
 public:
  using Rows = std::vector<std::vector<double>>;
  Rows V, U;

  void train(const WindowPairs& window, const PositiveSampling& sampling, double rate) {
    for (std::size_t c = 0; c < window.contexts.size(); ++c) {
      std::int64_t input = 0;
      std::vector<double> step(V[0].size());
      for (const auto& pair : window.pairs) {
        if (pair.example != static_cast<std::int64_t>(c)) continue;
        input = pair.input;
        update(input, pair.output, pair.positive, rate, step);
      }
      const auto own = [this](std::int64_t row) -> std::vector<double>& {
        return V[static_cast<std::size_t>(row)];
      };
      // Each word has one strong and one weak partner, so the draws of a pair are those of its
      // word.
      for (std::int64_t d = 0; d < sampling.per_word(); ++d) {
        const bool strong = d < sampling.strong_draws;
        const auto partners = strong ? sampling.related->strong(static_cast<std::int32_t>(input))
                                     : sampling.related->weak(static_cast<std::int32_t>(input));
        if (!partners.empty())
          update(input, *partners.first, true,
                 rate * (strong ? sampling.strong_weight : sampling.weak_weight), step);
      }
      for (std::size_t k = 0; k < step.size(); ++k) own(input)[k] += step[k];
    }
  }

 private:
  void update(std::int64_t input, std::int64_t output, bool positive, double rate,
              std::vector<double>& step) {
    const auto& v = V[static_cast<std::size_t>(input)];
    auto& u = U[static_cast<std::size_t>(output)];
    double score = 0;
    for (std::size_t k = 0; k < v.size(); ++k) score += v[k] * u[k];
    const double gradient = rate * ((positive ? 1 : 0) - 1 / (1 + std::exp(-score)));
    for (std::size_t k = 0; k < v.size(); ++k) {
      step[k] += gradient * u[k];
      u[k] += gradient * v[k];
    }
  }
};

Published::Rows rows_in(Word2vec& model, int index, std::int64_t dim) {
  const auto array = model.arrays()[static_cast<std::size_t>(index)];
  Published::Rows rows;
  for (std::int64_t r = 0; r < array.shape[0]; ++r) {
    const float* const row = array.values + r * array.shape[1];
    rows.emplace_back(row, row + dim);
  }
  return rows;
}

double distance(const Published::Rows& a, const Published::Rows& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a[i].size(); ++k) sum += (a[i][k] - b[i][k]) * (a[i][k] - b[i][k]);
  return std::sqrt(sum);
}

/// wordbridge computes the steps of a window at once and shares the partners of a word among its
/// pairs. The difference to the published order is of second order in the learning rate.
TEST(PublishedDict2vecTest, StepsAreThoseOfThePublishedProgramInTheLimit) {
  const Corpus corpus = toy_corpus(60);
  const std::int64_t words = corpus.vocabulary().size();
  for (const bool center : {false, true}) {
    const Convention convention{"skip-gram", center, PositiveSampling::Negatives::skip,
                                PositiveSampling::Draws::in_turn};
    WordPairs pairs;
    pairs.strong = {{0, 3}, {1, 2}, {4, 5}, {6, 7}};
    pairs.weak = {{0, 1}, {2, 8}, {3, 9}};
    PositiveSampling sampling = toy_sampling(convention, words);
    sampling.related = std::make_shared<RelatedWords>(pairs, words);
    double before = 0;
    for (const double rate : {4e-3, 2e-3, 1e-3}) {
      Word2vecOptions options = toy_options(convention);
      options.window_type = Word2vecOptions::WindowType::fixed;
      options.lr = options.lr_min = rate;
      Word2vec model(options, corpus, 3, sampling);
      for (auto& array : model.arrays()) {
        Rng rng(1, array.name);
        for (std::int64_t i = 0; i < array.shape[0] * array.shape[1]; ++i)
          if (i % array.shape[1] < *options.dim)
            array.values[i] = static_cast<float>(0.5 * rng.normal());
      }
      const auto V = rows_in(model, 0, *options.dim), U = rows_in(model, 1, *options.dim);
      Published published{V, U};
      for_each_window(options, corpus, sampling, 3, [&](const WindowPairs& window, double r) {
        published.train(window, sampling, r);
      });
      model.train(0);
      const double difference = distance(rows_in(model, 0, *options.dim), published.V) +
                                distance(rows_in(model, 1, *options.dim), published.U);
      const double change = distance(V, published.V) + distance(U, published.U);
      const double share = difference / change;
      if (before > 0) {
        EXPECT_LT(share, 0.7 * before) << center << ' ' << rate;
      }
      before = share;
    }
    EXPECT_LT(before, 0.005) << center;
    EXPECT_GT(before, 0) << center;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Conventions, Dict2vecTwin,
    testing::Values(Convention{"skip-gram", false, PositiveSampling::Negatives::skip,
                               PositiveSampling::Draws::random},
                    Convention{"skip-gram", false, PositiveSampling::Negatives::redraw,
                               PositiveSampling::Draws::in_turn},
                    Convention{"skip-gram", false, PositiveSampling::Negatives::keep,
                               PositiveSampling::Draws::random},
                    Convention{"skip-gram", true, PositiveSampling::Negatives::skip,
                               PositiveSampling::Draws::in_turn},
                    Convention{"skip-gram", true, PositiveSampling::Negatives::redraw,
                               PositiveSampling::Draws::random},
                    Convention{"cbow", false, PositiveSampling::Negatives::skip,
                               PositiveSampling::Draws::random},
                    Convention{"cbow", false, PositiveSampling::Negatives::redraw,
                               PositiveSampling::Draws::in_turn}));

}  // namespace
}  // namespace wordbridge
