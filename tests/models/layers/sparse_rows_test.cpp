#include "models/layers/sparse_rows.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/threads.h"

namespace wordbridge {
namespace {

using torch::Tensor;

Tensor rows_of(const Tensor& gradient) { return gradient._indices()[0]; }

TEST(SparseRowsTest, ByHand) {
  Tensor C = torch::arange(10, torch::kFloat32).view({5, 2}).clone().requires_grad_();
  const Tensor ids = torch::tensor({{3, 1}, {3, 4}, {1, 3}}, torch::kInt64);
  const Tensor x = embed_rows(C, ids);
  ASSERT_EQ(x.sizes(), (std::vector<std::int64_t>{3, 2, 2}));
  EXPECT_EQ(x[1][1][0].item<float>(), 8);
  (x * torch::tensor({1.0f, 10.0f, 100.0f}).view({3, 1, 1})).sum().backward();
  ASSERT_TRUE(C.grad().is_sparse());
  const Tensor g = coalesced_rows(C.grad());
  EXPECT_TRUE(torch::equal(rows_of(g), torch::tensor({1, 3, 4}, torch::kInt64)));
  EXPECT_TRUE(torch::equal(
      g._values(), torch::tensor({101.0f, 101.0f, 111.0f, 111.0f, 10.0f, 10.0f}).view({3, 2})));
  EXPECT_THROW(embed_rows(C, torch::tensor({5}, torch::kInt64)), c10::Error);
  EXPECT_THROW(embed_rows(C, torch::tensor({-1}, torch::kInt64)), c10::Error);
}

/// 2,000 ids with repetitions, and the factors that define the gradient.
struct Places {
  Places() {
    torch::manual_seed(1);
    ids = torch::randint(0, 400, {500, 4}, torch::kInt64);
    factors = torch::randn({500, 4, 9});
  }
  Tensor ids, factors;
};

TEST(SparseRowsTest, EqualsLibTorchsGradientBitForBitOnAnyNumberOfThreads) {
  const Places places;
  Tensor C = torch::randn({700, 9}).requires_grad_(), b = torch::randn({700}).requires_grad_();
  (torch::embedding(C, places.ids) * places.factors).sum().backward();
  (b.index_select(0, places.ids.flatten()) * places.factors.select(2, 0).flatten())
      .sum()
      .backward();
  const Tensor dense = C.grad(), dense_b = b.grad();
  for (const int count : {1, 2, 7}) {
    set_threads(count, [] { at::set_num_threads(1); });
    C.mutable_grad() = b.mutable_grad() = Tensor();
    (embed_rows(C, places.ids) * places.factors).sum().backward();
    (embed_rows(b, places.ids) * places.factors.select(2, 0)).sum().backward();
    EXPECT_TRUE(torch::equal(C.grad().to_dense(), dense)) << count;
    EXPECT_TRUE(torch::equal(b.grad().to_dense(), dense_b)) << count;
  }
  set_threads(0);
}

TEST(SparseRowsTest, Float64IsPlain) {
  const Places places;
  Tensor C = torch::randn({700, 9}, torch::kFloat64).requires_grad_();
  (embed_rows(C, places.ids) * places.factors).sum().backward();
  EXPECT_FALSE(C.grad().is_sparse());
  const Tensor dense = C.grad();
  Tensor single = C.detach().to(torch::kFloat32).requires_grad_();
  (embed_rows(single, places.ids) * places.factors).sum().backward();
  EXPECT_LT((single.grad().to_dense() - dense).norm().item<double>(),
            1e-6 * dense.norm().item<double>());
}

/// A parameter used both as features and as output rows gets the sum of both gradients, in either
/// order.
TEST(SparseRowsTest, AddsToOtherGradientsInBothOrders) {
  const Places places;
  const Tensor x = torch::randn({6, 9});
  const auto gradient = [&](bool sparse_first, bool both_sparse) {
    Tensor C = torch::ones({700, 9}).requires_grad_();
    const auto rows = [&] { return (embed_rows(C, places.ids) * places.factors).sum(); };
    const auto others = [&] {
      if (both_sparse) return embed_rows(C, places.ids.slice(0, 0, 20)).pow(2).sum();
      return torch::mm(x, C.t()).pow(2).sum();
    };
    const Tensor first = sparse_first ? rows() : others(),
                 second = sparse_first ? others() : rows();
    (first + second).backward();
    const Tensor sum = C.grad();
    C.mutable_grad() = Tensor();
    rows().backward();  // two separate backward passes
    others().backward();
    EXPECT_LT((C.grad().to_dense() - sum.to_dense()).norm().item<double>(),
              1e-5 * sum.to_dense().norm().item<double>());
    return sum;
  };
  EXPECT_FALSE(gradient(true, false).is_sparse());
  EXPECT_FALSE(gradient(false, false).is_sparse());
  EXPECT_TRUE(gradient(true, true).is_sparse());
  const Tensor merged = coalesced_rows(gradient(false, true));
  const Tensor rows = rows_of(merged);
  EXPECT_TRUE((rows.slice(0, 1) > rows.slice(0, 0, -1)).all().item<bool>());
}

TEST(SparseRowsTest, ARowThatOccursTwiceIsAdded) {
  const Tensor twice = torch::sparse_coo_tensor(torch::tensor({{4, 1, 4}}, torch::kInt64),
                                                torch::tensor({1.0f, 2.0f, 4.0f}), {6});
  const Tensor once = coalesced_rows(twice);
  EXPECT_TRUE(torch::equal(rows_of(once), torch::tensor({1, 4}, torch::kInt64)));
  EXPECT_TRUE(torch::equal(once._values(), torch::tensor({2.0f, 5.0f})));
}

/// Also with enough rows that the positions are sorted instead of counted.
TEST(SparseRowsTest, MeansEqualThePlainOnesOnAnyNumberOfThreads) {
  const Places places;
  for (const std::int64_t R : {400, 70'000}) {
    const Tensor start = torch::randn({R, 9});
    const Tensor ids_BK = places.ids * (R / 400), factors = places.factors.select(1, 0);
    Tensor exact = start.to(torch::kFloat64).requires_grad_();
    const Tensor mean_BE = mean_rows(exact, ids_BK);
    (mean_BE * factors).sum().backward();
    EXPECT_LT((mean_BE - exact.detach().index_select(0, ids_BK.flatten()).view({500, 4, 9}).mean(1))
                  .abs()
                  .max()
                  .item<double>(),
              1e-12);
    Tensor first;
    for (const int count : {1, 2, 7}) {
      set_threads(count, [] { at::set_num_threads(1); });
      Tensor weight = start.clone().requires_grad_();
      const Tensor single = mean_rows(weight, ids_BK);
      EXPECT_LT((single - mean_BE).abs().max().item<double>(), 1e-6);
      (single * factors).sum().backward();
      const Tensor gradient = weight.grad().to_dense();
      EXPECT_LT((gradient - exact.grad()).norm().item<double>(),
                1e-6 * exact.grad().norm().item<double>());
      if (!first.defined()) first = gradient;
      EXPECT_TRUE(torch::equal(gradient, first)) << count;
    }
    EXPECT_THROW(mean_rows(start, torch::full({1, 2}, R, torch::kInt64)), c10::Error);
  }
  set_threads(0);
}

}  // namespace
}  // namespace wordbridge
