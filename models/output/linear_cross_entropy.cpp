#include "models/output/linear_cross_entropy.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/nn/functional/loss.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/threads.h"
#include "kernels/softmax.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

/// Fixed blocks of the vocabulary: they depend on V alone. A multiple of 16 of them, so that up to
/// 16 threads have equal shares, and small enough for a block's logits to stay near the core.
struct VocabularyBlocks {
  explicit VocabularyBlocks(std::int64_t vocabulary) : size(vocabulary) {
    constexpr std::int64_t kShares = 16, kSmallest = 128, kLargest = 1536;
    const std::int64_t rounds = (vocabulary + kShares * kLargest - 1) / (kShares * kLargest);
    width = std::max(kSmallest, (vocabulary + kShares * rounds - 1) / (kShares * rounds));
    count = (vocabulary + width - 1) / width;
  }
  std::int64_t begin(std::int64_t block) const { return block * width; }
  std::int64_t cols(std::int64_t block) const { return std::min(width, size - begin(block)); }

  std::int64_t size, width, count;
};

bool blocked(const std::vector<LinearTerm>& terms, const Tensor& b_V) {
  if (!b_V.device().is_cpu() || b_V.scalar_type() != torch::kFloat32) return false;
  return std::all_of(terms.begin(), terms.end(), [](const LinearTerm& term) {
    return term.weight_VE.device().is_cpu() && term.weight_VE.scalar_type() == torch::kFloat32;
  });
}

/// exp(logits - row_max) of a block -> exponentials_Bk [B, cols], with maxima and sums of its rows.
void block_forward(const std::vector<LinearTerm>& terms, const Tensor& b_V, std::int64_t begin,
                   std::int64_t cols, Tensor& exponentials_Bk, float* row_max, float* row_sum) {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Tensor weight = terms[i].weight_VE.narrow(0, begin, cols).t();
    if (i == 0) {
      at::mm_out(exponentials_Bk, terms[i].x_BE, weight);
    } else {
      exponentials_Bk.addmm_(terms[i].x_BE, weight);
    }
  }
  softmax_block_forward(exponentials_Bk.data_ptr<float>(), exponentials_Bk.size(0), cols,
                        b_V.data_ptr<float>() + begin, row_max, row_sum);
}

/// What the forward pass over all blocks leaves: exponentials, and for each row the maxima and sums
/// of the blocks and their log-sum-exp.
struct BlockedSoftmax {
  std::vector<Tensor> exponentials;     // [count] of [B, cols]
  std::vector<float> row_max, row_sum;  // [count, B]
  std::vector<double> log_sum_exp;      // [B]
};

BlockedSoftmax forward_blocks(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                              const VocabularyBlocks& blocks, std::int64_t rows) {
  BlockedSoftmax softmax;
  const auto size = static_cast<std::size_t>(blocks.count * rows);
  softmax.row_max.resize(size);
  softmax.row_sum.resize(size);
  softmax.exponentials.resize(static_cast<std::size_t>(blocks.count));
  for_each_block(blocks.count, [&](std::int64_t k) {
    const torch::NoGradGuard no_grad;
    auto& exponentials = softmax.exponentials[static_cast<std::size_t>(k)];
    exponentials = at::empty({rows, blocks.cols(k)}, b_V.options());
    block_forward(terms, b_V, blocks.begin(k), blocks.cols(k), exponentials,
                  softmax.row_max.data() + k * rows, softmax.row_sum.data() + k * rows);
  });
  softmax.log_sum_exp.resize(static_cast<std::size_t>(rows));
  for (std::int64_t r = 0; r < rows; ++r) {
    float maximum = std::numeric_limits<float>::lowest();
    for (std::int64_t k = 0; k < blocks.count; ++k) {
      maximum = std::max(maximum, softmax.row_max[static_cast<std::size_t>(k * rows + r)]);
    }
    double sum = 0;
    for (std::int64_t k = 0; k < blocks.count; ++k) {
      const auto at = static_cast<std::size_t>(k * rows + r);
      sum += static_cast<double>(softmax.row_sum[at]) *
             std::exp(static_cast<double>(softmax.row_max[at]) - maximum);
    }
    softmax.log_sum_exp[static_cast<std::size_t>(r)] = maximum + std::log(sum);
  }
  return softmax;
}

/// The logits of the targets [B] alone, in float64.
std::vector<double> target_logits(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                                  const Tensor& targets_B) {
  const auto rows = targets_B.size(0);
  const auto* target = targets_B.data_ptr<std::int64_t>();
  std::vector<double> logits(static_cast<std::size_t>(rows));
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = b_V.data_ptr<float>()[target[r]];
    for (const auto& term : terms) {
      const auto width = term.x_BE.size(1);
      const float* x = term.x_BE.data_ptr<float>() + r * width;
      const float* weight = term.weight_VE.data_ptr<float>() + target[r] * width;
      for (std::int64_t e = 0; e < width; ++e) sum += static_cast<double>(x[e]) * weight[e];
    }
    logits[static_cast<std::size_t>(r)] = sum;
  }
  return logits;
}

/// Gradients of the mean loss, for the forward pass's softmax (whose exponentials are used up).
struct Gradients {
  std::vector<Tensor> x, weight;  // a term each
  Tensor b;
};

