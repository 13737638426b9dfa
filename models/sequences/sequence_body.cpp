#include "models/sequences/sequence_body.h"

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

std::vector<torch::Tensor> SequenceBody::features(const torch::Tensor& ids_BT) {
  const std::int64_t T = ids_BT.size(1);
  TORCH_CHECK(ids_BT.dim() == 2 && (state_ || T <= context()), "expected ids [B,T], T at most ",
              context(), ", got ", ids_BT.sizes());
  const bool bfloat16 = bfloat16_ && is_training();
  if (bfloat16 && C.device().is_cpu()) {
    throw Error("bfloat16 layers require a GPU")
        .at("model's option precision")
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
  const torch::Tensor y = in_parts(x, parameters, [this](const torch::Tensor& part) {
    return layers(part).to(part.scalar_type());
  });
  if (!state_) return {y};
  state_->set_end(y.narrow(1, T, y.size(1) - T));
  return {y.narrow(1, 0, T)};
}

}  // namespace wordbridge
