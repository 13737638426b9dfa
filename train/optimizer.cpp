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

void Optimizer::update_only(const Tensor& parameter, std::int64_t first_row, std::int64_t rows) {
  for (auto& own : parameters_)
    if (own.value.is_same(parameter)) own.first_row = first_row, own.rows = rows;
}

Tensor Optimizer::updated(std::size_t index, const Tensor& tensor) const {
  const Parameter& parameter = parameters_[index];
  return parameter.rows < 0 ? tensor : tensor.narrow(0, parameter.first_row, parameter.rows);
}

void Optimizer::step(double learning_rate) {
  const torch::NoGradGuard no_grad;
  ++steps_;
  std::vector<std::size_t> together;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& value = parameters_[i].value;
    if (!value.grad().defined() || steps_ <= parameters_[i].frozen_steps) continue;
    if (options_.optimizer == OptimizerType::sgd) {
      update_sgd(i, learning_rate, decay(i));
    } else if (options_.optimizer == OptimizerType::adagrad) {
      update_adagrad(i, learning_rate, decay(i));
    } else if (fused(value, value.grad())) {
      update_adam(i, learning_rate, decay(i));
    } else {
      together.push_back(i);
    }
  }
  if (!together.empty()) update_adam_together(together, learning_rate);
  for (auto& parameter : parameters_) parameter.value.mutable_grad() = Tensor();
}

Tensor Optimizer::gradient(std::size_t index) const {
  const Tensor& value = parameters_[index].value;
  const Tensor g = value.grad();
  if (!g.is_sparse()) return updated(index, g);
  return fused(value, g) ? coalesced_rows(g) : g.to_dense();
}

void Optimizer::update_sgd(std::size_t index, double rate, double decay) {
  const Tensor p = value(index), g = gradient(index);
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
  const Tensor p = value(index), sum = moment(index, 0), g = gradient(index);
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
  const Tensor p = value(index), first = moment(index, 0), second = moment(index, 1),
               g = gradient(index);
  const bool decoupled = options_.optimizer == OptimizerType::adamw;
  const Corrections corrections = this->corrections(index);
  const AdamStep step{static_cast<float>(rate),
                      static_cast<float>(options_.beta1),
                      static_cast<float>(options_.beta2),
                      static_cast<float>(options_.eps),
                      static_cast<float>(decoupled ? 0.0 : decay),
                      static_cast<float>(decoupled ? 1.0 - rate * decay : 1.0),
                      static_cast<float>(corrections.first),
                      static_cast<float>(corrections.second)};
  if (g.is_sparse()) {
    adam_update(p.data_ptr<float>(), rows_of(g, options_.lazy_rows), first.data_ptr<float>(),
                second.data_ptr<float>(), step);
  } else {
    adam_update(p.data_ptr<float>(), g.data_ptr<float>(), first.data_ptr<float>(),
                second.data_ptr<float>(), p.numel(), step);
  }
}

void Optimizer::update_adam_together(const std::vector<std::size_t>& indices, double rate) {
  const bool decoupled = options_.optimizer == OptimizerType::adamw;
  std::vector<Tensor> p, g, first, second;
  std::vector<at::Scalar> factors, decays, rates, divisors;
  for (const std::size_t i : indices) {
    p.push_back(value(i));
    g.push_back(gradient(i));
    first.push_back(moment(i, 0));
    second.push_back(moment(i, 1));
    decays.emplace_back(decay(i));
    factors.emplace_back(1.0 - rate * decay(i));
    const Corrections corrections = this->corrections(i);
    rates.emplace_back(-rate / corrections.first);
    divisors.emplace_back(corrections.second);
  }
  if (decoupled)
    at::_foreach_mul_(p, factors);
  else if (options_.weight_decay > 0)
    g = at::_foreach_add(g, at::_foreach_mul(p, decays));
  at::_foreach_mul_(first, options_.beta1);
  at::_foreach_add_(first, g, 1 - options_.beta1);
  at::_foreach_mul_(second, options_.beta2);
  at::_foreach_addcmul_(second, g, g, 1 - options_.beta2);
  std::vector<Tensor> roots = at::_foreach_sqrt(second);
  at::_foreach_div_(roots, divisors);
  at::_foreach_add_(roots, options_.eps);
  at::_foreach_addcdiv_(p, first, roots, rates);
}

Optimizer::Corrections Optimizer::corrections(std::size_t index) const {
  const auto t = static_cast<double>(steps_ - parameters_[index].frozen_steps);
  return {1 - std::pow(options_.beta1, t), std::sqrt(1 - std::pow(options_.beta2, t))};
}

double Optimizer::gradient_norm() const {
  double squares = 0;
  std::vector<Tensor> together;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto& value = parameters_[i].value;
    if (!value.grad().defined()) continue;
    Tensor g = gradient(i);
    if (g.is_sparse()) g = g._values();
    if (fused(value, g))
      squares += sum_of_squares(g.data_ptr<float>(), g.numel());
    else
      together.push_back(g);
  }
  if (!together.empty())
    squares +=
        at::stack(at::_foreach_norm(together, 2)).to(torch::kFloat64).pow(2).sum().item<double>();
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
