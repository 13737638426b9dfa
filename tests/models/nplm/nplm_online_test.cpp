#include "models/nplm/nplm_online.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/threads.h"
#include "tests/support/nplm_network.h"

namespace wordbridge {
namespace {

using torch::Tensor;

constexpr std::int64_t kWords = 83;

NplmOptions network(std::vector<std::int64_t> hidden, bool direct) {
  NplmOptions options;
  options.n = 4;
  options.dim = 3;
  options.hidden = std::move(hidden);
  options.direct = direct;
  return options;
}

NplmNetwork make(const NplmOptions& options) {
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < kWords; ++i) words.push_back("w" + std::to_string(i));
  const std::vector<std::int64_t> counts(kWords, 2);
  const Vocabulary vocabulary(words, counts, "");
  return NplmNetwork(options, ModelInputs{vocabulary, counts, 7});
}

/// Context ids and target of an example. Words are repeated within a context.
std::vector<std::int64_t> example(int i) {
  return {i % 5, (i * 7) % kWords, i % 5, (i * 11) % kWords};
}

TEST(NplmOnlineTest, EqualsAutogradsUpdatesInFloat64) {
  const double rate = 0.05, decay = 0.01;
  for (const auto& options : {network({5}, true), network({5}, false), network({}, true)}) {
    const auto model = make(options).model, reference = make(options).model;
    const auto trainer = model->online_trainer();
    ASSERT_NE(trainer, nullptr);
    reference->to(torch::kFloat64);
    for (int i = 0; i < 40; ++i) {
      const auto e = example(i);
      const Tensor ids =
          torch::tensor(std::vector<std::int64_t>(e.begin(), e.begin() + 3)).view({1, 3});
      const Tensor loss = reference->loss(ids, torch::tensor({e[3]}));
      loss.backward();
      {
        const torch::NoGradGuard no_grad;
        for (auto& p : reference->parameters()) {
          if (p.dim() > 1) p.mul_(1 - rate * decay);
          p.sub_(p.grad(), rate);
        }
        reference->zero_grad(true);
      }
      EXPECT_NEAR(trainer->update(e.data(), e[3], rate, decay), loss.item<double>(), 1e-10) << i;
    }
    trainer->write_back();
    const auto expected = reference->named_parameters();
    for (const auto& named : model->named_parameters())
      EXPECT_TRUE(
          torch::allclose(named.value().to(torch::kFloat64), expected[named.key()], 1e-6, 1e-7))
          << named.key();
  }
}

TEST(NplmOnlineTest, SameBitsOnAnyNumberOfThreads) {
  std::vector<Tensor> first;
  for (const int count : {1, 2, 7}) {
    set_threads(count, [] { at::set_num_threads(1); });
    const auto model = make(network({5}, true)).model;
    const auto trainer = model->online_trainer();
    for (int i = 0; i < 40; ++i) trainer->update(example(i).data(), example(i)[3], 0.05, 0.01);
    std::vector<Tensor> values;
    for (const auto& [name, value] : trainer->state()) values.push_back(value.clone());
    if (first.empty()) first = values;
    for (std::size_t i = 0; i < values.size(); ++i)
      EXPECT_TRUE(torch::equal(values[i], first[i])) << i;
  }
  set_threads(0);
}

TEST(NplmOnlineTest, ALossThatIsNotFiniteUpdatesNothing) {
  const auto [body, model] = make(network({5}, true));
  body->C.data().fill_(std::numeric_limits<float>::infinity());
  const auto trainer = model->online_trainer();
  const auto state = trainer->state();
  const Tensor before = state[2].second.clone();
  EXPECT_FALSE(std::isfinite(trainer->update(example(1).data(), 3, 0.1, 0)));
  EXPECT_TRUE(torch::equal(state[2].second, before));
}

TEST(NplmOnlineTest, OtherNetworksHaveNone) {
  NplmOptions dropped = network({5}, true);
  dropped.dropout = 0.1;
  EXPECT_EQ(make(dropped).model->online_trainer(), nullptr);
  EXPECT_EQ(make(network({5, 4}, false)).model->online_trainer(), nullptr);
  NplmOptions classes = network({5}, false);
  classes.output.type = OutputType::classes;
  EXPECT_EQ(make(classes).model->online_trainer(), nullptr);
}

}  // namespace
}  // namespace wordbridge
