#include "models/layers/hidden_layer.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/nn/functional/dropout.h>

#include <algorithm>
#include <cmath>

#include "core/io/hash.h"
#include "core/threads.h"
#include "models/layers/random_seed.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

constexpr std::int64_t kExamples = 64;    // per block
constexpr std::int64_t kUnits = 32;       // per block of the weight gradient
constexpr std::int64_t kElements = 4096;  // per block of drop()

bool for_our_loops(const Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == torch::kFloat32;
}

/// Dropout mask. Whether an element is kept is a function of the seed and the element's position
/// only. The dropout probability is rounded to a multiple of 1/65536.
class Mask {
 public:
  Mask(double share, std::uint64_t seed)
      : seed_(seed),
        dropped_below_(static_cast<std::uint32_t>(std::lround(share * 65536))),
        factor_(static_cast<float>(1 / (1 - share))) {}

  /// target[i] = source[i] x factor or 0, for positions [begin, end); begin is a multiple of 4.
  void apply(const float* source, float* target, std::int64_t begin, std::int64_t end) const {
    for (std::int64_t i = begin; i < end; i += kPlaces) {
      const std::uint64_t bits = mix(seed_, static_cast<std::uint64_t>(i / kPlaces));
      for (std::int64_t j = 0; j < std::min(kPlaces, end - i); ++j) {
        const bool dropped = ((bits >> (16 * j)) & 0xffff) < dropped_below_;
        target[i - begin + j] = dropped ? 0.0f : source[i - begin + j] * factor_;
      }
    }
  }

 private:
  static constexpr std::int64_t kPlaces = 4;  // positions that share 64 random bits
  std::uint64_t seed_;
  std::uint32_t dropped_below_;
  float factor_;
};

void activate(Activation activation, Tensor& z) {
  if (activation == Activation::tanh) z.tanh_();
  if (activation == Activation::sigmoid) z.sigmoid_();
  if (activation == Activation::relu) z.relu_();
}

/// gradient *= f'(z), where a = f(z).
void times_slope(Activation activation, const float* a, float* gradient, std::int64_t size) {
  if (activation == Activation::tanh)
    for (std::int64_t i = 0; i < size; ++i) gradient[i] *= 1 - a[i] * a[i];
  if (activation == Activation::sigmoid)
    for (std::int64_t i = 0; i < size; ++i) gradient[i] *= a[i] * (1 - a[i]);
  if (activation == Activation::relu)
    for (std::int64_t i = 0; i < size; ++i) gradient[i] = a[i] > 0 ? gradient[i] : 0.0f;
}

