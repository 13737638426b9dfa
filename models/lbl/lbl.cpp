#include "models/gradient_model.h"
#include "models/initialize.h"
#include "models/lbl/lbl_options.h"
#include "models/output/full_softmax.h"

// Shapes: B batch, N = n-1 context words, m features of a word, V vocabulary.

namespace wordbridge {
namespace {

using torch::Tensor;

/// The log-bilinear model of Mnih and Hinton 2007 (ICML, section 3): the features of the next word
/// are predicted linearly from those of the context, q = sum_i R_i C(w_t-i), and compared with
/// every word's output row: y = b + U q.
class LblImpl : public GradientModel {
 public:
  LblImpl(const LblOptions& lbl_options, std::int64_t V) : options(lbl_options) {
    C = register_parameter("C", torch::zeros({V, options.m}));
    R = register_parameter("R", torch::zeros({options.m, context() * options.m}));
    U = options.tied ? C : register_parameter("U", torch::zeros({V, options.m}));
    b = register_parameter("b", torch::zeros({V}));
  }

  std::int64_t context() const override { return options.n - 1; }

  Tensor loss(const Tensor& ids_BN, const Tensor& targets_B) override {
    return linear_cross_entropy({{predicted(ids_BN), U}}, b, targets_B);
  }
  Tensor log_prob(const Tensor& ids_BN, const Tensor& targets_B) override {
    return linear_log_prob({{predicted(ids_BN), U}}, b, targets_B);
  }
  Tensor logits(const Tensor& ids_BN) override {
    return linear_logits({{predicted(ids_BN), U}}, b);
  }
  Tensor vectors() override { return options.export_vectors == "output" ? U : C; }
  double flops_per_word() const override {
    return 6.0 * static_cast<double>(R.numel() + U.numel());
  }

  const LblOptions options;
  Tensor C;  // [V,m] word features
  Tensor R;  // [m,N*m] = [R1 ... RN]
  Tensor U;  // [V,m] output rows (C itself when tied)
  Tensor b;  // [V] output biases

 private:
  /// q [B,m]
  Tensor predicted(const Tensor& ids_BN) {
    return torch::mm(torch::embedding(C, ids_BN).flatten(1), R.t());
  }
};

}  // namespace

std::shared_ptr<GradientModel> make_lbl(const ModelOptions& model_options,
                                        const ModelInputs& inputs) {
  const auto& options = dynamic_cast<const LblOptions&>(model_options);
  const auto model = std::make_shared<LblImpl>(options, inputs.vocabulary.size());
  const torch::NoGradGuard no_grad;
  fill_normal(model->C, 0.1, inputs.seed, "C");
  fill_uniform(model->R, 0.1, inputs.seed, "R");
  if (!options.tied) fill_normal(model->U, 0.01, inputs.seed, "U");
  fill_log_unigram(model->b, inputs.counts, 1.0);
  return model;
}

}  // namespace wordbridge
