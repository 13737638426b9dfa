#!/usr/bin/env bash
# LibTorch's AdaptiveLogSoftmaxWithLoss returns its loss as a number without a gradient: added to another loss, it is not minimised.
#
# In Python the loss of torch.nn.AdaptiveLogSoftmaxWithLoss is a tensor, and loss.backward() trains the layer. In C++ the field
# ASMoutput::loss has the type double. "loss + layer(x, y).loss" compiles, has the right value and changes no weight of
# the layer, as if it were frozen. Only the log probabilities in the field output have a gradient.
#
# Observed with libtorch-dev 1.13.1+dfsg-4 and g++ 12.2.0 (Debian 12): no gradient from loss, a gradient from output.
# Workaround: minimise -layer(x, y).output.mean(), which is the same value.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# As a system package, because LibTorch needs about a hundred others.
dpkg-query -W libtorch-dev 2>/dev/null | grep -q '1\.13\.1+dfsg-4$' ||
  apt-get install -y --no-install-recommends g++ libtorch-dev=1.13.1+dfsg-4 >/dev/null
cat >train.cpp <<'CPP'
#include <iostream>
#include <torch/nn/modules/adaptive.h>

int main() {
  torch::nn::Linear body(32, 32);
  torch::nn::AdaptiveLogSoftmaxWithLoss layer(torch::nn::AdaptiveLogSoftmaxWithLossOptions(32, 20, {5, 10}));
  const auto features = body(torch::ones({3, 32}));
  const auto words = torch::tensor({1, 6, 15});

  const auto result = layer(features, words);
  const torch::Tensor penalty = body->weight.pow(2).sum();
  (penalty + result.loss).backward({}, /*retain_graph=*/true);
  const bool from_loss = layer->head->weight.grad().defined();
  (penalty - result.output.mean()).backward();
  const bool from_output = layer->head->weight.grad().defined();

  std::cout << "loss: " << result.loss << ", -output.mean(): " << -result.output.mean().item<float>() << "\n"
            << "gradient of the layer's weights from loss: " << (from_loss ? "yes" : "none")
            << "; from output: " << (from_output ? "yes" : "none") << "\n";
  return from_loss || !from_output;
}
CPP
g++ -std=c++17 -O0 -I /usr/include/torch/csrc/api/include train.cpp -o train -ltorch -ltorch_cpu -lc10
./train || { echo "changed" >&2 && exit 1; }
