#include "models/layers/linear.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/search/products.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

/// a b^T, for contiguous a [n,E] and b [m,E] -> [n,m].
Tensor times_transposed(const Tensor& a, const Tensor& b) {
  Tensor out = at::empty({a.size(0), b.size(0)}, a.options());
  row_products(a.data_ptr<float>(), a.size(0), b.data_ptr<float>(), b.size(0), a.size(1),
               out.data_ptr<float>());
  return out;
}

/// a b, for contiguous a [n,E] and b [E,m] -> [n,m].
Tensor times(const Tensor& a, const Tensor& b) {
  Tensor out = at::empty({a.size(0), b.size(1)}, a.options());
  matrix_products(a.data_ptr<float>(), a.size(0), b.data_ptr<float>(), b.size(1), a.size(1),
                  out.data_ptr<float>());
  return out;
}

class Linear : public torch::autograd::Function<Linear> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x,
                        const Tensor& weight, const c10::optional<Tensor>& b) {
    const Tensor x_nE = x.detach().reshape({-1, x.size(-1)}).contiguous();
    const Tensor weight_HE = weight.detach().contiguous();
    context->save_for_backward({x_nE, weight_HE});
    context->saved_data["shape"] = x.sizes().vec();
    context->saved_data["has_bias"] = b.has_value();
    Tensor y = times_transposed(x_nE, weight_HE);
    if (b) y += b->detach();
    auto shape = x.sizes().vec();
    shape.back() = weight_HE.size(0);
    return y.view(shape);
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    const auto saved = context->get_saved_variables();
    const Tensor &x_nE = saved[0], &weight_HE = saved[1];
    const Tensor outer_nH = outer[0].reshape({x_nE.size(0), -1}).contiguous();
    variable_list gradients(3);
    if (context->needs_input_grad(0))
      gradients[0] = times(outer_nH, weight_HE).view(context->saved_data["shape"].toIntVector());
    gradients[1] = times(outer_nH.t().contiguous(), x_nE);
    if (context->saved_data["has_bias"].toBool()) gradients[2] = outer_nH.sum(0);
    return gradients;
  }
};

}  // namespace

Tensor linear(const Tensor& x, const Tensor& weight_HE, const Tensor& b_H) {
  if (x.device().is_cpu() && x.scalar_type() == torch::kFloat32)
    return Linear::apply(x, weight_HE, b_H.defined() ? c10::optional<Tensor>(b_H) : c10::nullopt);
  return at::linear(x, weight_HE, b_H);
}

}  // namespace wordbridge
