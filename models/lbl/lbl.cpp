#include "models/gradient_model.h"
#include "models/layers/initialize.h"
#include "models/layers/sparse_rows.h"
#include "models/lbl/lbl_options.h"
#include "models/output/output_layer.h"

// Shapes: B batch, N = n-1 context words, m features of a word, V vocabulary.

namespace wordbridge {
namespace {

using torch::Tensor;

/// The log-bilinear model of Mnih and Hinton 2007 (ICML, section 3): the features of the next word
/// are predicted linearly from those of the context, q = sum_i R_i C(w_t-i), and compared with
/// every word's output row: y = b + U q.
class LblImpl : public GradientModel {
 public:
  LblImpl(const LblOptions& lbl_options, const ModelInputs& inputs) : options(lbl_options) {
    const torch::NoGradGuard no_grad;
    C = register_parameter("C", torch::zeros({inputs.vocabulary.size(), options.m}));
    R = register_parameter("R", torch::zeros({options.m, context() * options.m}));
    fill_normal(C, 0.1, inputs.seed, "C");
    fill_uniform(R, 0.1, inputs.seed, "R");
    OutputShape shape;
    shape.inputs = {{"U", options.m}};
    if (options.tied) shape.tied = C;
    output = register_module("output", make_output_layer(options.output, shape, inputs));
  }

  std::int64_t context() const override { return options.n - 1; }

  Tensor loss(const Tensor& ids_BN, const Tensor& targets_B) override {
    return output->loss(body(ids_BN), targets_B);
  }
  Tensor log_prob(const Tensor& ids_BN, const Tensor& targets_B) override {
    return output->log_prob(body(ids_BN), targets_B);
  }
  Tensor logits(const Tensor& ids_BN) override { return output->logits(body(ids_BN)); }
  void structure_restored() override { output->structure_restored(); }
  TrainingState* training_state() override { return output->training_state(); }
  bool likelihood_loss() const override { return output->likelihood_loss(); }
  bool self_normalised() const override { return output->self_normalised(); }
  Tensor unnormalised_log_prob(const Tensor& ids_BN, const Tensor& targets_B) override {
    return output->unnormalised_log_prob(body(ids_BN), targets_B);
  }
  Tensor vectors() override { return options.export_vectors == "output" ? output->word_rows() : C; }
  double flops_per_word() const override {
    return 6.0 * static_cast<double>(R.numel()) + output->flops_per_word();
  }

  const LblOptions options;
  Tensor C;                             // [V,m] word features
  Tensor R;                             // [m,N*m] = [R1 ... RN]
  std::shared_ptr<OutputLayer> output;  // U [V,m] (C itself when tied), b [V]

 private:
  /// q [B,m]
  BodyOutput body(const Tensor& ids_BN) {
    return {{torch::mm(embed_rows(C, ids_BN).flatten(1), R.t())}, ids_BN};
  }
};

}  // namespace

std::shared_ptr<GradientModel> make_lbl(const ModelOptions& model_options,
                                        const ModelInputs& inputs) {
  return std::make_shared<LblImpl>(dynamic_cast<const LblOptions&>(model_options), inputs);
}

}  // namespace wordbridge
