#include "models/sequences/sequence_body.h"

#include "models/layers/in_parts.h"
#include "models/layers/initialize.h"
#include "models/layers/sparse_rows.h"

namespace wordbridge {

SequenceBody::SequenceBody(const SequenceModelOptions& options, const ModelInputs& inputs,
                           double scale)
    : shape_(options.sequences.shape()),
      tied_(options.tied),
      exports_output_(options.export_vectors == SequenceModelOptions::Vectors::output),
      frozen_epochs_(options.features.frozen_epochs),
      scale_(scale) {
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
  TORCH_CHECK(ids_BT.dim() == 2 && ids_BT.size(1) <= context(), "expected ids [B,T], T at most ",
              context(), ", got ", ids_BT.sizes());
  std::vector<torch::Tensor> parameters;
  for (const auto& named : named_parameters())
    if (named.key() != "C") parameters.push_back(named.value());
  return {in_parts(embed_rows(C, ids_BT), parameters,
                   [this](const torch::Tensor& x) { return layers(x); })};
}

}  // namespace wordbridge
