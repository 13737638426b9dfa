#include "models/output/shared_noise_loss.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "core/threads.h"
#include "models/layers/sparse_rows.h"
#include "models/output/row_list_loss.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

/// Scores of a group's targets [n] and noise words [n,K], minus their ln(k q).
struct Scores {
  Tensor target_n, noise_nK;
};

/// One group of examples of the batch.
struct Group {
  Group(const SharedNoise& noise, std::int64_t g, std::int64_t B)
      : begin(g * noise.size),
        size(std::min(noise.size, B - begin)),
        words(noise.words_GK[g]),
        log_kq(noise.log_kq_GK[g]) {}
  Tensor part(const Tensor& of_batch) const { return of_batch.narrow(0, begin, size); }

  std::int64_t begin, size;
  Tensor words, log_kq;  // [K]
};

Scores scores_of(const Group& group, const SharedNoise& noise, const std::vector<LinearTerm>& terms,
                 const Tensor& b_V, const Tensor& targets_B) {
  const Tensor targets = group.part(targets_B);
  Scores scores;
  scores.target_n = b_V.index_select(0, targets) - group.part(noise.target_log_kq_B);
  scores.noise_nK = b_V.index_select(0, group.words) - group.log_kq;
  for (const auto& [x_BE, weight_VE] : terms) {
    const Tensor x = group.part(x_BE);
    scores.target_n = scores.target_n + (x * weight_VE.index_select(0, targets)).sum(1);
    scores.noise_nK = torch::addmm(scores.noise_nK, x, weight_VE.index_select(0, group.words).t());
  }
  return scores;
}

Tensor group_loss(const Scores& scores) {
  return torch::softplus(-scores.target_n).sum() + torch::softplus(scores.noise_nK).sum();
}

Tensor plain_loss(const SharedNoise& noise, const std::vector<LinearTerm>& terms, const Tensor& b_V,
                  const Tensor& targets_B) {
  const auto B = targets_B.size(0);
  Tensor sum = torch::zeros({}, b_V.options());
  for (std::int64_t g = 0; g < noise.words_GK.size(0); ++g)
    sum = sum + group_loss(scores_of(Group(noise, g, B), noise, terms, b_V, targets_B));
  return sum / B;
}

/// Gradients of the mean loss. For a weight, the gradients of its rows: first those of the targets
/// [B], then those of the noise words [G K].
struct NoiseGradients {
  std::vector<Tensor> x, weight;  // one per term
  Tensor b;                       // [B + G K]
};

/// Writes the gradients of a group and returns its loss.
double group_gradients(const Group& group, const SharedNoise& noise,
                       const std::vector<LinearTerm>& terms, const Tensor& b_V,
                       const Tensor& targets_B, std::int64_t g, NoiseGradients& gradients) {
  const auto B = targets_B.size(0), K = group.words.size(0);
  const Scores scores = scores_of(group, noise, terms, b_V, targets_B);
  const double loss = torch::softplus(-scores.target_n).sum(torch::kFloat64).item<double>() +
                      torch::softplus(scores.noise_nK).sum(torch::kFloat64).item<double>();
  const Tensor of_target = scores.target_n.sigmoid().sub_(1).div_(B);
  const Tensor of_noise = scores.noise_nK.sigmoid().div_(B);
  const auto noise_part = [&](const Tensor& values) { return values.narrow(0, B + g * K, K); };
  group.part(gradients.b).copy_(of_target);
  noise_part(gradients.b).copy_(of_noise.sum(0));
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto& weight = terms[i].weight_VE;
    const Tensor x = group.part(terms[i].x_BE), column = of_target.unsqueeze(1);
    Tensor x_gradient = group.part(gradients.x[i]);
    at::mul_out(x_gradient, weight.index_select(0, group.part(targets_B)), column);
    x_gradient.addmm_(of_noise, weight.index_select(0, group.words));
    Tensor target_rows = group.part(gradients.weight[i]);
    at::mul_out(target_rows, x, column);
    Tensor noise_rows = noise_part(gradients.weight[i]);
    at::mm_out(noise_rows, of_noise.t(), x);
  }
  return loss;
}

/// The loss as one differentiable operation. The gradients are computed in the forward pass.
class SharedNoiseLoss : public torch::autograd::Function<SharedNoiseLoss> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const SharedNoise& noise,
                        const Tensor& targets_B, const Tensor& b_V, at::TensorList inputs) {
    const auto terms = terms_of(inputs);
    const auto B = targets_B.size(0), G = noise.words_GK.size(0);
    const Tensor rows = torch::cat({targets_B, noise.words_GK.flatten()});
    NoiseGradients gradients;
    gradients.b = at::empty({rows.size(0)}, b_V.options());
    for (const auto& [x, weight] : terms) {
      gradients.x.push_back(at::empty_like(x));
      gradients.weight.push_back(at::empty({rows.size(0), x.size(1)}, x.options()));
    }
    std::vector<double> losses(static_cast<std::size_t>(G));
    for_each_block(G, [&](std::int64_t g) {
      const torch::NoGradGuard no_grad;
      losses[static_cast<std::size_t>(g)] =
          group_gradients(Group(noise, g, B), noise, terms, b_V, targets_B, g, gradients);
    });
    double loss = 0;
    for (const double part : losses) loss += part;

    const auto V = b_V.size(0);
    const Tensor of_b = sum_rows(rows, gradients.b, V);
    RowSparseGradients sparse{of_b._indices(), of_b._values(), gradients.x, {}};
    for (const auto& values : gradients.weight)
      sparse.weight.push_back(sum_rows(rows, values, V)._values());
    sparse.save(context, V);
    return at::scalar_tensor(loss / static_cast<double>(B), b_V.options());
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    return RowSparseGradients::saved(context, outer[0], 2);  // none for noise and targets
  }
};

}  // namespace

Tensor shared_noise_loss(const SharedNoise& noise, const std::vector<LinearTerm>& terms,
                         const Tensor& b_V, const Tensor& targets_B) {
  if (!for_our_kernels(terms, b_V)) return plain_loss(noise, terms, b_V, targets_B);
  const variable_list inputs = flat(terms);
  return SharedNoiseLoss::apply(noise, targets_B.contiguous(), b_V, at::TensorList(inputs));
}

}  // namespace wordbridge
