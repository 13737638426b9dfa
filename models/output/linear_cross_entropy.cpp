#include "models/output/linear_cross_entropy.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "core/error.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

/// Gradients of the mean loss.
struct Gradients {
  std::vector<Tensor> x, weight;  // a term each
  Tensor b;
};

Gradients empty_gradients(const std::vector<LinearTerm>& terms, const Tensor& b_V) {
  Gradients gradients;
  gradients.b = torch::empty_like(b_V);
  for (const auto& term : terms) {
    gradients.x.push_back(torch::empty_like(term.x_BE));
    gradients.weight.push_back(torch::empty_like(term.weight_VE));
  }
  return gradients;
}

/// The kernel's view of contiguous float32 tensors on the CPU.
LinearSoftmax kernel_problem(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                             const Tensor& targets_B) {
  LinearSoftmax softmax;
  for (const auto& term : terms) {
    softmax.terms.push_back(
        {term.x_BE.data_ptr<float>(), term.weight_VE.data_ptr<float>(), term.weight_VE.size(1)});
  }
  softmax.bias = b_V.data_ptr<float>();
  softmax.targets = targets_B.data_ptr<std::int64_t>();
  softmax.examples = targets_B.size(0);
  softmax.vocabulary = b_V.size(0);
  return softmax;
}

double fused_gradients(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                       const Tensor& targets_B, const SoftmaxOptions& options,
                       Gradients& gradients) {
  LinearSoftmax softmax = kernel_problem(terms, b_V, targets_B);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    softmax.terms[i].x_gradient = gradients.x[i].data_ptr<float>();
    softmax.terms[i].weight_gradient = gradients.weight[i].data_ptr<float>();
  }
  softmax.bias_gradient = gradients.b.data_ptr<float>();
  return linear_softmax_gradients(softmax, options);
}

/// Logits that LibTorch's operations hold at a time.
constexpr std::int64_t kChunkLogits = 1 << 24;

/// a b, with factors rounded to bfloat16 if the options say so.
Tensor product(const Tensor& a, const Tensor& b, const SoftmaxOptions& options) {
  if (!options.bfloat16) return a.mm(b);
  return a.to(torch::kBFloat16).mm(b.to(torch::kBFloat16)).to(a.scalar_type());
}

Tensor chunked_gradients(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                         const Tensor& targets_B, const SoftmaxOptions& options,
                         Gradients& gradients) {
  const auto B = targets_B.size(0);
  const auto chunk = std::max<std::int64_t>(1, kChunkLogits / b_V.size(0));
  gradients.b.zero_();
  for (auto& gradient : gradients.weight) gradient.zero_();
  Tensor loss = torch::zeros({}, b_V.options());
  for (std::int64_t begin = 0; begin < B; begin += chunk) {
    const auto size = std::min(chunk, B - begin);
    Tensor logits = b_V;
    for (const auto& term : terms)
      logits = logits + product(term.x_BE.narrow(0, begin, size), term.weight_VE.t(), options);
    const Tensor targets = targets_B.narrow(0, begin, size).unsqueeze(1);
    Tensor log_p = logits.log_softmax(1);
    loss -= log_p.gather(1, targets).sum() / B;
    Tensor p = log_p.exp_();
    p.scatter_add_(1, targets, torch::full_like(targets, -1, p.options()));
    p.div_(B);
    gradients.b += p.sum(0);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      gradients.weight[i] += product(p.t(), terms[i].x_BE.narrow(0, begin, size), options);
      gradients.x[i].narrow(0, begin, size).copy_(product(p, terms[i].weight_VE, options));
    }
  }
  return loss;
}

