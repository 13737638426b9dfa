#include "models/neural_language_model.h"

namespace wordbridge {
namespace {

using torch::Tensor;

/// The words immediately before the predictions, in the order of the flattened targets.
Tensor previous_words(const Tensor& ids, const Tensor& x) {
  return x.dim() == 3 ? ids.flatten() : ids.select(1, 0);
}

/// The predictions as one list, for contexts [B,E] and for sequences [B,T,E].
BodyOutput listed(const std::vector<Tensor>& features, const Tensor& ids) {
  BodyOutput list;
  for (const auto& x : features) list.features.push_back(x.flatten(0, -2));
  list.previous_B = previous_words(ids, features.at(0));
  return list;
}

/// The predictions that have a target, and these targets.
struct Predictions {
  BodyOutput body;
  Tensor targets_n;
  Tensor places;  // in the flattened targets; undefined: all
};

Predictions predictions(const std::vector<Tensor>& features, const Tensor& ids,
                        const Tensor& targets) {
  Predictions found{listed(features, ids), targets.flatten(), {}};
  if (targets.dim() < 2) return found;
  const Tensor places = found.targets_n.ge(0).nonzero().flatten();
  if (places.numel() == found.targets_n.numel()) return found;
  found.places = places;
  for (auto& x : found.body.features) x = x.index_select(0, places);
  found.body.previous_B = found.body.previous_B.index_select(0, places);
  found.targets_n = found.targets_n.index_select(0, places);
  return found;
}

/// Values of the predictions in the shape of the targets, and 0 where there is no target.
Tensor placed(const Tensor& values_n, const Predictions& predictions, const Tensor& targets) {
  if (!predictions.places.defined()) return values_n.view_as(targets);
  return torch::zeros({targets.numel()}, values_n.options())
      .index_copy(0, predictions.places, values_n)
      .view_as(targets);
}

/// Reshapes scores [predictions,V] to [B,V] or [B,T,V].
Tensor as_read(const Tensor& scores, const Tensor& x) {
  auto sizes = x.sizes().vec();
  sizes.back() = scores.size(1);
  return scores.reshape(sizes);
}

}  // namespace

std::vector<Tensor> LanguageModelBody::features_reading(const Tensor& /*word_features_Rm*/,
                                                        const Tensor& /*ids*/) {
  TORCH_CHECK(false, "this model does not look up its context in a single feature matrix");
}

NeuralLanguageModel::NeuralLanguageModel(std::shared_ptr<LanguageModelBody> body,
                                         const OutputOptions& output_options,
                                         const ModelInputs& inputs)
    : body_(std::move(body)) {
  // Not registered as a submodule, which would prefix the parameter names in checkpoints.
  for (const auto& named : body_->named_parameters(/*recurse=*/false))
    register_parameter(named.key(), named.value(), named.value().requires_grad());
  for (const auto& named : body_->named_buffers(/*recurse=*/false))
    register_buffer(named.key(), named.value());
  for (const auto& named : body_->named_children()) register_module(named.key(), named.value());
  output_ =
      register_module("output", make_output_layer(output_options, body_->output_shape(), inputs));
}

Tensor NeuralLanguageModel::loss(const Tensor& ids, const Tensor& targets) {
  const auto chosen = predictions(body_->features(ids), ids, targets);
  return output_->loss(chosen.body, chosen.targets_n);
}

Tensor NeuralLanguageModel::loss_without_gaps(const Tensor& ids, const Tensor& targets) {
  return output_->loss(listed(body_->features(ids), ids), targets.flatten());
}

OutputInputs NeuralLanguageModel::output_inputs(const Tensor& ids, const Tensor& targets) {
  const auto chosen = predictions(body_->features(ids), ids, targets);
  return {chosen.body.features, chosen.targets_n};
}

Tensor NeuralLanguageModel::log_prob(const Tensor& ids, const Tensor& targets) {
  const auto chosen = predictions(body_->features(ids), ids, targets);
  return placed(output_->log_prob(chosen.body, chosen.targets_n), chosen, targets);
}

Tensor NeuralLanguageModel::logits(const Tensor& ids) {
  const auto features = body_->features(ids);
  return as_read(output_->logits(listed(features, ids)), features[0]);
}

Tensor NeuralLanguageModel::next_logits(const Tensor& ids) {
  auto features = body_->features(ids);
  const bool in_sequences = features[0].dim() == 3;
  if (in_sequences)
    for (auto& x : features) x = x.narrow(1, x.size(1) - 1, 1);
  return output_->logits(listed(features, in_sequences ? ids.narrow(1, ids.size(1) - 1, 1) : ids));
}

Tensor NeuralLanguageModel::log_prob_reading(const Tensor& word_features_Rm, const Tensor& ids,
                                             const Tensor& targets) {
  const auto list = listed(body_->features_reading(word_features_Rm, ids), ids);
  return output_->log_prob(list, targets.flatten()).view_as(targets);
}

Tensor NeuralLanguageModel::logits_reading(const Tensor& word_features_Rm, const Tensor& ids) {
  const auto features = body_->features_reading(word_features_Rm, ids);
  return as_read(output_->logits(listed(features, ids)), features[0]);
}

Tensor NeuralLanguageModel::unnormalised_log_prob(const Tensor& ids, const Tensor& targets) {
  const auto chosen = predictions(body_->features(ids), ids, targets);
  return placed(output_->unnormalised_log_prob(chosen.body, chosen.targets_n), chosen, targets);
}

Tensor NeuralLanguageModel::vectors() {
  const Tensor chosen = body_->vectors();
  return chosen.defined() ? chosen : output_->word_rows();
}

double NeuralLanguageModel::flops_per_word() const {
  return body_->flops_per_word() + output_->flops_per_word();
}

void NeuralLanguageModel::train(bool on) {
  GradientModel::train(on);
  body_->train(on);
}

}  // namespace wordbridge
