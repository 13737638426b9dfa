#include "models/output/hierarchical_softmax.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "models/classes/word_classes.h"
#include "models/layers/initialize.h"

namespace wordbridge {
namespace {

using torch::Tensor;

WordTree find_tree(const HierarchicalSoftmaxOptions& options, const ModelInputs& inputs) {
  std::vector<std::int64_t> weights = inputs.counts;
  for (auto& weight : weights) ++weight;
  if (options.tree == HierarchicalSoftmaxOptions::Tree::huffman || inputs.train_ids == nullptr)
    return huffman_tree(weights);
  const std::int64_t V = inputs.vocabulary.size();
  auto class_of =
      learned_classes(inputs.train_ids, inputs.train_size, V,
                      options.classes > 0 ? options.classes : square_root_classes(V), inputs.seed);
  const std::int64_t classes = drop_empty_classes(class_of);
  return class_tree(weights, class_of, classes);
}

Tensor as_tensor(const std::vector<std::int64_t>& values) {
  return torch::tensor(values, torch::kInt64);
}

std::vector<std::int64_t> as_vector(const Tensor& tensor) {
  const Tensor values = tensor.to(torch::kCPU, torch::kInt64).contiguous();
  const auto* data = values.data_ptr<std::int64_t>();
  return {data, data + values.numel()};
}

}  // namespace

HierarchicalSoftmax::HierarchicalSoftmax(const HierarchicalSoftmaxOptions& options,
                                         const OutputShape& shape, const ModelInputs& inputs)
    : counts_(inputs.counts) {
  TORCH_CHECK(!shape.tied.defined(),
              "the hierarchical softmax does not support weight tying: its rows belong to inner "
              "nodes, not words");
  const torch::NoGradGuard no_grad;
  const std::int64_t nodes = inputs.vocabulary.size() - 1;
  for (const auto& input : shape.inputs) {
    weights.push_back(register_parameter(input.weight, torch::zeros({nodes, input.width})));
    fill_normal(weights.back(), shape.weight_scale, inputs.seed, input.weight);
  }
  b = register_parameter("b", torch::zeros({nodes}));
  const WordTree tree = find_tree(options, inputs);
  parent = register_buffer("parent", as_tensor(tree.parent));
  branch = register_buffer("branch", as_tensor(tree.branch));
  set_tree(tree);
  if (!shape.unigram_bias) return;
  std::vector<double> mass;
  for (const auto count : counts_)
    mass.push_back(static_cast<double>(count) + shape.bias_smoothing);
  const auto odds = branch_log_odds(paths_, mass);
  std::copy(odds.begin(), odds.end(), b.data_ptr<float>());
}

void HierarchicalSoftmax::set_tree(const WordTree& tree) {
  paths_ = tree_paths(tree);
  const auto nodes = static_cast<std::int64_t>(tree.parent.size()), V = (nodes + 1) / 2;
  std::vector<std::vector<std::int64_t>> children(at(nodes));
  std::vector<std::int64_t> level;
  for (std::int64_t node = 0; node < nodes; ++node) {
    const auto above = tree.parent[at(node)];
    (above == -1 ? level : children[at(above)]).push_back(node);
  }
  levels_.clear();
  std::vector<std::int64_t> word_place(at(V), 0);
  for (std::int64_t done = 0; !level.empty();) {
    std::vector<std::int64_t> next, place, row;
    std::vector<double> sign;
    for (std::size_t i = 0; i < level.size(); ++i) {
      if (level[i] < V) word_place[at(level[i])] = done + static_cast<std::int64_t>(i);
      for (const auto child : children[at(level[i])]) {
        next.push_back(child);
        place.push_back(static_cast<std::int64_t>(i));
        row.push_back(level[i] - V);
        sign.push_back(tree.branch[at(child)] == 1 ? 1.0 : -1.0);
      }
    }
    if (!next.empty()) {
      levels_.push_back({as_tensor(place), as_tensor(row), torch::tensor(sign, torch::kFloat64)});
    }
    done += static_cast<std::int64_t>(level.size());
    level = std::move(next);
  }
  word_place_V_ = as_tensor(word_place);
}

void HierarchicalSoftmax::structure_restored() { set_tree({as_vector(parent), as_vector(branch)}); }

std::vector<LinearTerm> HierarchicalSoftmax::terms(const BodyOutput& body) const {
  TORCH_CHECK(body.features.size() == weights.size(), "expected ", weights.size(),
              " feature vectors, got ", body.features.size());
  std::vector<LinearTerm> list;
  for (std::size_t i = 0; i < weights.size(); ++i) list.push_back({body.features[i], weights[i]});
  return list;
}

RowLists HierarchicalSoftmax::path_rows(const Tensor& targets_B) const {
  RowLists lists;
  lists.begin.push_back(0);
  for (const auto w : as_vector(targets_B)) {
    lists.row.insert(lists.row.end(), paths_.inner.begin() + paths_.begin[at(w)],
                     paths_.inner.begin() + paths_.begin[at(w + 1)]);
    lists.begin.push_back(static_cast<std::int64_t>(lists.row.size()));
  }
  return lists;
}

Tensor HierarchicalSoftmax::plain_log_prob(const BodyOutput& body, const Tensor& targets_B) const {
  const auto targets = as_vector(targets_B);
  std::int64_t depth = 0;
  for (const auto w : targets)
    depth = std::max(depth, paths_.begin[at(w + 1)] - paths_.begin[at(w)]);
  const auto B = static_cast<std::int64_t>(targets.size());
  // Shorter paths are padded with node 0 and sign 0.
  const Tensor inner_BD = torch::zeros({B, depth}, torch::kInt64);
  const Tensor sign_BD = torch::zeros({B, depth}, torch::kFloat64);
  for (std::int64_t r = 0; r < B; ++r) {
    const auto begin = paths_.begin[at(targets[at(r)])];
    for (auto step = begin; step < paths_.begin[at(targets[at(r)] + 1)]; ++step) {
      const auto i = r * depth + step - begin;
      inner_BD.data_ptr<std::int64_t>()[i] = paths_.inner[at(step)];
      sign_BD.data_ptr<double>()[i] = static_cast<double>(paths_.sign[at(step)]);
    }
  }
  const Tensor scores_BN = linear_logits(terms(body), b);
  const Tensor sign = sign_BD.to(scores_BN.device(), scores_BN.scalar_type());
  const Tensor scores_BD = scores_BN.gather(1, inner_BD.to(scores_BN.device()));
  return (at::log_sigmoid(sign * scores_BD) * sign.abs()).sum(1);
}

ExampleLoss HierarchicalSoftmax::loss_along_path(const Tensor& targets_B) const {
  return [this, targets_B](std::int64_t r, float* scores, std::int64_t count) {
    const auto first = paths_.begin[at(targets_B.data_ptr<std::int64_t>()[r])];
    double sum = 0;
    for (std::int64_t j = 0; j < count; ++j) {
      const float sign = paths_.sign[at(first + j)];
      const auto [value, derivative] = softplus(-sign * scores[j]);
      sum += value;
      scores[j] = -sign * derivative;
    }
    return sum;
  };
}

Tensor HierarchicalSoftmax::loss(const BodyOutput& body, const Tensor& targets_B) {
  const auto node_terms = terms(body);
  if (!for_our_kernels(node_terms, b)) return -plain_log_prob(body, targets_B).mean();
  const Tensor targets = targets_B.contiguous();
  return row_list_loss(path_rows(targets), loss_along_path(targets), node_terms, b);
}

Tensor HierarchicalSoftmax::log_prob(const BodyOutput& body, const Tensor& targets_B) {
  const auto node_terms = terms(body);
  if (!for_our_kernels(node_terms, b)) return plain_log_prob(body, targets_B);
  const Tensor targets = targets_B.contiguous();
  return -row_list_losses(path_rows(targets), loss_along_path(targets), node_terms, b);
}

Tensor HierarchicalSoftmax::logits(const BodyOutput& body) {
  const Tensor scores_BN = linear_logits(terms(body), b);
  const auto device = scores_BN.device();
  std::vector<Tensor> log_p{torch::zeros({scores_BN.size(0), 1}, scores_BN.options())};
  for (const auto& level : levels_) {
    const Tensor scores_BL = scores_BN.index_select(1, level.row_L.to(device));
    const Tensor sign_L = level.sign_L.to(device, scores_BN.scalar_type());
    log_p.push_back(log_p.back().index_select(1, level.place_L.to(device)) +
                    at::log_sigmoid(scores_BL * sign_L));
  }
  return torch::cat(log_p, 1).index_select(1, word_place_V_.to(device));
}

double HierarchicalSoftmax::flops_per_word() const {
  // One multiplication and one addition per weight, in the forward pass and for both gradients.
  double total = 0, steps = 0, width = 0;
  for (std::size_t w = 0; w < counts_.size(); ++w) {
    const auto weight = static_cast<double>(counts_[w]) + 1;
    steps += weight * static_cast<double>(paths_.begin[w + 1] - paths_.begin[w]);
    total += weight;
  }
  for (const auto& weight : weights) width += static_cast<double>(weight.size(1));
  return 6.0 * width * steps / total;
}

std::shared_ptr<OutputLayer> make_output_layer(const HierarchicalSoftmaxOptions& options,
                                               const OutputShape& shape,
                                               const ModelInputs& inputs) {
  return std::make_shared<HierarchicalSoftmax>(options, shape, inputs);
}

}  // namespace wordbridge
