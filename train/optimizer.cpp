#include "train/optimizer.h"

#include <cmath>
#include <utility>

#include "kernels/optimizer_updates.h"
#include "models/layers/sparse_rows.h"

namespace wordbridge {
namespace {

using torch::Tensor;

/// Whether the fused loops of kernels/ support these tensors.
bool fused(const Tensor& value, const Tensor& gradient) {
  return value.device().is_cpu() && value.scalar_type() == torch::kFloat32 &&
         value.is_contiguous() && (gradient.is_sparse() || gradient.is_contiguous());
}

/// A row-sparse gradient as the fused loops read it.
GradientRows rows_of(const Tensor& gradient, bool only_these) {
  const Tensor values = gradient._values();
  const std::int64_t count = values.size(0), total = gradient.size(0);
  return {gradient._indices().data_ptr<std::int64_t>(),
          values.data_ptr<float>(),
          count,
          gradient.numel() / total,
          total,
          only_these};
}

}  // namespace

Optimizer::Optimizer(const TrainOptions& options, std::vector<Parameter> parameters)
    : options_(options), parameters_(std::move(parameters)) {
  std::vector<std::string> moments;
  switch (options_.optimizer) {
    case OptimizerType::sgd:
      if (options_.momentum > 0) moments = {"velocity"};
      break;
    case OptimizerType::adagrad:
      moments = {"sum"};
      break;
    case OptimizerType::adam:
    case OptimizerType::adamw:
      moments = {"first", "second"};
      break;
    case OptimizerType::online_sgd:  // has its own loop: OnlineTrainer
      break;
  }
  moments_ = moments.size();
  for (const auto& parameter : parameters_) {
    for (const auto& moment : moments) {
      state_.emplace_back(parameter.name + "." + moment, torch::zeros_like(parameter.value));
    }
  }
}

void Optimizer::step(double learning_rate) {
  const torch::NoGradGuard no_grad;
  ++steps_;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    auto& parameter = parameters_[i];
    if (!parameter.value.grad().defined()) continue;
    if (steps_ <= parameter.frozen_steps) {
      parameter.value.mutable_grad() = Tensor();
      continue;
    }
    const double decay = parameter.decays ? options_.weight_decay : 0.0;
    if (options_.optimizer == OptimizerType::sgd) {
      update_sgd(i, learning_rate, decay);
    } else if (options_.optimizer == OptimizerType::adagrad) {
      update_adagrad(i, learning_rate, decay);
    } else {
      update_adam(i, learning_rate, decay);
    }
    parameter.value.mutable_grad() = Tensor();
  }
}

Tensor Optimizer::gradient(std::size_t index) const {
  const Tensor& value = parameters_[index].value;
  const Tensor g = value.grad();
  if (!g.is_sparse()) return g;
  return fused(value, g) ? coalesced_rows(g) : g.to_dense();
}

void Optimizer::update_sgd(std::size_t index, double rate, double decay) {
  Tensor& p = parameters_[index].value;
  const Tensor g = gradient(index);
  if (fused(p, g)) {
    float* velocity = moments_ > 0 ? moment(index, 0).data_ptr<float>() : nullptr;
    const SgdStep step{static_cast<float>(rate), static_cast<float>(options_.momentum),
                       static_cast<float>(decay)};
    const bool only_these = options_.lazy_rows || (moments_ == 0 && decay == 0);
    if (g.is_sparse()) {
      sgd_update(p.data_ptr<float>(), rows_of(g, only_these), velocity, step);
    } else {
      sgd_update(p.data_ptr<float>(), g.data_ptr<float>(), velocity, p.numel(), step);
    }
    return;
  }
  Tensor step = g + decay * p;
  if (moments_ > 0) step = moment(index, 0).mul_(options_.momentum).add_(step);
  p.sub_(step, rate);
}

void Optimizer::update_adagrad(std::size_t index, double rate, double decay) {
  Tensor &p = parameters_[index].value, &sum = moment(index, 0);
  const Tensor g = gradient(index);
  if (fused(p, g)) {
    const AdagradStep step{static_cast<float>(rate), static_cast<float>(options_.eps),
                           static_cast<float>(decay)};
    if (g.is_sparse()) {
      adagrad_update(p.data_ptr<float>(), rows_of(g, options_.lazy_rows || decay == 0),
                     sum.data_ptr<float>(), step);
    } else {
      adagrad_update(p.data_ptr<float>(), g.data_ptr<float>(), sum.data_ptr<float>(), p.numel(),
                     step);
    }
    return;
  }
  const Tensor step = g + decay * p;
  sum.addcmul_(step, step);
  p.addcdiv_(step, sum.sqrt().add_(options_.eps), -rate);
}

void Optimizer::update_adam(std::size_t index, double rate, double decay) {
  Tensor &p = parameters_[index].value, &first = moment(index, 0), &second = moment(index, 1);
  const Tensor g = gradient(index);
  const bool decoupled = options_.optimizer == OptimizerType::adamw;
  const double factor = decoupled ? 1.0 - rate * decay : 1.0;
  const double coupled = decoupled ? 0.0 : decay;
  const auto t = static_cast<double>(steps_ - parameters_[index].frozen_steps);
  const double correction1 = 1 - std::pow(options_.beta1, t);
  const double correction2 = std::sqrt(1 - std::pow(options_.beta2, t));
  if (fused(p, g)) {
    const AdamStep step{static_cast<float>(rate),           static_cast<float>(options_.beta1),
                        static_cast<float>(options_.beta2), static_cast<float>(options_.eps),
                        static_cast<float>(coupled),        static_cast<float>(factor),
                        static_cast<float>(correction1),    static_cast<float>(correction2)};
    if (g.is_sparse()) {
      adam_update(p.data_ptr<float>(), rows_of(g, options_.lazy_rows), first.data_ptr<float>(),
                  second.data_ptr<float>(), step);
    } else {
      adam_update(p.data_ptr<float>(), g.data_ptr<float>(), first.data_ptr<float>(),
                  second.data_ptr<float>(), p.numel(), step);
    }
    return;
  }
  p.mul_(factor);
  const Tensor step = g + coupled * p;
  first.mul_(options_.beta1).add_(step, 1 - options_.beta1);
  second.mul_(options_.beta2).addcmul_(step, step, 1 - options_.beta2);
  p.addcdiv_(first, (second.sqrt() / correction2).add_(options_.eps), -rate / correction1);
}

double Optimizer::gradient_norm() const {
  double squares = 0;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto& value = parameters_[i].value;
    if (!value.grad().defined()) continue;
    Tensor g = gradient(i);
    if (g.is_sparse()) g = g._values();
    squares += fused(value, g) ? sum_of_squares(g.data_ptr<float>(), g.numel())
                               : g.to(torch::kFloat64).pow(2).sum().item<double>();
  }
  return std::sqrt(squares);
}

void Optimizer::scale_gradients(double factor) {
  const torch::NoGradGuard no_grad;
  for (auto& parameter : parameters_) {
    const Tensor g = parameter.value.grad();
    if (g.defined()) (g.is_sparse() ? g._values() : g).mul_(factor);
  }
}

}  // namespace wordbridge