Gradients backward_blocks(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                          const Tensor& targets_B, const VocabularyBlocks& blocks,
                          BlockedSoftmax& softmax) {
  const auto rows = targets_B.size(0);
  const float scale = 1.0f / static_cast<float>(rows);
  Gradients gradients;
  gradients.b = at::empty_like(b_V);
  std::vector<Tensor> x_parts;  // a term each: [count, B, E]
  for (const auto& term : terms) {
    gradients.weight.push_back(at::empty_like(term.weight_VE));
    x_parts.push_back(at::empty({blocks.count, rows, term.x_BE.size(1)}, b_V.options()));
  }
  for_each_block(blocks.count, [&](std::int64_t k) {
    const torch::NoGradGuard no_grad;
    const auto begin = blocks.begin(k), cols = blocks.cols(k);
    Tensor& probabilities = softmax.exponentials[static_cast<std::size_t>(k)];
    std::vector<float> factor(static_cast<std::size_t>(rows));
    std::vector<std::int64_t> target(static_cast<std::size_t>(rows));
    for (std::int64_t r = 0; r < rows; ++r) {
      const auto i = static_cast<std::size_t>(r);
      factor[i] = scale * static_cast<float>(
                              std::exp(softmax.row_max[static_cast<std::size_t>(k * rows + r)] -
                                       softmax.log_sum_exp[i]));
      target[i] = targets_B.data_ptr<std::int64_t>()[r] - begin;
    }
    softmax_block_backward(probabilities.data_ptr<float>(), rows, cols, factor.data(),
                           target.data(), scale, gradients.b.data_ptr<float>() + begin);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      Tensor weight_gradient = gradients.weight[i].narrow(0, begin, cols);
      at::mm_out(weight_gradient, probabilities.t(), terms[i].x_BE);
      Tensor x_gradient = x_parts[i][k];
      at::mm_out(x_gradient, probabilities, terms[i].weight_VE.narrow(0, begin, cols));
    }
    probabilities = Tensor();
  });
  for (const auto& parts : x_parts) {
    Tensor sum = parts[0].clone();
    for (std::int64_t k = 1; k < blocks.count; ++k) sum.add_(parts[k]);
    gradients.x.push_back(sum);
  }
  return gradients;
}

std::vector<LinearTerm> terms_of(at::TensorList list) {
  std::vector<LinearTerm> terms;
  for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
    terms.push_back({list[i].contiguous(), list[i + 1].contiguous()});
  }
  return terms;
}

/// The blocked loss as one differentiable operation; its gradients are made in the forward pass.
class BlockedCrossEntropy : public torch::autograd::Function<BlockedCrossEntropy> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& targets_B,
                        const Tensor& b_V, at::TensorList inputs) {
    const auto terms = terms_of(inputs);
    const VocabularyBlocks blocks(b_V.size(0));
    auto softmax = forward_blocks(terms, b_V, blocks, targets_B.size(0));
    const auto logits = target_logits(terms, b_V, targets_B);
    double loss = 0;
    for (std::size_t r = 0; r < logits.size(); ++r) loss += softmax.log_sum_exp[r] - logits[r];
    loss /= static_cast<double>(logits.size());

    auto gradients = backward_blocks(terms, b_V, targets_B, blocks, softmax);
    variable_list saved{gradients.b};
    for (std::size_t i = 0; i < terms.size(); ++i) {
      saved.push_back(gradients.x[i]);
      saved.push_back(gradients.weight[i]);
    }
    context->save_for_backward(saved);
    return at::scalar_tensor(loss, b_V.options());
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    const auto saved = context->get_saved_variables();
    const float factor = outer[0].item<float>();
    variable_list gradients{Tensor()};  // of the targets: none
    for (const auto& gradient : saved)
      gradients.push_back(factor == 1.0f ? gradient : gradient * factor);
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

Tensor linear_logits(const std::vector<LinearTerm>& terms, const Tensor& b_V) {
  Tensor logits_BV = b_V;
  for (const auto& term : terms) logits_BV = torch::addmm(logits_BV, term.x_BE, term.weight_VE.t());
  return logits_BV;
}

Tensor linear_cross_entropy(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                            const Tensor& targets_B) {
  check(terms, b_V, targets_B);
  if (!blocked(terms, b_V)) {
    return torch::nn::functional::cross_entropy(linear_logits(terms, b_V), targets_B);
  }
  variable_list inputs;
  for (const auto& term : terms) {
    inputs.push_back(term.x_BE);
    inputs.push_back(term.weight_VE);
  }
  return BlockedCrossEntropy::apply(targets_B, b_V, at::TensorList(inputs));
}

Tensor linear_log_prob(const std::vector<LinearTerm>& terms, const Tensor& b_V,
                       const Tensor& targets_B) {
  check(terms, b_V, targets_B);
  if (!blocked(terms, b_V)) {
    return linear_logits(terms, b_V).log_softmax(1).gather(1, targets_B.unsqueeze(1)).squeeze(1);
  }
  const torch::NoGradGuard no_grad;
  std::vector<LinearTerm> contiguous;
  for (const auto& term : terms)
    contiguous.push_back({term.x_BE.contiguous(), term.weight_VE.contiguous()});
  const VocabularyBlocks blocks(b_V.size(0));
  const auto softmax = forward_blocks(contiguous, b_V, blocks, targets_B.size(0));
  const auto logits = target_logits(contiguous, b_V, targets_B);
  Tensor log_prob_B = torch::empty({targets_B.size(0)}, torch::kFloat64);
  for (std::size_t r = 0; r < logits.size(); ++r)
    log_prob_B.data_ptr<double>()[r] = logits[r] - softmax.log_sum_exp[r];
  return log_prob_B;
}

}  // namespace wordbridge