/// The loss as one differentiable operation; its gradients are made in the forward pass.
class LinearCrossEntropy : public torch::autograd::Function<LinearCrossEntropy> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& targets_B,
                        const Tensor& b_V, const SoftmaxOptions& options, at::TensorList inputs) {
    const auto terms = terms_of(inputs);
    Gradients gradients = empty_gradients(terms, b_V);
    const Tensor loss =
        for_our_kernels(terms, b_V)
            ? at::scalar_tensor(fused_gradients(terms, b_V, targets_B, options, gradients),
                                b_V.options())
            : chunked_gradients(terms, b_V, targets_B, options, gradients);
    variable_list saved{gradients.b};
    for (std::size_t i = 0; i < terms.size(); ++i) {
      saved.push_back(gradients.x[i]);
      saved.push_back(gradients.weight[i]);
    }
    context->save_for_backward(saved);
    return loss;
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    const auto saved = context->get_saved_variables();
    const double factor = outer[0].item<double>();
    const auto scaled = [factor](const Tensor& gradient) {
      return factor == 1.0 ? gradient : gradient * factor;
    };
    variable_list gradients{Tensor(), scaled(saved[0]), Tensor()};  // of targets and options: none
    for (std::size_t i = 1; i < saved.size(); ++i) gradients.push_back(scaled(saved[i]));
    return gradients;
  }
};

void check(const std::vector<LinearTerm>& terms, const Tensor& b_V, const Tensor& targets_B) {
  TORCH_CHECK(!terms.empty() && b_V.dim() == 1, "expected at least one term and a bias [V]");
  TORCH_CHECK(targets_B.dim() == 1 && targets_B.scalar_type() == torch::kInt64,
              "expected targets [B] int64, got ", targets_B.sizes());
  for (const auto& term : terms) {
    TORCH_CHECK(term.x_BE.dim() == 2 && term.x_BE.size(0) == targets_B.size(0) &&
                    term.weight_VE.dim() == 2 && term.weight_VE.size(0) == b_V.size(0) &&
                    term.weight_VE.size(1) == term.x_BE.size(1),
                "expected x [B,E] and weight [V,E], got ", term.x_BE.sizes(), " and ",
                term.weight_VE.sizes());
  }
}

}  // namespace

bool for_our_kernels(const std::vector<LinearTerm>& terms, const Tensor& b_V) {
  const auto plain = [](const Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.scalar_type() == torch::kFloat32;
  };
  return plain(b_V) && std::all_of(terms.begin(), terms.end(), [&](const LinearTerm& term) {
           return plain(term.weight_VE) && plain(term.x_BE);
         });
}

std::vector<Tensor> flat(const std::vector<LinearTerm>& terms) {
  std::vector<Tensor> list;
  for (const auto& term : terms) {
    list.push_back(term.x_BE);
    list.push_back(term.weight_VE);
  }
  return list;
}

std::vector<LinearTerm> terms_of(at::TensorList flat) {
  std::vector<LinearTerm> terms;
  for (std::size_t i = 0; i + 1 < flat.size(); i += 2)
    terms.push_back({flat[i].contiguous(), flat[i + 1].contiguous()});
  return terms;
}

Tensor linear_logits(const std::vector<LinearTerm>& terms, const Tensor& b_V) {
  Tensor logits_BV = b_V;
  for (const auto& term : terms) logits_BV = torch::addmm(logits_BV, term.x_BE, term.weight_VE.t());
  return logits_BV;
}

Tensor linear_cross_entropy(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                            const Tensor& targets_B, const SoftmaxOptions& options) {
  check(terms, b_V, targets_B);
  if (options.bfloat16 && for_our_kernels(terms, b_V) && !has_bfloat16_softmax()) {
    throw Error("this CPU has no products of bfloat16 numbers")
        .expected("AVX512_BF16 (Intel since Cooper Lake, AMD since Zen 4)")
        .hint("output.full.precision: float32");
  }
  const variable_list inputs = flat(terms);
  return LinearCrossEntropy::apply(targets_B.contiguous(), b_V.contiguous(), options,
                                   at::TensorList(inputs));
}

Tensor linear_log_prob(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                       const Tensor& targets_B) {
  check(terms, b_V, targets_B);
  const torch::NoGradGuard no_grad;
  if (for_our_kernels(terms, b_V)) {
    const auto contiguous = terms_of(flat(terms));
    Tensor log_prob_B = torch::empty({targets_B.size(0)}, torch::kFloat64);
    const Tensor b = b_V.contiguous(), targets = targets_B.contiguous();
    linear_softmax_log_prob(kernel_problem(contiguous, b, targets), log_prob_B.data_ptr<double>());
    return log_prob_B;
  }
  return linear_logits(terms, b_V).log_softmax(1).gather(1, targets_B.unsqueeze(1)).squeeze(1);
}

}  // namespace wordbridge
