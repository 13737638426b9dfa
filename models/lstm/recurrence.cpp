#include "models/lstm/recurrence.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "models/layers/linear.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

/// a^T b: a [n,E], b [n,m] -> [E,m].
Tensor transposed_times(const Tensor& a, const Tensor& b) {
  return linear(a.t().contiguous(), b.t().contiguous(), Tensor());
}

class LstmRecurrence : public torch::autograd::Function<LstmRecurrence> {
 public:
  static variable_list forward(torch::autograd::AutogradContext* context, const Tensor& z_BT4d,
                               const Tensor& U, const Tensor& h_Bd, const Tensor& c_Bd) {
    const std::int64_t B = z_BT4d.size(0), T = z_BT4d.size(1), d = U.size(1);
    // [T,B,4d]: z, from which each step computes its gates in place.
    const Tensor gates = z_BT4d.transpose(0, 1).clone(torch::MemoryFormat::Contiguous);
    const Tensor h = at::empty({T + 1, B, d}, gates.options()), c = at::empty_like(h);
    h[0].copy_(h_Bd);
    c[0].copy_(c_Bd);
    for (std::int64_t t = 0; t < T; ++t) {
      Tensor all = gates[t];
      all += linear(h[t], U, Tensor());
      all.narrow(1, 0, 3 * d).sigmoid_();
      all.narrow(1, 3 * d, d).tanh_();
      const auto gate = all.chunk(4, 1);  // i, f, o, g
      c[t + 1].copy_(gate[1] * c[t] + gate[0] * gate[3]);
      h[t + 1].copy_(gate[2] * c[t + 1].tanh());
    }
    context->save_for_backward({gates, h, c, U});
    return {h.narrow(0, 1, T).transpose(0, 1).contiguous(), c[T].clone()};
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    const auto saved = context->get_saved_variables();
    const Tensor &gates = saved[0], &h = saved[1], &c = saved[2];
    const Tensor U_transposed = saved[3].t().contiguous();
    const std::int64_t T = gates.size(0), B = gates.size(1), d = h.size(2);
    const Tensor outer_h = outer[0].defined() ? outer[0].transpose(0, 1) : at::zeros_like(h);
    const Tensor dz = at::empty_like(gates);  // [T,B,4d]
    Tensor dh = at::zeros({B, d}, h.options());
    Tensor dc = outer[1].defined() ? outer[1].clone() : at::zeros_like(dh);
    for (std::int64_t t = T - 1; t >= 0; --t) {
      const auto gate = gates[t].chunk(4, 1), dz_t = dz[t].chunk(4, 1);
      const Tensor &i = gate[0], &f = gate[1], &o = gate[2], &g = gate[3];
      const Tensor tanh_c = c[t + 1].tanh();
      dh = dh + outer_h[t];
      dc = dc + dh * o * (1 - tanh_c * tanh_c);
      dz_t[0].copy_(dc * g * i * (1 - i));
      dz_t[1].copy_(dc * c[t] * f * (1 - f));
      dz_t[2].copy_(dh * tanh_c * o * (1 - o));
      dz_t[3].copy_(dc * i * (1 - g * g));
      dc = dc * f;
      dh = linear(dz[t], U_transposed, Tensor());
    }
    const Tensor dU =
        transposed_times(dz.view({T * B, 4 * d}), h.narrow(0, 0, T).reshape({T * B, d}));
    return {dz.transpose(0, 1), dU, dh, dc};
  }
};

}  // namespace

LstmSteps lstm_steps(const Tensor& z_BT4d, const Tensor& U, const Tensor& h_Bd,
                     const Tensor& c_Bd) {
  const auto list = LstmRecurrence::apply(z_BT4d, U, h_Bd, c_Bd);
  return {list[0], list[1]};
}

}  // namespace wordbridge
