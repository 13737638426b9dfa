#include "models/layers/in_parts.h"

#include <ATen/ATen.h>
#include <torch/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>

#include <algorithm>
#include <optional>

#include "core/index.h"
#include "core/io/hash.h"
#include "core/threads.h"
#include "models/layers/random_seed.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

/// One part of the examples, with its own graph.
struct Part {
  std::int64_t begin = 0, size = 0;
  Tensor x, y;
};

std::vector<Part> parts_of(std::int64_t examples) {
  const std::int64_t count = std::min(kParts, examples);
  std::vector<Part> parts(at(count));
  for (std::int64_t i = 0; i < count; ++i) {
    parts[at(i)].begin = examples * i / count;
    parts[at(i)].size = examples * (i + 1) / count - parts[at(i)].begin;
  }
  return parts;
}

/// The gradient of in_parts(): of x and of the parameters, in this order.
struct PartsBackward : public torch::autograd::Node {
  variable_list apply(variable_list&& outer) override {
    const auto count = static_cast<std::int64_t>(parts.size());
    std::vector<variable_list> gradients(parts.size());
    const bool of_x = should_compute_output(0);
    for_each_block(count, [&](std::int64_t i) {
      Part& part = parts[at(i)];
      variable_list inputs = parameters;
      if (of_x) inputs.push_back(part.x);
      gradients[at(i)] = torch::autograd::grad(
          {part.y}, inputs, {outer[0].narrow(0, part.begin, part.size)},
          /*retain_graph=*/false, /*create_graph=*/false, /*allow_unused=*/true);
      part.y = Tensor();  // releases the graph
    });
    variable_list sums(parameters.size() + 1);
    if (of_x) {
      std::vector<Tensor> of_parts;
      for (auto& gradient : gradients) of_parts.push_back(std::move(gradient.back()));
      sums[0] = at::cat(of_parts, 0);
    }
    for_each_block(static_cast<std::int64_t>(parameters.size()), [&](std::int64_t j) {
      const torch::NoGradGuard no_grad;
      Tensor sum;
      for (auto& gradient : gradients) {
        if (!gradient[at(j)].defined()) continue;
        if (sum.defined())
          sum += gradient[at(j)];
        else
          sum = gradient[at(j)].clone();
      }
      sums[at(j + 1)] = sum;
    });
    return sums;
  }
  void release_variables() override { parts.clear(); }

  std::vector<Part> parts;
  variable_list parameters;
};

}  // namespace

Tensor in_parts(const Tensor& x, const std::vector<Tensor>& parameters,
                std::function<Tensor(const Tensor& x)> f) {
  if (!x.device().is_cpu()) return f(x);
  const bool with_gradient = torch::GradMode::is_enabled();
  const std::uint64_t seed = draw_seed();
  auto parts = parts_of(x.size(0));
  for_each_block(static_cast<std::int64_t>(parts.size()), [&](std::int64_t i) {
    const torch::AutoGradMode mode(with_gradient);
    const SeedScope seeds(mix(seed, static_cast<std::uint64_t>(i)));
    Part& part = parts[at(i)];
    part.x = x.detach().narrow(0, part.begin, part.size);
    if (with_gradient) part.x.requires_grad_(x.requires_grad());
    part.y = f(part.x);
  });
  std::vector<Tensor> values;
  for (const auto& part : parts) values.push_back(part.y.detach());
  Tensor y = at::cat(values, 0);
  variable_list inputs = {x};
  inputs.insert(inputs.end(), parameters.begin(), parameters.end());
  if (!with_gradient || !torch::autograd::compute_requires_grad(inputs)) return y;
  const auto node =
      std::shared_ptr<PartsBackward>(new PartsBackward(), torch::autograd::deleteNode);
  node->set_next_edges(torch::autograd::collect_next_edges(inputs));
  node->parts = std::move(parts);
  node->parameters = parameters;
  torch::autograd::set_history(y, node);
  return y;
}

}  // namespace wordbridge
