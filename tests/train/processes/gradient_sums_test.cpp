#include "train/processes/gradient_sums.h"

#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/utils.h>

#include <functional>
#include <memory>
#include <thread>

#include "core/rng.h"
#include "models/layers/sparse_rows.h"
#include "tests/support/thread_processes.h"

namespace wordbridge {
namespace {

using torch::Tensor;

constexpr std::int64_t kShards = 8, kRows = 12, kWidth = 3;

/// The gradients of a shard for a dense and a row-sparse parameter, one that only some shards have
/// and one that is sparse or dense.
std::vector<Tensor> gradients_of(std::int64_t shard) {
  Rng rng(1, "gradients", static_cast<std::uint64_t>(shard));
  const auto numbers = [&](std::int64_t rows) {
    const Tensor values = torch::empty({rows, kWidth});
    for (std::int64_t i = 0; i < values.numel(); ++i)
      values.data_ptr<float>()[i] = static_cast<float>(rng.uniform() - 0.5);
    return values;
  };
  const auto sparse = [&] {
    const Tensor rows = torch::empty({5}, torch::kInt64);
    for (int i = 0; i < 5; ++i)
      rows.data_ptr<std::int64_t>()[i] = static_cast<std::int64_t>(rng.uniform() * kRows);
    return sum_rows(rows, numbers(5), kRows);
  };
  return {numbers(kRows), sparse(), shard % 3 == 0 ? numbers(kRows) : Tensor(),
          shard % 2 == 0 ? numbers(kRows) : sparse()};
}

struct Sums {
  std::vector<Tensor> gradients;
  GradientSums::Totals totals;
};

/// The sums that each of `size` processes computes.
std::vector<Sums> sums_on(int size) {
  Meeting meeting(size);
  std::vector<Sums> all(static_cast<std::size_t>(size));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      ThreadProcesses processes(rank, size, meeting);
      std::vector<Tensor> parameters;
      for (int i = 0; i < 4; ++i)
        parameters.push_back(torch::zeros({kRows, kWidth}).set_requires_grad(true));
      GradientSums sums(parameters, kShards, size == 1 ? nullptr : &processes);
      EXPECT_EQ(sums.own_shards(), kShards / size);
      for (std::int64_t i = 0; i < sums.own_shards(); ++i) {
        const std::int64_t shard = sums.first_shard() + i;
        const auto gradients = gradients_of(shard);
        sums.begin_shard(0.125);
        for (std::size_t p = 0; p < parameters.size(); ++p)
          parameters[p].mutable_grad() = gradients[p];
        sums.end_shard(1.0 / static_cast<double>(shard + 3), shard);
        EXPECT_FALSE(parameters[0].grad().defined());
      }
      Sums& own = all[static_cast<std::size_t>(rank)];
      own.totals = sums.finish(rank == 1);
      for (const auto& parameter : parameters) own.gradients.push_back(parameter.grad().clone());
    });
  }
  for (auto& thread : threads) thread.join();
  return all;
}

Tensor dense(const Tensor& gradient) {
  return gradient.is_sparse() ? gradient.to_dense() : gradient;
}

TEST(GradientSumsTest, EqualTheSumOfAllShards) {
  const Sums sums = sums_on(1)[0];
  double loss = 0;
  std::vector<Tensor> expected(4);
  for (auto& sum : expected) sum = torch::zeros({kRows, kWidth}, torch::kFloat64);
  for (std::int64_t shard = 0; shard < kShards; ++shard) {
    loss += 1.0 / static_cast<double>(shard + 3);
    const auto gradients = gradients_of(shard);
    for (std::size_t p = 0; p < expected.size(); ++p)
      if (gradients[p].defined()) expected[p] += 0.125 * dense(gradients[p]).to(torch::kFloat64);
  }
  for (std::size_t p = 0; p < expected.size(); ++p)
    EXPECT_TRUE(
        torch::allclose(dense(sums.gradients[p]).to(torch::kFloat64), expected[p], 1e-6, 1e-7))
        << p;
  EXPECT_TRUE(sums.gradients[1].is_sparse());
  EXPECT_NEAR(sums.totals.loss, loss, 1e-14);
  EXPECT_EQ(sums.totals.words, 0 + 1 + 2 + 3 + 4 + 5 + 6 + 7);
  EXPECT_FALSE(sums.totals.stop);
}

