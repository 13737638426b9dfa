#include "models/output/class_softmax.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "models/classes/word_classes.h"
#include "models/layers/initialize.h"

namespace wordbridge {
namespace {

using torch::Tensor;

std::vector<std::int32_t> find_classes(const ClassSoftmaxOptions& options,
                                       const ModelInputs& inputs) {
  const std::int64_t V = inputs.vocabulary.size();
  const std::int64_t count = options.count > 0 ? options.count : square_root_classes(V);
  if (count > V) {
    throw Error("more classes than words in the vocabulary")
        .at("output.classes.count")
        .expected("at most {}", V)
        .got("{}", count);
  }
  const bool wait = inputs.train_ids == nullptr;
  if (!options.file.empty()) {
    if (wait) return std::vector<std::int32_t>(at(V), 0);
    return read_word_classes(options.file, inputs.vocabulary).class_of;
  }
  if (options.by == ClassSoftmaxOptions::By::frequency)
    return frequency_classes(inputs.counts, count);
  if (wait) return std::vector<std::int32_t>(at(V), 0);
  return learned_classes(inputs.train_ids, inputs.train_size, V, count, inputs.seed);
}

}  // namespace

ClassSoftmax::ClassSoftmax(const ClassSoftmaxOptions& options, const OutputShape& shape,
                           const ModelInputs& inputs)
    : WordRows(shape, inputs), counts_(inputs.counts) {
  const torch::NoGradGuard no_grad;
  auto found = find_classes(options, inputs);
  const std::int64_t C = drop_empty_classes(found);
  word_class = register_buffer("word_class", torch::empty({b.size(0)}, torch::kInt64));
  std::copy(found.begin(), found.end(), word_class.data_ptr<std::int64_t>());
  for (const auto& input : shape.inputs) {
    const std::string name = input.weight + "_class";
    class_weights.push_back(register_parameter(name, torch::zeros({C, input.width})));
    fill_normal(class_weights.back(), shape.weight_scale, inputs.seed, name);
  }
  b_class = register_parameter("b_class", torch::zeros({C}));
  set_classes({found.begin(), found.end()});
  if (shape.unigram_bias) start_biases(shape.bias_smoothing);
}

void ClassSoftmax::set_classes(std::vector<std::int64_t> class_of) {
  class_of_ = std::move(class_of);
  begin_.assign(at(*std::max_element(class_of_.begin(), class_of_.end()) + 2), 0);
  for (const auto c : class_of_) ++begin_[at(c + 1)];
  for (std::size_t c = 1; c < begin_.size(); ++c) begin_[c] += begin_[c - 1];
  members_.resize(class_of_.size());
  place_.resize(class_of_.size());
  auto next = begin_;
  for (std::size_t w = 0; w < class_of_.size(); ++w) {
    place_[w] = next[at(class_of_[w])]++;
    members_[at(place_[w])] = static_cast<std::int64_t>(w);
  }
}

void ClassSoftmax::start_biases(double smoothing) {
  std::vector<double> mass(at(classes()), 0.0);
  double total = 0;
  for (std::size_t w = 0; w < counts_.size(); ++w) {
    mass[at(class_of_[w])] += static_cast<double>(counts_[w]) + smoothing;
    total += static_cast<double>(counts_[w]) + smoothing;
  }
  for (std::size_t c = 0; c < mass.size(); ++c)
    b_class.data_ptr<float>()[c] = static_cast<float>(std::log(mass[c] / total));
  for (std::size_t w = 0; w < counts_.size(); ++w) {
    b.data_ptr<float>()[w] = static_cast<float>(
        std::log((static_cast<double>(counts_[w]) + smoothing) / mass[at(class_of_[w])]));
  }
}

void ClassSoftmax::structure_restored() {
  const Tensor values = word_class.to(torch::kCPU, torch::kInt64).contiguous();
  const auto* data = values.data_ptr<std::int64_t>();
  std::vector<std::int64_t> class_of(data, data + values.numel());
  const auto V = static_cast<std::int64_t>(class_of.size());
  const auto [low, high] = std::minmax_element(class_of.begin(), class_of.end());
  std::vector<char> used(at(V), 0);
  for (const auto c : class_of) {
    if (c >= 0 && c < V) used[at(c)] = 1;
  }
  const std::int64_t C = *high + 1;
  if (*low < 0 || C > V || std::count(used.begin(), used.end(), 1) != C)
    throw Error("the word classes are not numbered 0, 1, ... without gaps");
  set_classes(std::move(class_of));
  if (C == classes()) return;
  // The layer was built before the classes were known; its parameters are restored next.
  const torch::NoGradGuard no_grad;
  for (auto& weight : class_weights)
    weight.set_data(torch::zeros({C, weight.size(1)}, weight.options()));
  b_class.set_data(torch::zeros({C}, b_class.options()));
}

std::vector<LinearTerm> ClassSoftmax::class_terms(const BodyOutput& body) const {
  std::vector<LinearTerm> list;
  for (std::size_t i = 0; i < class_weights.size(); ++i)
    list.push_back({body.features[i], class_weights[i]});
  return list;
}

Tensor ClassSoftmax::classes_of(const Tensor& words_B) const {
  return word_class.to(torch::kInt64).index_select(0, words_B);  // Module::to() converts buffers
}

RowLists ClassSoftmax::class_rows(const Tensor& targets_B) const {
  const auto* target = targets_B.data_ptr<std::int64_t>();
  RowLists lists;
  lists.begin.push_back(0);
  for (std::int64_t r = 0; r < targets_B.size(0); ++r) {
    const auto c = class_of_[at(target[r])];
    for (auto k = begin_[at(c)]; k < begin_[at(c + 1)]; ++k)
      lists.row.push_back(static_cast<std::int32_t>(members_[at(k)]));
    lists.begin.push_back(static_cast<std::int64_t>(lists.row.size()));
  }
  return lists;
}

ExampleLoss ClassSoftmax::loss_within(const Tensor& targets_B) const {
  return [this, targets_B](std::int64_t r, float* scores, std::int64_t count) {
    const auto w = at(targets_B.data_ptr<std::int64_t>()[r]);
    return softmax_cross_entropy(scores, count, place_[w] - begin_[at(class_of_[w])]);
  };
}

Tensor ClassSoftmax::plain_within(const BodyOutput& body, const Tensor& targets_B) const {
  const Tensor others_BV =
      word_class.to(torch::kInt64).unsqueeze(0) != classes_of(targets_B).unsqueeze(1);
  const Tensor scores_BV = linear_logits(terms(body), b)
                               .masked_fill(others_BV, -std::numeric_limits<double>::infinity());
  return scores_BV.log_softmax(1).gather(1, targets_B.unsqueeze(1)).squeeze(1);
}

Tensor ClassSoftmax::loss(const BodyOutput& body, const Tensor& targets_B) {
  const Tensor of_classes = linear_cross_entropy(class_terms(body), b_class, classes_of(targets_B));
  const auto word_terms = terms(body);
  if (!for_our_kernels(word_terms, b)) return of_classes - plain_within(body, targets_B).mean();
  const Tensor targets = targets_B.contiguous();
  return of_classes + row_list_loss(class_rows(targets), loss_within(targets), word_terms, b);
}

Tensor ClassSoftmax::log_prob(const BodyOutput& body, const Tensor& targets_B) {
  const Tensor of_classes_B = linear_log_prob(class_terms(body), b_class, classes_of(targets_B));
  const auto word_terms = terms(body);
  if (!for_our_kernels(word_terms, b)) return of_classes_B + plain_within(body, targets_B);
  const Tensor targets = targets_B.contiguous();
  return of_classes_B - row_list_losses(class_rows(targets), loss_within(targets), word_terms, b);
}

Tensor ClassSoftmax::logits(const BodyOutput& body) {
  const Tensor classes_BC = linear_logits(class_terms(body), b_class).log_softmax(1);
  const auto order = [&](const std::vector<std::int64_t>& ids) {
    return torch::tensor(ids, torch::kInt64).to(classes_BC.device());
  };
  const Tensor by_class_BV = linear_logits(terms(body), b).index_select(1, order(members_));
  std::vector<Tensor> parts;
  for (std::int64_t c = 0; c < classes(); ++c) {
    const auto size = begin_[at(c + 1)] - begin_[at(c)];
    parts.push_back(by_class_BV.narrow(1, begin_[at(c)], size).log_softmax(1) +
                    classes_BC.narrow(1, c, 1));
  }
  return torch::cat(parts, 1).index_select(1, order(place_));
}

double ClassSoftmax::flops_per_word() const {
  // One multiplication and one addition per weight, in the forward pass and for both gradients.
  double total = 0, rows = 0;
  for (std::size_t w = 0; w < counts_.size(); ++w) {
    const auto c = class_of_[w];
    const auto weight = static_cast<double>(counts_[w]) + 1;
    rows += weight * static_cast<double>(begin_[at(c + 1)] - begin_[at(c)]);
    total += weight;
  }
  return 6.0 * static_cast<double>(row_width()) * (static_cast<double>(classes()) + rows / total);
}

std::shared_ptr<OutputLayer> make_output_layer(const ClassSoftmaxOptions& options,
                                               const OutputShape& shape,
                                               const ModelInputs& inputs) {
  return std::make_shared<ClassSoftmax>(options, shape, inputs);
}

}  // namespace wordbridge
