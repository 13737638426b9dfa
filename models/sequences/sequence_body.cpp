#include "models/sequences/sequence_body.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "models/layers/bfloat16_scope.h"
#include "models/layers/in_parts.h"
#include "models/layers/initialize.h"
#include "models/layers/sparse_rows.h"

namespace wordbridge {

SequenceBody::SequenceBody(const SequenceModelOptions& options, const ModelInputs& inputs,
                           double scale, std::int64_t state_rows)
    : shape_(options.sequences.shape()),
      tied_(options.tied),
      exports_output_(options.export_vectors == SequenceModelOptions::Vectors::output),
      bfloat16_(options.precision == SequenceModelOptions::Precision::bfloat16),
      frozen_epochs_(options.features.frozen_epochs),
      scale_(scale) {
  if (state_rows > 0) state_.emplace(state_rows, options.dim.value());
  const torch::NoGradGuard no_grad;
  C = register_parameter("C", torch::zeros({inputs.vocabulary.size(), options.dim.value()}),
                         !options.features.frozen);
  fill_features(C, options.features, inputs, "C", options.section());
}

OutputShape SequenceBody::output_shape() const {
  OutputShape shape;
  shape.inputs = {{"U", C.size(1)}};
  shape.weight_scale = scale_;
  if (tied_) shape.tied = C;
  return shape;
}

torch::Tensor SequenceBody::read(
    const torch::Tensor& ids_BT,
    const std::function<torch::Tensor(const torch::Tensor& x_BTd)>& f) {
  const std::int64_t T = ids_BT.size(1);
  TORCH_CHECK(ids_BT.dim() == 2 && (state_ || T <= context()), "expected ids [B,T], T at most ",
              context(), ", got ", ids_BT.sizes());
  const bool bfloat16 = bfloat16_ && is_training();
  if (bfloat16 && C.device().is_cpu()) {
    throw Error("bfloat16 layers require a GPU")
        .at("precision: bfloat16")
        .got("device cpu")
        .hint(
            "set precision: float32; output.full.precision: bfloat16 also works on CPUs with "
            "AVX512_BF16");
  }
  std::vector<torch::Tensor> parameters;
  for (const auto& named : named_parameters())
    if (named.key() != "C") parameters.push_back(named.value());
  const Bfloat16Scope scope(bfloat16);
  torch::Tensor x = embed_rows(C, ids_BT);
  if (state_) x = torch::cat({x, state_->take_start(x)}, 1);
  const torch::Tensor y = in_parts(
      x, parameters, [&](const torch::Tensor& part) { return f(part).to(part.scalar_type()); });
  if (!state_) return y;
  const std::int64_t state_rows = x.size(1) - T, rows = y.size(1) - state_rows;
  state_->set_end(y.narrow(1, rows, state_rows));
  return y.narrow(1, 0, rows);
}

std::vector<torch::Tensor> SequenceBody::features(const torch::Tensor& ids_BT) {
  return {read(ids_BT, [this](const torch::Tensor& x) { return run_layers(x).back(); })};
}

std::vector<torch::Tensor> SequenceBody::layer_outputs(const torch::Tensor& ids_BT) {
  const std::int64_t T = ids_BT.size(1);
  const auto one_after_the_other = [&](const torch::Tensor& x) {
    std::vector<torch::Tensor> outputs = run_layers(x);
    for (std::size_t l = 0; l + 1 < outputs.size(); ++l) outputs[l] = outputs[l].narrow(1, 0, T);
    return at::cat(outputs, 1);
  };
  return read(ids_BT, one_after_the_other).split(T, 1);
}

}  // namespace wordbridge
