#include "models/output/row_list_loss.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/threads.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

constexpr std::int64_t kExamples = 16;  // per block

std::vector<float> scores_of(const RowLists& lists, const std::vector<LinearTerm>& terms,
                             const Tensor& b_R) {
  std::vector<float> scores(lists.row.size()), more(terms.size() > 1 ? lists.row.size() : 0);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto& [x, weight] = terms[i];
    row_scores(lists, x.data_ptr<float>(), weight.data_ptr<float>(),
               i == 0 ? b_R.data_ptr<float>() : nullptr, x.size(1),
               i == 0 ? scores.data() : more.data());
    for (std::size_t j = 0; i > 0 && j < scores.size(); ++j) scores[j] += more[j];
  }
  return scores;
}

/// Loss of each example. Overwrites the scores with the derivatives.
std::vector<double> losses_of(const RowLists& lists, const ExampleLoss& loss, float* scores) {
  const auto examples = static_cast<std::int64_t>(lists.begin.size()) - 1;
  std::vector<double> losses(static_cast<std::size_t>(examples));
  for_each_range(examples, kExamples, [&](std::int64_t first, std::int64_t end) {
    for (std::int64_t b = first; b < end; ++b) {
      const auto i = static_cast<std::size_t>(b);
      losses[i] = loss(b, scores + lists.begin[i], lists.begin[i + 1] - lists.begin[i]);
    }
  });
  return losses;
}

RowSparseGradients gradients_of(const RowLists& lists, const std::vector<float>& g,
                                const std::vector<LinearTerm>& terms, const Tensor& b_R) {
  RowSparseGradients gradients;
  for (const auto& [x, weight] : terms) {
    gradients.x.push_back(at::empty_like(x));
    const RowGradients rows =
        row_score_gradients(lists, g.data(), x.data_ptr<float>(), weight.data_ptr<float>(),
                            x.size(0), x.size(1), gradients.x.back().data_ptr<float>());
    const auto K = static_cast<std::int64_t>(rows.rows.size());
    if (!gradients.b.defined()) {
      gradients.indices = at::empty({1, K}, torch::kInt64);
      std::copy(rows.rows.begin(), rows.rows.end(), gradients.indices.data_ptr<std::int64_t>());
      gradients.b = at::empty({K}, b_R.options());
      std::copy(rows.bias.begin(), rows.bias.end(), gradients.b.data_ptr<float>());
    }
    gradients.weight.push_back(at::empty({K, x.size(1)}, b_R.options()));
    std::copy(rows.weight.begin(), rows.weight.end(), gradients.weight.back().data_ptr<float>());
  }
  return gradients;
}

/// The loss as one differentiable operation. The gradients are computed in the forward pass.
class RowListLoss : public torch::autograd::Function<RowListLoss> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const RowLists& lists,
                        const ExampleLoss& loss, const Tensor& b_R, at::TensorList inputs) {
    const auto terms = terms_of(inputs);
    auto scores = scores_of(lists, terms, b_R);
    const auto losses = losses_of(lists, loss, scores.data());
    const auto B = static_cast<double>(losses.size());
    double sum = 0;
    for (const double value : losses) sum += value;
    const auto scale = static_cast<float>(1 / B);
    for (auto& g : scores) g *= scale;
    gradients_of(lists, scores, terms, b_R).save(context, b_R.size(0));
    return at::scalar_tensor(sum / B, b_R.options());
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    return RowSparseGradients::saved(context, outer[0], 2);  // none for lists and loss
  }
};

}  // namespace

void RowSparseGradients::save(torch::autograd::AutogradContext* context, std::int64_t rows) const {
  variable_list all{indices, b};
  for (std::size_t i = 0; i < x.size(); ++i) {
    all.push_back(x[i]);
    all.push_back(weight[i]);
  }
  context->save_for_backward(all);
  context->saved_data["rows"] = rows;
}

variable_list RowSparseGradients::saved(torch::autograd::AutogradContext* context,
                                        const Tensor& outer, std::size_t others) {
  const auto all = context->get_saved_variables();
  const float factor = outer.item<float>();
  const std::int64_t rows = context->saved_data["rows"].toInt();
  const auto scaled = [&](const Tensor& values) {
    return factor == 1.0f ? values : values * factor;
  };
  const auto sparse = [&](const Tensor& values) {
    std::vector<std::int64_t> sizes = values.sizes().vec();
    sizes[0] = rows;
    return torch::sparse_coo_tensor(all[0], scaled(values), sizes)._coalesced_(true);
  };
  variable_list gradients(others);
  gradients.push_back(sparse(all[1]));
  for (std::size_t i = 2; i + 1 < all.size(); i += 2) {
    gradients.push_back(scaled(all[i]));
    gradients.push_back(sparse(all[i + 1]));
  }
  return gradients;
}

double softmax_cross_entropy(float* scores, std::int64_t count, std::int64_t target) {
  const float maximum = *std::max_element(scores, scores + count);
  const double target_score = scores[target];
  double sum = 0;
  for (std::int64_t j = 0; j < count; ++j) {
    scores[j] = std::exp(scores[j] - maximum);
    sum += static_cast<double>(scores[j]);
  }
  const auto factor = static_cast<float>(1 / sum);
  for (std::int64_t j = 0; j < count; ++j) scores[j] *= factor;
  scores[target] -= 1;
  return maximum + std::log(sum) - target_score;
}

std::pair<double, float> softplus(float z) {
  const double e = std::exp(-std::abs(static_cast<double>(z)));
  return {std::max(0.0, static_cast<double>(z)) + std::log1p(e),
          static_cast<float>(z >= 0 ? 1 / (1 + e) : e / (1 + e))};
}

Tensor row_list_loss(const RowLists& lists, const ExampleLoss& loss,
                     const std::vector<LinearTerm>& terms, const Tensor& b_R) {
  TORCH_CHECK(for_our_kernels(terms, b_R), "row_list_loss requires float32 tensors on the CPU");
  const variable_list inputs = flat(terms);
  return RowListLoss::apply(lists, loss, b_R, at::TensorList(inputs));
}

Tensor row_list_losses(const RowLists& lists, const ExampleLoss& loss,
                       const std::vector<LinearTerm>& terms, const Tensor& b_R) {
  TORCH_CHECK(for_our_kernels(terms, b_R), "row_list_losses requires float32 tensors on the CPU");
  const torch::NoGradGuard no_grad;
  auto scores = scores_of(lists, terms_of(flat(terms)), b_R);
  const auto losses = losses_of(lists, loss, scores.data());
  Tensor losses_B = torch::empty({static_cast<std::int64_t>(losses.size())}, torch::kFloat64);
  std::copy(losses.begin(), losses.end(), losses_B.data_ptr<double>());
  return losses_B;
}

}  // namespace wordbridge
