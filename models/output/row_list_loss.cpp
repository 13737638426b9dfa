#include "models/output/row_list_loss.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/threads.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

constexpr std::int64_t kExamples = 16;  // in a block

std::vector<LinearTerm> contiguous(at::TensorList list) {
  std::vector<LinearTerm> terms;
  for (std::size_t i = 0; i + 1 < list.size(); i += 2)
    terms.push_back({list[i].contiguous(), list[i + 1].contiguous()});
  return terms;
}

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

/// Of each example; the scores become derivatives.
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

/// The loss as one differentiable operation; its gradients are made in the forward pass.
class RowListLoss : public torch::autograd::Function<RowListLoss> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const RowLists& lists,
                        const ExampleLoss& loss, const Tensor& b_R, at::TensorList inputs) {
    const auto terms = contiguous(inputs);
    auto scores = scores_of(lists, terms, b_R);
    const auto losses = losses_of(lists, loss, scores.data());
    const auto B = static_cast<double>(losses.size());
    double sum = 0;
    for (const double value : losses) sum += value;
    const auto scale = static_cast<float>(1 / B);
    for (auto& g : scores) g *= scale;
    save_gradients(context, lists, scores, terms, b_R);
    return at::scalar_tensor(sum / B, b_R.options());
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    const auto saved = context->get_saved_variables();
    const float factor = outer[0].item<float>();
    const auto scaled = [&](const Tensor& values) {
      return factor == 1.0f ? values : values * factor;
    };
    const Tensor& indices = saved[0];
    const std::int64_t R = context->saved_data["rows"].toInt();
    variable_list gradients{Tensor(), Tensor()};  // of the lists and the loss: none
    const auto sparse = [&](const Tensor& values) {
      std::vector<std::int64_t> sizes = values.sizes().vec();
      sizes[0] = R;
      return torch::sparse_coo_tensor(indices, scaled(values), sizes)._coalesced_(true);
    };
    gradients.push_back(sparse(saved[1]));
    for (std::size_t i = 2; i + 1 < saved.size(); i += 2) {
      gradients.push_back(scaled(saved[i]));
      gradients.push_back(sparse(saved[i + 1]));
    }
    return gradients;
  }

 private:
  /// Saves the indices of the rows [1,K], b's values [K], and of each term x's gradient [B,E] and
  /// the weight's values [K,E].
  static void save_gradients(torch::autograd::AutogradContext* context, const RowLists& lists,
                             const std::vector<float>& g, const std::vector<LinearTerm>& terms,
                             const Tensor& b_R) {
    variable_list saved;
    for (const auto& [x, weight] : terms) {
      Tensor x_gradient = at::empty_like(x);
      const RowGradients rows =
          row_score_gradients(lists, g.data(), x.data_ptr<float>(), weight.data_ptr<float>(),
                              x.size(0), x.size(1), x_gradient.data_ptr<float>());
      const auto K = static_cast<std::int64_t>(rows.rows.size());
      if (saved.empty()) {
        saved.push_back(at::empty({1, K}, torch::kInt64));
        std::copy(rows.rows.begin(), rows.rows.end(), saved[0].data_ptr<std::int64_t>());
        saved.push_back(at::empty({K}, b_R.options()));
        std::copy(rows.bias.begin(), rows.bias.end(), saved[1].data_ptr<float>());
      }
      saved.push_back(x_gradient);
      saved.push_back(at::empty({K, x.size(1)}, b_R.options()));
      std::copy(rows.weight.begin(), rows.weight.end(), saved.back().data_ptr<float>());
    }
    context->save_for_backward(saved);
    context->saved_data["rows"] = b_R.size(0);
  }
};

variable_list flat(const std::vector<LinearTerm>& terms) {
  variable_list list;
  for (const auto& term : terms) {
    list.push_back(term.x_BE);
    list.push_back(term.weight_VE);
  }
  return list;
}

}  // namespace

Tensor row_list_loss(const RowLists& lists, const ExampleLoss& loss,
                     const std::vector<LinearTerm>& terms, const Tensor& b_R) {
  TORCH_CHECK(takes_row_lists(terms, b_R), "row_list_loss needs float32 on the CPU");
  const variable_list inputs = flat(terms);
  return RowListLoss::apply(lists, loss, b_R, at::TensorList(inputs));
}

Tensor row_list_losses(const RowLists& lists, const ExampleLoss& loss,
                       const std::vector<LinearTerm>& terms, const Tensor& b_R) {
  TORCH_CHECK(takes_row_lists(terms, b_R), "row_list_losses needs float32 on the CPU");
  const torch::NoGradGuard no_grad;
  auto scores = scores_of(lists, contiguous(flat(terms)), b_R);
  const auto losses = losses_of(lists, loss, scores.data());
  Tensor losses_B = torch::empty({static_cast<std::int64_t>(losses.size())}, torch::kFloat64);
  std::copy(losses.begin(), losses.end(), losses_B.data_ptr<double>());
  return losses_B;
}

bool takes_row_lists(const std::vector<LinearTerm>& terms, const Tensor& b_R) {
  const auto plain = [](const Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.scalar_type() == torch::kFloat32;
  };
  return plain(b_R) && std::all_of(terms.begin(), terms.end(), [&](const LinearTerm& term) {
           return plain(term.weight_VE) && plain(term.x_BE);
         });
}

}  // namespace wordbridge
