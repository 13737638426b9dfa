#include "models/layers/initialize.h"
#include "models/layers/sparse_rows.h"
#include "models/lbl/lbl_options.h"
#include "models/neural_language_model.h"

// Shapes: B batch size, N = n-1 context words, m features per word, V vocabulary size.

namespace wordbridge {
namespace {

using torch::Tensor;

/// The log-bilinear model of Mnih and Hinton 2007 (ICML, section 3). The feature vector of the next
/// word is predicted linearly from those of the context, q = sum_i R_i C(w_t-i), and compared with
/// the output row of every word: y = b + U q.
class LblBody : public LanguageModelBody {
 public:
  LblBody(const LblOptions& lbl_options, const ModelInputs& inputs) : options(lbl_options) {
    const torch::NoGradGuard no_grad;
    const std::int64_t m = options.dim.value();
    C = register_parameter("C", torch::zeros({inputs.vocabulary.size(), m}));
    R = register_parameter("R", torch::zeros({m, context() * m}));
    fill_normal(C, 0.1, inputs.seed, "C");
    fill_uniform(R, 0.1, inputs.seed, "R");
  }

  std::int64_t context() const override { return options.n - 1; }
  OutputShape output_shape() const override {
    OutputShape shape;
    shape.inputs = {{"U", *options.dim}};
    if (options.tied) shape.tied = C;
    return shape;
  }
  /// q [B,m]
  std::vector<Tensor> features(const Tensor& ids_BN) override {
    return {torch::mm(embed_rows(C, ids_BN).flatten(1), R.t())};
  }
  Tensor vectors() override {
    return options.export_vectors == LblOptions::Vectors::output ? Tensor() : C;
  }
  double flops_per_word() const override { return 6.0 * static_cast<double>(R.numel()); }

  const LblOptions options;
  Tensor C;  // [V,m] word feature vectors
  Tensor R;  // [m,N*m] = [R1 ... RN]
};

}  // namespace

std::shared_ptr<GradientModel> make_lbl(const ModelOptions& model_options,
                                        const ModelInputs& inputs) {
  const auto& options = dynamic_cast<const LblOptions&>(model_options);
  return std::make_shared<NeuralLanguageModel>(std::make_shared<LblBody>(options, inputs),
                                               options.output, inputs);
}

}  // namespace wordbridge