class HiddenLayer : public torch::autograd::Function<HiddenLayer> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x,
                        const Tensor& weight, const Tensor& d, Activation activation,
                        double dropout) {
    const Tensor x_BE = x.detach().contiguous(), weight_HE = weight.detach().contiguous();
    const Tensor d_H = d.detach();
    const std::int64_t B = x_BE.size(0), H = weight_HE.size(0);
    const std::uint64_t seed = dropout > 0 ? draw_seed() : 0;
    const Mask mask(dropout, seed);
    const Tensor a_BH = at::empty({B, H}, x_BE.options());  // before dropout
    const Tensor y_BH = dropout > 0 ? at::empty_like(a_BH) : a_BH;
    for_each_range(B, kExamples, [&](std::int64_t begin, std::int64_t end) {
      const torch::NoGradGuard no_grad;
      Tensor a = a_BH.narrow(0, begin, end - begin);
      at::addmm_out(a, d_H, x_BE.narrow(0, begin, end - begin), weight_HE.t());
      activate(activation, a);
      if (dropout > 0)
        mask.apply(a.data_ptr<float>(), y_BH.data_ptr<float>() + begin * H, begin * H, end * H);
    });
    context->save_for_backward({x_BE, weight_HE, a_BH});
    context->saved_data["activation"] = static_cast<std::int64_t>(activation);
    context->saved_data["dropout"] = dropout;
    context->saved_data["seed"] = static_cast<std::int64_t>(seed);
    return y_BH;
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    const auto saved = context->get_saved_variables();
    const Tensor &x_BE = saved[0], &weight_HE = saved[1], &a_BH = saved[2];
    const Tensor outer_BH = outer[0].contiguous();
    const auto activation = static_cast<Activation>(context->saved_data["activation"].toInt());
    const double dropout = context->saved_data["dropout"].toDouble();
    const Mask mask(dropout, static_cast<std::uint64_t>(context->saved_data["seed"].toInt()));
    const std::int64_t B = a_BH.size(0), H = a_BH.size(1);

    const Tensor z_gradient_BH = at::empty_like(a_BH), x_gradient_BE = at::empty_like(x_BE);
    for_each_range(B, kExamples, [&](std::int64_t begin, std::int64_t end) {
      const torch::NoGradGuard no_grad;
      const float* from = outer_BH.data_ptr<float>() + begin * H;
      float* gradient = z_gradient_BH.data_ptr<float>() + begin * H;
      const std::int64_t size = (end - begin) * H;
      if (dropout > 0) {
        mask.apply(from, gradient, begin * H, end * H);
      } else {
        std::copy_n(from, size, gradient);
      }
      times_slope(activation, a_BH.data_ptr<float>() + begin * H, gradient, size);
      Tensor rows = x_gradient_BE.narrow(0, begin, end - begin);
      at::mm_out(rows, z_gradient_BH.narrow(0, begin, end - begin), weight_HE);
    });
    const Tensor weight_gradient_HE = at::empty_like(weight_HE);
    const Tensor d_gradient_H = at::empty({H}, a_BH.options());
    for_each_range(H, kUnits, [&](std::int64_t begin, std::int64_t end) {
      const torch::NoGradGuard no_grad;
      const Tensor columns = z_gradient_BH.narrow(1, begin, end - begin);
      Tensor rows = weight_gradient_HE.narrow(0, begin, end - begin);
      at::mm_out(rows, columns.t(), x_BE);
      Tensor sums = d_gradient_H.narrow(0, begin, end - begin);
      sums.copy_(columns.sum(0));
    });
    return {x_gradient_BE, weight_gradient_HE, d_gradient_H, Tensor(), Tensor()};
  }
};

class Drop : public torch::autograd::Function<Drop> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, double share) {
    const std::uint64_t seed = draw_seed();
    context->saved_data["share"] = share;
    context->saved_data["seed"] = static_cast<std::int64_t>(seed);
    return masked(x, Mask(share, seed));
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    const Mask mask(context->saved_data["share"].toDouble(),
                    static_cast<std::uint64_t>(context->saved_data["seed"].toInt()));
    return {masked(outer[0], mask), Tensor()};
  }

 private:
  static Tensor masked(const Tensor& x, const Mask& mask) {
    const Tensor from = x.detach().contiguous(), result = at::empty_like(from);
    for_each_range(from.numel(), kElements, [&](std::int64_t begin, std::int64_t end) {
      mask.apply(from.data_ptr<float>() + begin, result.data_ptr<float>() + begin, begin, end);
    });
    return result;
  }
};

}  // namespace

Tensor hidden_layer(const Tensor& x_BE, const Tensor& weight_HE, const Tensor& d_H,
                    Activation activation, double dropout) {
  if (for_our_loops(x_BE)) return HiddenLayer::apply(x_BE, weight_HE, d_H, activation, dropout);
  Tensor z_BH = torch::addmm(d_H, x_BE, weight_HE.t());
  activate(activation, z_BH);
  return drop(z_BH, dropout);
}

Tensor drop(const Tensor& x, double share) {
  if (share == 0) return x;
  if (for_our_loops(x)) return Drop::apply(x, share);
  return torch::nn::functional::dropout(
      x, torch::nn::functional::DropoutFuncOptions().p(share).training(true));
}

}  // namespace wordbridge
