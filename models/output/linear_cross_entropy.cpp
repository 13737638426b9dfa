#include "models/output/linear_cross_entropy.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

/// Gradients of the mean loss.
struct Gradients {
  std::vector<Tensor> x, weight;  // one per term
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

/// Number of logits that the LibTorch operations hold at a time.
constexpr std::int64_t kChunkLogits = 1 << 24, kChunkBfloat16Logits = 1 << 28;

/// p - 1[target]
Tensor& subtract_one_at(Tensor& p_BV, const Tensor& targets_B1) {
  return p_BV.scatter_add_(1, targets_B1, torch::full_like(targets_B1, -1, p_BV.options()));
}

Tensor chunked_gradients(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                         const Tensor& targets_B, Gradients& gradients) {
  const auto B = targets_B.size(0);
  const auto chunk = std::max<std::int64_t>(1, kChunkLogits / b_V.size(0));
  gradients.b.zero_();
  for (auto& gradient : gradients.weight) gradient.zero_();
  Tensor loss = torch::zeros({}, b_V.options());
  for (std::int64_t begin = 0; begin < B; begin += chunk) {
    const auto size = std::min(chunk, B - begin);
    Tensor logits = b_V;
    for (const auto& term : terms)
      logits = torch::addmm(logits, term.x_BE.narrow(0, begin, size), term.weight_VE.t());
    const Tensor targets = targets_B.narrow(0, begin, size).unsqueeze(1);
    Tensor log_p = logits.log_softmax(1);
    loss -= log_p.gather(1, targets).sum() / B;
    Tensor p = log_p.exp_();
    subtract_one_at(p, targets).div_(B);
    gradients.b += p.sum(0);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      gradients.weight[i].addmm_(p.t(), terms[i].x_BE.narrow(0, begin, size));
      gradients.x[i].narrow(0, begin, size).copy_(p.mm(terms[i].weight_VE));
    }
  }
  return loss;
}

/// All terms and the bias concatenated in bfloat16, so that the logits are a single matrix product:
/// x = [x_1 ... x_T, 1, 0 ...] [B,P] and weight = [weight_1 ... weight_T, b, 0 ...] [V',P].
struct SideBySide {
  SideBySide(const std::vector<LinearTerm>& terms, const Tensor& b_V, std::int64_t B)
      : V(b_V.size(0)) {
    for (const auto& term : terms) b_column += term.x_BE.size(1);
    // GPU matrix products are much faster if all sizes are multiples of 8, or better of 64.
    constexpr std::int64_t kMultiple = 64;
    const auto padded = [](std::int64_t n) { return (n + kMultiple - 1) / kMultiple * kMultiple; };
    const auto bfloat16 = b_V.options().dtype(torch::kBFloat16);
    x = torch::zeros({B, padded(b_column + 1)}, bfloat16);
    weight = torch::zeros({padded(V), x.size(1)}, bfloat16);
    std::int64_t column = 0;
    for (const auto& term : terms) {
      const auto E = term.x_BE.size(1);
      x.narrow(1, column, E).copy_(term.x_BE);
      weight.narrow(0, 0, V).narrow(1, column, E).copy_(term.weight_VE);
      column += E;
    }
    x.select(1, b_column).fill_(1);
    weight.select(1, b_column).narrow(0, 0, V).copy_(b_V);
    weight.select(1, b_column).narrow(0, V, weight.size(0) - V).fill_(-1e30);  // probability 0
  }

  std::int64_t V, b_column = 0;
  Tensor x, weight;
};

