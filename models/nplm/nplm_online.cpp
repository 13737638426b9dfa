#include "models/nplm/nplm_online.h"

#include <algorithm>
#include <cmath>

#include "core/index.h"
#include "kernels/softmax/online_softmax.h"

// Shapes: N context words, m features per word, h hidden units, V vocabulary size, E width of the
// output layer's input: h + N m with direct connections, h without, N m without a hidden layer.

namespace wordbridge {
namespace {

using torch::Tensor;

Tensor doubles(const Tensor& parameter) {
  return parameter.detach().to(torch::kCPU, torch::kFloat64).contiguous().clone();
}

class NplmOnline : public OnlineTrainer {
 public:
  explicit NplmOnline(const NplmParameters& parameters)
      : parameters_(parameters),
        m_(parameters.C.size(1)),
        h_(parameters.H.defined() ? parameters.H.size(0) : 0),
        width_((h_ > 0 ? parameters.H : parameters.W).size(1)),
        C_(doubles(parameters.C)),
        C_scale_(torch::ones({1}, torch::kFloat64)),
        x_(static_cast<std::size_t>(width_)) {
    if (h_ > 0) {
      H_ = doubles(parameters.H);
      d_ = doubles(parameters.d);
    }
    std::vector<Tensor> columns;
    for (const auto& weight : output_weights()) columns.push_back(doubles(weight));
    rows_ = torch::cat(columns, 1).contiguous();
    b_ = doubles(parameters.b);
    input_.resize(static_cast<std::size_t>(rows_.size(1)));
    input_gradient_.resize(input_.size());
    softmax_ = std::make_unique<OnlineSoftmax>(rows_.data_ptr<double>(), b_.data_ptr<double>(),
                                               rows_.size(0), rows_.size(1));
  }

  double update(const std::int64_t* ids, std::int64_t target, double rate, double decay) override {
    const std::int64_t width = width_;
    double *C = C_.data_ptr<double>(), *scale = C_scale_.data_ptr<double>();
    // Forward: x = (C(w_t-1), ...), a = tanh(d + H x).
    for (std::int64_t i = 0; i < width; ++i) x_[at(i)] = *scale * C[ids[i / m_] * m_ + i % m_];
    for (std::int64_t j = 0; j < h_; ++j) {
      const double* H = H_.data_ptr<double>() + j * width;
      double z = d_.data_ptr<double>()[j];
      for (std::int64_t i = 0; i < width; ++i) z += H[i] * x_[at(i)];
      input_[at(j)] = std::tanh(z);
    }
    const bool x_is_read = rows_.size(1) > h_;
    if (x_is_read) std::copy(x_.begin(), x_.end(), input_.begin() + h_);
    // Output layer, with its update.
    const double loss =
        softmax_->update(input_.data(), target, rate, decay, input_gradient_.data());
    if (!std::isfinite(loss)) return loss;
    // Backward: hidden layer, with its update, and gradient of the features.
    x_gradient_.assign(at(width), 0.0);
    if (x_is_read)
      std::copy(input_gradient_.begin() + h_, input_gradient_.end(), x_gradient_.begin());
    const double keep = 1 - rate * decay;
    for (std::int64_t j = 0; j < h_; ++j) {
      const double a = input_[at(j)], z_gradient = input_gradient_[at(j)] * (1 - a * a);
      double* H = H_.data_ptr<double>() + j * width;
      for (std::int64_t i = 0; i < width; ++i) {
        x_gradient_[at(i)] += z_gradient * H[i];
        H[i] = keep * H[i] - rate * z_gradient * x_[at(i)];
      }
      d_.data_ptr<double>()[j] -= rate * z_gradient;
    }
    // Weight decay applies to all features. The stored matrix is C / scale, so that only the
    // context words' rows have to be written.
    *scale *= keep;
    for (std::int64_t i = 0; i < width; ++i)
      C[ids[i / m_] * m_ + i % m_] -= rate * x_gradient_[at(i)] / *scale;
    return loss;
  }

  void write_back() override {
    const torch::NoGradGuard no_grad;
    parameters_.C.copy_(C_ * C_scale_);
    if (h_ > 0) {
      parameters_.H.copy_(H_);
      parameters_.d.copy_(d_);
    }
    std::int64_t column = 0;
    for (auto& weight : output_weights()) {
      weight.copy_(rows_.narrow(1, column, weight.size(1)));
      column += weight.size(1);
    }
    parameters_.b.copy_(b_);
  }

  std::vector<std::pair<std::string, Tensor>> state() const override {
    std::vector<std::pair<std::string, Tensor>> list{
        {"C", C_}, {"C_scale", C_scale_}, {"rows", rows_}, {"b", b_}};
    if (h_ > 0) {
      list.emplace_back("H", H_);
      list.emplace_back("d", d_);
    }
    return list;
  }

 private:
  /// U and W, as far as they are defined.
  std::vector<Tensor> output_weights() const {
    std::vector<Tensor> weights;
    for (const auto& weight : {parameters_.U, parameters_.W})
      if (weight.defined()) weights.push_back(weight);
    return weights;
  }

  NplmParameters parameters_;
  std::int64_t m_, h_, width_;  // width_: N m
  Tensor C_, C_scale_, H_, d_;  // [V,m], [1], [h,N m], [h]
  Tensor rows_, b_;             // [V,E]: U and W concatenated; [V]
  std::unique_ptr<OnlineSoftmax> softmax_;
  std::vector<double> x_, x_gradient_;          // [N m]
  std::vector<double> input_, input_gradient_;  // [E]
};

}  // namespace

bool has_online_trainer(const NplmOptions& options) {
  return options.hidden->size() <= 1 &&
         (options.hidden->empty() || options.activation == Activation::tanh) && !options.tied &&
         !options.features.frozen && options.features.frozen_epochs == 0 &&
         options.bag_sizes().empty() && options.dropout.value_or(0) == 0 &&
         options.feature_dropout.value_or(0) == 0 &&
         options.output.chosen_type() == OutputType::full;
}

std::unique_ptr<OnlineTrainer> make_nplm_online(const NplmParameters& parameters) {
  return std::make_unique<NplmOnline>(parameters);
}

}  // namespace wordbridge
