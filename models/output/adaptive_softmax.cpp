#include "models/output/adaptive_softmax.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.h"
#include "models/layers/initialize.h"

namespace wordbridge {
namespace {

using torch::Tensor;

std::vector<std::int64_t> cutoffs_of(const AdaptiveSoftmaxOptions& options, std::int64_t V) {
  if (options.cutoffs.empty()) {
    std::vector<std::int64_t> cutoffs;
    for (const double share : {0.1, 0.4}) {
      const auto cutoff = std::max(
          std::int64_t{1}, static_cast<std::int64_t>(std::llround(share * static_cast<double>(V))));
      if (cutoff < V && (cutoffs.empty() || cutoff > cutoffs.back())) cutoffs.push_back(cutoff);
    }
    return cutoffs;
  }
  if (options.cutoffs.back() >= V) {
    throw Error("a cut-off of the adaptive softmax is beyond the last word")
        .at("output.adaptive.cutoffs")
        .expected("less than the vocabulary size {}", V)
        .got("{}", options.cutoffs.back());
  }
  return options.cutoffs;
}

}  // namespace

AdaptiveSoftmax::AdaptiveSoftmax(const AdaptiveSoftmaxOptions& options, const OutputShape& shape,
                                 const ModelInputs& inputs)
    : counts_(inputs.counts), tied_(shape.tied) {
  const bool tied = tied_.defined();
  TORCH_CHECK(!tied || shape.inputs.size() == 1, "weight tying requires a single input");
  const torch::NoGradGuard no_grad;
  const std::int64_t V = inputs.vocabulary.size();
  std::int64_t width = 0;
  for (const auto& input : shape.inputs) width += input.width;
  const auto cutoffs = cutoffs_of(options, V);
  const auto frequent = cutoffs.empty() ? V : cutoffs.front();
  const auto entries = frequent + static_cast<std::int64_t>(cutoffs.size());
  const auto clusters = static_cast<std::int64_t>(cutoffs.size());
  head = register_parameter("head", torch::zeros({tied ? clusters : entries, width}));
  fill_normal(head, shape.weight_scale, inputs.seed, "head");
  b_head = register_parameter("b_head", torch::zeros({entries}));
  const std::int64_t factor = options.factor.value_or(tied ? 1 : 4);
  TORCH_CHECK(!tied || factor == 1, "weight tying requires clusters of the features' width");
  std::int64_t narrow = width;
  for (std::size_t i = 0; i < cutoffs.size(); ++i) {
    narrow = std::max(std::int64_t{1}, narrow / factor);
    add_tail(cutoffs[i], i + 1 < cutoffs.size() ? cutoffs[i + 1] : V, narrow, shape, inputs.seed);
  }
  word_order = register_buffer("word_order", torch::tensor(words_by_count(counts_), torch::kInt64));
  structure_restored();
  if (shape.unigram_bias) start_biases(shape.bias_smoothing);
}

void AdaptiveSoftmax::add_tail(std::int64_t begin, std::int64_t end, std::int64_t width,
                               const OutputShape& shape, std::uint64_t seed) {
  const std::string name = "tail" + std::to_string(tails.size() + 1);
  Tail tail;
  tail.begin = begin;
  tail.b = register_parameter("b_" + name, torch::zeros({end - begin}));
  if (tied_.defined()) {
    tails.push_back(tail);
    return;
  }
  const std::int64_t E = head.size(1);
  tail.projection = register_parameter(name + "_projection", torch::zeros({width, E}));
  const double bound = std::sqrt(6.0 / static_cast<double>(E + width));  // Glorot, Bengio 2010
  fill_uniform(tail.projection, bound, seed, name + "_projection");
  tail.weight = register_parameter(name, torch::zeros({end - begin, width}));
  fill_normal(tail.weight, shape.weight_scale, seed, name);
  tails.push_back(tail);
}

void AdaptiveSoftmax::start_biases(double smoothing) {
  const auto order = words_by_count(counts_);
  const auto mass = [&](std::int64_t rank) {
    const auto w = static_cast<std::size_t>(order[static_cast<std::size_t>(rank)]);
    return static_cast<double>(counts_[w]) + smoothing;
  };
  double total = 0;
  for (std::int64_t rank = 0; rank < static_cast<std::int64_t>(order.size()); ++rank)
    total += mass(rank);
  float* bias = b_head.data_ptr<float>();
  for (std::int64_t rank = 0; rank < frequent(); ++rank)
    bias[rank] = static_cast<float>(std::log(mass(rank) / total));
  for (std::size_t i = 0; i < tails.size(); ++i) {
    const auto size = tails[i].b.size(0);
    double sum = 0;
    for (std::int64_t k = 0; k < size; ++k) sum += mass(tails[i].begin + k);
    bias[frequent() + static_cast<std::int64_t>(i)] = static_cast<float>(std::log(sum / total));
    for (std::int64_t k = 0; k < size; ++k)
      tails[i].b.data_ptr<float>()[k] =
          static_cast<float>(std::log(mass(tails[i].begin + k) / sum));
  }
}

void AdaptiveSoftmax::structure_restored() {
  // Not the buffer itself: conversions of the module to other types convert buffers, too.
  const Tensor order = word_order.to(torch::kCPU, torch::kInt64).contiguous();
  const std::int64_t V = order.size(0);
  rank_V_ = torch::full({V}, -1, torch::kInt64);
  for (std::int64_t rank = 0; rank < V; ++rank) {
    const auto w = order.data_ptr<std::int64_t>()[rank];
    if (w < 0 || w >= V || rank_V_.data_ptr<std::int64_t>()[w] != -1)
      throw Error("the word order of the adaptive softmax is not a permutation of the vocabulary");
    rank_V_.data_ptr<std::int64_t>()[w] = rank;
  }
  word_V_ = order.clone();
}

Tensor AdaptiveSoftmax::features(const BodyOutput& body) const {
  const Tensor x_BE =
      body.features.size() == 1 ? body.features[0] : torch::cat(body.features, /*dim=*/1);
  TORCH_CHECK(x_BE.size(1) == head.size(1), "expected features of width ", head.size(1), ", got ",
              x_BE.size(1));
  return x_BE;
}

Tensor AdaptiveSoftmax::ranks(const Tensor& words_B) const {
  return rank_V_.to(words_B.device()).index_select(0, words_B);
}

Tensor AdaptiveSoftmax::head_targets(const Tensor& ranks_B) const {
  Tensor entries_B = ranks_B.clamp_max(frequent());
  for (std::size_t i = 1; i < tails.size(); ++i)
    entries_B = entries_B + (ranks_B >= tails[i].begin).to(torch::kInt64);
  return entries_B;
}

std::int64_t AdaptiveSoftmax::frequent() const {
  return b_head.size(0) - static_cast<std::int64_t>(tails.size());
}

Tensor AdaptiveSoftmax::tied_rows(std::int64_t begin, std::int64_t count) const {
  return tied_.index_select(0, word_V_.narrow(0, begin, count).to(tied_.device()));
}

LinearTerm AdaptiveSoftmax::head_term(const Tensor& x_BE) const {
  return {x_BE, tied_.defined() ? torch::cat({tied_rows(0, frequent()), head}) : head};
}

LinearTerm AdaptiveSoftmax::tail_term(const Tail& tail, const Tensor& x_BE) const {
  if (tied_.defined()) return {x_BE, tied_rows(tail.begin, tail.b.size(0))};
  return {torch::mm(x_BE, tail.projection.t()), tail.weight};
}

Tensor AdaptiveSoftmax::members(const Tail& tail, const Tensor& ranks_B) {
  return ((ranks_B >= tail.begin) & (ranks_B < tail.begin + tail.b.size(0))).nonzero().squeeze(1);
}

Tensor AdaptiveSoftmax::loss(const BodyOutput& body, const Tensor& targets_B) {
  const Tensor x_BE = features(body), ranks_B = ranks(targets_B);
  Tensor loss = linear_cross_entropy({head_term(x_BE)}, b_head, head_targets(ranks_B));
  for (const auto& tail : tails) {
    const Tensor rows_K = members(tail, ranks_B);
    if (rows_K.size(0) == 0) continue;
    const Tensor of_tail =
        linear_cross_entropy({tail_term(tail, x_BE.index_select(0, rows_K))}, tail.b,
                             ranks_B.index_select(0, rows_K) - tail.begin);
    loss = loss +
           of_tail * (static_cast<double>(rows_K.size(0)) / static_cast<double>(targets_B.size(0)));
  }
  return loss;
}

Tensor AdaptiveSoftmax::log_prob(const BodyOutput& body, const Tensor& targets_B) {
  const Tensor x_BE = features(body), ranks_B = ranks(targets_B);
  Tensor log_prob_B = linear_log_prob({head_term(x_BE)}, b_head, head_targets(ranks_B));
  for (const auto& tail : tails) {
    const Tensor rows_K = members(tail, ranks_B);
    if (rows_K.size(0) == 0) continue;
    const Tensor of_tail = linear_log_prob({tail_term(tail, x_BE.index_select(0, rows_K))}, tail.b,
                                           ranks_B.index_select(0, rows_K) - tail.begin);
    log_prob_B = log_prob_B.index_add(0, rows_K, of_tail);
  }
  return log_prob_B;
}

Tensor AdaptiveSoftmax::logits(const BodyOutput& body) {
  const Tensor x_BE = features(body);
  const Tensor head_BH = linear_logits({head_term(x_BE)}, b_head).log_softmax(1);
  std::vector<Tensor> parts{head_BH.narrow(1, 0, frequent())};
  for (std::size_t i = 0; i < tails.size(); ++i) {
    parts.push_back(linear_logits({tail_term(tails[i], x_BE)}, tails[i].b).log_softmax(1) +
                    head_BH.narrow(1, frequent() + static_cast<std::int64_t>(i), 1));
  }
  return torch::cat(parts, 1).index_select(1, rank_V_.to(x_BE.device()));
}

double AdaptiveSoftmax::flops_per_word() const {
  // One multiplication and one addition per weight, in the forward pass and for both gradients.
  double total = 0;
  std::vector<double> mass(tails.size(), 0.0);
  for (std::size_t w = 0; w < counts_.size(); ++w) {
    const auto rank = rank_V_.data_ptr<std::int64_t>()[w];
    const auto weight = static_cast<double>(counts_[w]) + 1;
    total += weight;
    for (std::size_t i = tails.size(); i-- > 0;) {
      if (rank < tails[i].begin) continue;
      mass[i] += weight;
      break;
    }
  }
  const auto E = static_cast<double>(head.size(1));
  double weights = E * static_cast<double>(b_head.size(0));
  for (std::size_t i = 0; i < tails.size(); ++i) {
    const auto& tail = tails[i];
    weights +=
        mass[i] / total *
        (tied_.defined() ? E * static_cast<double>(tail.b.size(0))
                         : static_cast<double>(tail.projection.numel() + tail.weight.numel()));
  }
  return 6.0 * weights;
}

std::shared_ptr<OutputLayer> make_output_layer(const AdaptiveSoftmaxOptions& options,
                                               const OutputShape& shape,
                                               const ModelInputs& inputs) {
  return std::make_shared<AdaptiveSoftmax>(options, shape, inputs);
}

}  // namespace wordbridge