/// Gradients of the mean loss, with all products, logits and probabilities in bfloat16; sums are
/// float32.
Tensor bfloat16_gradients(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                          const Tensor& targets_B, Gradients& gradients) {
  const auto B = targets_B.size(0);
  const SideBySide all(terms, b_V, B);
  const auto chunk = std::max<std::int64_t>(1, kChunkBfloat16Logits / all.weight.size(0));
  const Tensor x_gradient = torch::empty_like(all.x);
  Tensor weight_gradient;  // of a single chunk; of several chunks, the sum in float32
  Tensor loss = torch::zeros({}, b_V.options().dtype(torch::kFloat32));
  for (std::int64_t begin = 0; begin < B; begin += chunk) {
    const auto size = std::min(chunk, B - begin);
    const Tensor x = all.x.narrow(0, begin, size);
    const Tensor targets = targets_B.narrow(0, begin, size).unsqueeze(1);
    Tensor p = x.mm(all.weight.t()).softmax(1);
    // Probabilities may round to 0 in bfloat16, which must not make the loss infinite.
    loss -= p.gather(1, targets).to(torch::kFloat32).clamp_min(1e-38).log().sum();
    subtract_one_at(p, targets);
    Tensor x_part = x_gradient.narrow(0, begin, size);
    at::mm_out(x_part, p, all.weight);
    const Tensor weight_part = p.t().mm(x);
    if (begin == 0 && size == B)
      weight_gradient = weight_part;
    else if (begin == 0)
      weight_gradient = weight_part.to(torch::kFloat32);
    else
      weight_gradient += weight_part;
  }
  const auto mean = [B](const Tensor& sum, Tensor& to) { to.copy_(sum).div_(B); };
  std::int64_t column = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto E = terms[i].x_BE.size(1);
    mean(x_gradient.narrow(1, column, E), gradients.x[i]);
    mean(weight_gradient.narrow(0, 0, all.V).narrow(1, column, E), gradients.weight[i]);
    column += E;
  }
  mean(weight_gradient.select(1, all.b_column).narrow(0, 0, all.V), gradients.b);
  return (loss / B).to(b_V.scalar_type());
}

/// The loss as one differentiable operation. The gradients are computed in the forward pass.
class LinearCrossEntropy : public torch::autograd::Function<LinearCrossEntropy> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& targets_B,
                        const Tensor& b_V, const SoftmaxOptions& options, at::TensorList inputs) {
    const auto terms = terms_of(inputs);
    Gradients gradients = empty_gradients(terms, b_V);
    Tensor loss;
    if (for_our_kernels(terms, b_V)) {
      loss = at::scalar_tensor(fused_gradients(terms, b_V, targets_B, options, gradients),
                               b_V.options());
    } else if (options.bfloat16) {
      loss = bfloat16_gradients(terms, b_V, targets_B, gradients);
    } else {
      loss = chunked_gradients(terms, b_V, targets_B, gradients);
    }
    variable_list made{gradients.b};
    for (std::size_t i = 0; i < terms.size(); ++i) {
      made.push_back(std::move(gradients.x[i]));
      made.push_back(std::move(gradients.weight[i]));
    }
    gradients.b = Tensor();
    context->saved_data["gradients"] = std::move(made);
    return loss;
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    // Moved, not copied: autograd keeps a gradient without other references as the parameter's
    // grad.
    const auto kept = context->saved_data.find("gradients");
    TORCH_CHECK(kept != context->saved_data.end(), "this loss can be differentiated only once");
    variable_list made = kept->second.toTensorVector();
    context->saved_data.erase(kept);
    // On a GPU, reading the factor would synchronise with the device.
    const bool on_cpu = outer[0].device().is_cpu();
    const double factor = on_cpu ? outer[0].item<double>() : 0;
    const auto scaled = [&](Tensor& gradient) {
      if (!on_cpu) return gradient * outer[0];
      return factor == 1.0 ? std::move(gradient) : gradient * factor;
    };
    variable_list gradients{Tensor(), scaled(made[0]), Tensor()};  // none for targets and options
    for (std::size_t i = 1; i < made.size(); ++i) gradients.push_back(scaled(made[i]));
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
    throw Error("this CPU does not support bfloat16 products")
        .expected("AVX512_BF16 (Intel since Cooper Lake, AMD since Zen 4)")
        .hint("set output.full.precision: float32");
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