TEST(GradientSumsTest, HaveTheSameBitsOnAnyNumberOfProcesses) {
  const Sums one = sums_on(1)[0];
  for (const int size : {2, 4, 8}) {
    for (const Sums& sums : sums_on(size)) {
      for (std::size_t p = 0; p < one.gradients.size(); ++p)
        EXPECT_TRUE(torch::equal(dense(one.gradients[p]), dense(sums.gradients[p])))
            << size << " processes, parameter " << p;
      EXPECT_EQ(sums.gradients[1].is_sparse(), true);
      EXPECT_EQ(sums.totals.loss, one.totals.loss);
      EXPECT_EQ(sums.totals.words, one.totals.words);
      EXPECT_TRUE(sums.totals.stop);  // process 1 was asked to stop
    }
  }
}

/// A linear function of the parameters, so that gradients are computed by a backward pass.
struct Network {
  static constexpr std::int64_t kWide = 40000;  // two of them need two pieces
  std::vector<Tensor> parameters;

  Network() {
    for (int i = 0; i < 4; ++i)
      parameters.push_back(torch::zeros({i < 3 ? 2 : 3, kWide}).set_requires_grad(true));
  }
  /// The gradients of an update's shard: parameter 1 has none in odd shards, and in update 3 none
  /// at all; the first row of parameter 3 is looked up in updates 1 and 4, all of it is used in the
  /// others.
  void compute_gradients(std::int64_t update, std::int64_t shard) const {
    std::vector<Tensor> terms;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (i == 1 && (shard % 2 == 1 || update == 3)) continue;
      Rng rng(1, "gradient", static_cast<std::uint64_t>(update * 100 + shard * 10) + i);
      Tensor values = torch::empty(parameters[i].sizes());
      for (std::int64_t k = 0; k < values.numel(); ++k)
        values.data_ptr<float>()[k] = static_cast<float>(rng.uniform() - 0.5);
      if (i == 3 && update % 3 == 1)
        terms.push_back(
            (embed_rows(parameters[i], torch::zeros({1}, torch::kInt64))[0] * values[0]).sum());
      else
        terms.push_back((parameters[i] * values).sum());
    }
    torch::stack(terms).sum().backward();
  }
};

TEST(GradientSumsTest, TravelDuringTheBackwardPass) {
  constexpr std::int64_t kUpdates = 6, kFour = 4;
  std::vector<std::vector<Tensor>> expected;  // of one process
  for (const int size : {1, 2, 4}) {
    Meeting meeting(size);
    std::vector<std::thread> threads;
    for (int rank = 0; rank < size; ++rank) {
      threads.emplace_back([&, rank] {
        ThreadProcesses processes(rank, size, meeting);
        const Network network;
        GradientSums sums(network.parameters, kFour, size == 1 ? nullptr : &processes);
        for (std::int64_t update = 0; update < kUpdates; ++update) {
          const int begun = processes.begun();
          for (std::int64_t i = 0; i < sums.own_shards(); ++i) {
            const std::int64_t shard = sums.first_shard() + i;
            sums.begin_shard(0.3);
            network.compute_gradients(update, shard);
            // The dense gradients before update 2 were those of parameters 0 to 2. They travel in
            // pieces of their own, from 2 to 0; in odd shards, 1 and 0 have to wait.
            if (size > 1 && update == 2 && i + 1 == sums.own_shards())
              EXPECT_EQ(processes.begun() - begun, shard % 2 == 0 ? 3 : 1);
            sums.end_shard(0, 1);
          }
          sums.finish(false);
          for (std::size_t p = 0; p < network.parameters.size(); ++p) {
            auto& parameter = const_cast<Tensor&>(network.parameters[p]);
            const Tensor gradient = parameter.grad();
            parameter.mutable_grad() = Tensor();
            if (size == 1) {
              if (p == 0) expected.emplace_back();
              expected.back().push_back(gradient);
              continue;
            }
            const Tensor& same = expected[static_cast<std::size_t>(update)][p];
            ASSERT_EQ(gradient.defined(), same.defined()) << update << ", parameter " << p;
            if (!same.defined()) continue;
            ASSERT_EQ(gradient.is_sparse(), same.is_sparse()) << update << ", parameter " << p;
            ASSERT_TRUE(torch::equal(dense(gradient), dense(same))) << update << ", " << p;
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }
}

TEST(GradientSumsTest, NeighboursAreAddedInPairs) {
  // In float32 the order matters: (1e8 + 1) + (-1e8 + 1) is 0 and not 2.
  std::vector<float> a = {1e8f}, b = {1}, c = {-1e8f}, d = {1};
  sum_in_pairs({a.data(), b.data(), c.data(), d.data()}, 1);
  EXPECT_EQ(a[0], (1e8f + 1.0f) + (-1e8f + 1.0f));
  std::vector<float> e = {1}, f = {2}, g = {3};
  sum_in_pairs({e.data(), f.data(), g.data()}, 1);
  EXPECT_EQ(e[0], 6);
}

}  // namespace
}  // namespace wordbridge
