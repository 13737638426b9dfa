#include "train/gradient_language_model.h"

#include <fmt/ranges.h>
#include <torch/utils.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "train/torch_runtime.h"

// Shapes: B batch, N context words, V vocabulary.

namespace wordbridge {
namespace {

using torch::Tensor;

constexpr std::int64_t kBatch = 1024;

std::int64_t sequences_per_batch(const SequenceShape& shape) {
  return std::max<std::int64_t>(1, kBatch / shape.length);
}

std::vector<float> floats(const Tensor& matrix) {
  if (!matrix.defined()) return {};
  const Tensor values = matrix.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

}  // namespace

GradientLanguageModel::GradientLanguageModel(Vocabulary vocabulary,
                                             std::shared_ptr<GradientModel> model,
                                             std::int32_t start, torch::Device device)
    : vocabulary_(std::move(vocabulary)),
      model_(std::move(model)),
      start_(start),
      device_(device) {}

std::int64_t GradientLanguageModel::evaluation_batch() const {
  const auto shape = model_->sequences();
  if (!shape || shape->carries_state) return kBatch;
  return sequences_per_batch(*shape) * (shape->length - shape->evaluation_overlap);
}

void GradientLanguageModel::log_probs(const std::int32_t* ids, Span span, double* log_probs) const {
  evaluate([this](const Tensor& ids_BN,
                  const Tensor& targets_B) { return model_->log_prob(ids_BN, targets_B); },
           ids, span, log_probs);
}

void GradientLanguageModel::unnormalised_log_probs(const std::int32_t* ids, Span span,
                                                   double* log_probs) const {
  evaluate(
      [this](const Tensor& ids_BN, const Tensor& targets_B) {
        return model_->unnormalised_log_prob(ids_BN, targets_B);
      },
      ids, span, log_probs);
}

void GradientLanguageModel::log_probs_oov_from_context(const std::int32_t* ids, Span span,
                                                       double* log_probs) const {
  const torch::NoGradGuard no_grad;
  const Tensor C = model_->context_features();
  if (!C.defined()) return LanguageModel::log_probs_oov_from_context(ids, span, log_probs);
  model_->eval();
  const auto unknown = static_cast<std::int32_t>(vocabulary_.unknown_id());
  const auto V = vocabulary_.size(), N = model_->context();
  std::vector<std::int32_t> rows(ids, ids + span.end);  // of the words in `features` below
  std::vector<std::int64_t> places;
  for (auto t = std::max<std::int64_t>(0, span.begin - N); unknown >= 0 && t < span.end; ++t)
    if (ids[t] == unknown) places.push_back(t);
  const auto U = static_cast<std::int64_t>(places.size());
  const Tensor features = torch::cat({C, torch::zeros({U, C.size(1)}, C.options())});
  const Tensor ids_1N = torch::empty({1, N}, torch::kInt64);
  Progress progress("out-of-vocabulary words", static_cast<std::uint64_t>(U), "words");
  for (std::int64_t k = 0; k < U && !interrupted(); ++k) {
    const auto t = places[static_cast<std::size_t>(k)];
    std::int64_t target = 0;
    fill_contexts(rows.data(), start_, {t}, N, ids_1N.data_ptr<std::int64_t>(), &target);
    Tensor logits_V = model_->logits_reading(features, ids_1N.to(device_))[0];
    logits_V[unknown] = -std::numeric_limits<float>::infinity();
    features[V + k].copy_(logits_V.softmax(0).unsqueeze(0).mm(C)[0]);
    rows[static_cast<std::size_t>(t)] = static_cast<std::int32_t>(V + k);
    progress.update(static_cast<std::uint64_t>(k + 1), "");
  }
  if (interrupted()) return;
  evaluate(
      [&](const Tensor& ids_BN, const Tensor& targets_B) {
        // The target is still the unknown symbol.
        const Tensor words_B =
            torch::where(targets_B < V, targets_B, torch::full_like(targets_B, unknown));
        return model_->log_prob_reading(features, ids_BN, words_B);
      },
      rows.data(), span, log_probs);
}

void GradientLanguageModel::evaluate(const LogProb& log_prob, const std::int32_t* ids, Span span,
                                     double* log_probs) const {
  const torch::NoGradGuard no_grad;
  model_->eval();
  if (const auto shape = model_->sequences())
    return shape->carries_state ? evaluate_stream(log_prob, ids, span, log_probs)
                                : evaluate_sequences(log_prob, ids, span, log_probs);
  std::vector<std::int64_t> positions;
  for (std::int64_t begin = span.begin; begin < span.end; begin += kBatch) {
    positions.clear();
    for (auto t = begin; t < std::min(begin + kBatch, span.end); ++t) positions.push_back(t);
    const auto B = static_cast<std::int64_t>(positions.size());
    const Tensor ids_BN = torch::empty({B, model_->context()}, torch::kInt64);
    const Tensor targets_B = torch::empty({B}, torch::kInt64);
    fill_contexts(ids, start_, positions, model_->context(), ids_BN.data_ptr<std::int64_t>(),
                  targets_B.data_ptr<std::int64_t>());
    const Tensor log_prob_B =
        log_prob(ids_BN.to(device_), targets_B.to(device_)).to(torch::kCPU, torch::kFloat64);
    std::copy_n(log_prob_B.data_ptr<double>(), B, log_probs + (begin - span.begin));
  }
}

void GradientLanguageModel::evaluate_sequences(const LogProb& log_prob, const std::int32_t* ids,
                                               Span span, double* log_probs) const {
  const auto shape = model_->sequences();
  const SequenceWindows windows(span, shape->length, shape->evaluation_overlap);
  const std::int64_t T = shape->length, per_batch = sequences_per_batch(*shape);
  for (std::int64_t begin = 0; begin < windows.count(); begin += per_batch) {
    std::vector<std::int64_t> indices(
        static_cast<std::size_t>(std::min(per_batch, windows.count() - begin)));
    std::iota(indices.begin(), indices.end(), begin);
    const auto B = static_cast<std::int64_t>(indices.size());
    const Tensor ids_BT = torch::empty({B, T}, torch::kInt64),
                 targets_BT = torch::empty_like(ids_BT);
    windows.fill(ids, start_, indices, ids_BT.data_ptr<std::int64_t>(),
                 targets_BT.data_ptr<std::int64_t>());
    const Tensor log_prob_BT = log_prob(ids_BT.to(device_), targets_BT.to(device_))
                                   .to(torch::kCPU, torch::kFloat64)
                                   .contiguous();
    for (const std::int64_t index : indices) {
      const std::int64_t first = windows.start(index);
      const std::int64_t count = std::min(windows.step(), span.end - first);
      std::copy_n(log_prob_BT.data_ptr<double>() + (index - begin) * T + first -
                      windows.first_position(index),
                  count, log_probs + (first - span.begin));
    }
  }
}

void GradientLanguageModel::evaluate_stream(const LogProb& log_prob, const std::int32_t* ids,
                                            Span span, double* log_probs) const {
  const std::int64_t overlap = model_->sequences()->evaluation_overlap;
  const SequenceWindows windows({std::max<std::int64_t>(0, span.begin - overlap), span.end}, kBatch,
                                0);
  SequenceState& state = *model_->sequence_state();
  const Tensor ids_1T = torch::empty({1, kBatch}, torch::kInt64),
               targets_1T = torch::empty_like(ids_1T);
  for (std::int64_t index = 0; index < windows.count(); ++index) {
    windows.fill(ids, start_, {index}, ids_1T.data_ptr<std::int64_t>(),
                 targets_1T.data_ptr<std::int64_t>());
    if (index > 0) state.start_from(state.end());
    const Tensor log_prob_T = log_prob(ids_1T.to(device_), targets_1T.to(device_))
                                  .to(torch::kCPU, torch::kFloat64)
                                  .contiguous();
    const std::int64_t begin = windows.start(index), end = std::min(begin + kBatch, span.end);
    for (auto t = std::max(begin, span.begin); t < end; ++t)
      log_probs[t - span.begin] = log_prob_T.data_ptr<double>()[t - begin];
  }
}

std::int64_t GradientLanguageModel::layers() const {
  const torch::NoGradGuard no_grad;
  model_->eval();
  const Tensor ids_11 = torch::full({1, 1}, start_, torch::kInt64);
  return static_cast<std::int64_t>(model_->layer_outputs(ids_11.to(device_)).size()) - 1;
}

void GradientLanguageModel::visit_vectors(const std::int32_t* ids, Span span,
                                          const std::vector<std::int64_t>& positions,
                                          const VisitVectors& visit) const {
  const torch::NoGradGuard no_grad;
  model_->eval();
  const auto shape = *model_->sequences();
  const bool carries = shape.carries_state;  // then as in evaluate_stream()
  const std::int64_t overlap = shape.evaluation_overlap;
  const std::int64_t first = carries ? std::max<std::int64_t>(0, span.begin - overlap) : span.begin;
  const SequenceWindows windows({first, span.end}, carries ? kBatch : shape.length,
                                carries ? 0 : overlap);
  const std::int64_t per_batch = carries ? 1 : sequences_per_batch(shape);
  // The vector of a word predicts the word after it. That after the span may need one more
  // sequence.
  const auto sequence_of = [&](std::int64_t p) { return (p + 1 - first) / windows.step(); };
  std::size_t next = 0;
  std::int64_t carried = 0;  // the sequences that have been read, for the state
  while (next < positions.size()) {
    if (interrupted()) throw Interrupted("interrupted while vectors of contexts were computed");
    std::vector<std::int64_t> indices;  // of sequences
    std::size_t end = next;
    for (; end < positions.size(); ++end) {
      const std::int64_t index = sequence_of(positions[end]);
      if (!indices.empty() && indices.back() == index) continue;
      if (static_cast<std::int64_t>(indices.size()) == per_batch) break;
      indices.push_back(index);
    }
    for (; carries && carried < indices[0]; ++carried) layer_outputs(windows, ids, {carried});
    const Tensor outputs = layer_outputs(windows, ids, indices);
    carried = indices.back() + 1;
    const std::int64_t layers = outputs.size(0), B = outputs.size(1), T = outputs.size(2),
                       d = outputs.size(3);
    std::vector<float> vectors(at(layers * d));
    std::int64_t b = 0;
    for (; next < end; ++next) {
      while (indices[at(b)] != sequence_of(positions[next])) ++b;
      const std::int64_t t = positions[next] + 1 - windows.first_position(indices[at(b)]);
      for (std::int64_t l = 0; l < layers; ++l)
        std::copy_n(outputs.data_ptr<float>() + ((l * B + b) * T + t) * d, d, &vectors[at(l * d)]);
      visit(static_cast<std::int64_t>(next), vectors.data());
    }
  }
}

Tensor GradientLanguageModel::layer_outputs(const SequenceWindows& windows, const std::int32_t* ids,
                                            const std::vector<std::int64_t>& indices) const {
  const bool carries = model_->sequences()->carries_state;
  const Tensor ids_BT = torch::empty(
      {static_cast<std::int64_t>(indices.size()), carries ? kBatch : model_->context()},
      torch::kInt64);
  const Tensor targets_BT = torch::empty_like(ids_BT);
  windows.fill(ids, start_, indices, ids_BT.data_ptr<std::int64_t>(),
               targets_BT.data_ptr<std::int64_t>());
  if (carries && indices[0] > 0) {
    SequenceState& state = *model_->sequence_state();
    state.start_from(state.end());
  }
  return torch::stack(model_->layer_outputs(ids_BT.to(device_)))
      .to(torch::kCPU, torch::kFloat32)
      .contiguous();
}

std::vector<float> GradientLanguageModel::input_rows() const {
  return floats(model_->input_rows());
}
std::vector<float> GradientLanguageModel::output_rows() const {
  return floats(model_->output_rows());
}

void GradientLanguageModel::distribution(const std::int32_t* history, std::int64_t size,
                                         double* probabilities) const {
  const torch::NoGradGuard no_grad;
  model_->eval();
  const auto shape = model_->sequences();
  const std::int64_t N = shape && shape->carries_state ? size + 1 : model_->context();
  std::vector<std::int64_t> context;  // nearest word first
  for (std::int64_t back = 1; back <= N; ++back)
    context.push_back(size >= back ? history[size - back] : start_);
  if (shape) {  // in text order, after one start word at most
    context.resize(static_cast<std::size_t>(std::min(size + 1, N)));
    std::reverse(context.begin(), context.end());
  }
  const Tensor ids_1N = torch::tensor(context, torch::kInt64).unsqueeze(0);
  const Tensor logits_BV =
      model_->next_logits(ids_1N.to(device_)).to(torch::kCPU, torch::kFloat64).contiguous();
  const Tensor p_BV = torch::softmax(logits_BV, 1);
  std::copy_n(p_BV.data_ptr<double>(), p_BV.numel(), probabilities);
}

std::shared_ptr<const LanguageModel> load_gradient_language_model(
    const LearnerInputs& inputs, const Vocabulary& vocabulary, std::int32_t start,
    const std::filesystem::path& checkpoint) {
  const torch::Device device = find_device(inputs.device);
  auto model = make_gradient_model(inputs.model, inputs.options,
                                   {vocabulary, vocabulary.counts(), inputs.seed});
  const ContainerReader reader(checkpoint, "checkpoint");
  restore_model(reader, *model);
  model->to(device);
  return std::make_shared<GradientLanguageModel>(vocabulary, std::move(model), start, device);
}

DType stored_type(const Tensor& tensor) {
  if (tensor.scalar_type() == torch::kFloat32) return DType::f32;
  if (tensor.scalar_type() == torch::kFloat64) return DType::f64;
  TORCH_CHECK(tensor.scalar_type() == torch::kInt64,
              "checkpoints store float32, float64 and int64, not ", tensor.scalar_type());
  return DType::i64;
}

void restore_tensor(const ContainerReader& reader, const std::string& name, Tensor tensor) {
  const auto& array = reader.array(name);
  const DType type = stored_type(tensor);
  if (array.type != type || array.shape != tensor.sizes().vec()) {
    throw Error("the checkpoint does not fit the model")
        .at("{}: {}", reader.file()->path().string(), name)
        .expected("{} [{}]", dtype_name(type), fmt::join(tensor.sizes().vec(), ", "))
        .got("{} [{}]", dtype_name(array.type), fmt::join(array.shape, ", "));
  }
  const torch::NoGradGuard no_grad;
  tensor.copy_(
      torch::from_blob(const_cast<char*>(array.data), tensor.sizes(), tensor.scalar_type()));
}

void restore_model(const ContainerReader& reader, GradientModel& model) {
  for (const auto& named : model.named_buffers())
    restore_tensor(reader, "model." + named.key(), named.value());
  model.structure_restored();
  for (const auto& named : model.named_parameters())
    restore_tensor(reader, "model." + named.key(), named.value());
}

}  // namespace wordbridge
