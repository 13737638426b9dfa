#!/usr/bin/env bash
# LibTorch's torch::load(module, file) reads a file of a module of another size without a message: the weights get the sizes of the file,
# the module's options keep theirs.
#
# Python's load_state_dict reports a "size mismatch". In C++ each parameter is replaced by the tensor of that name in the file, whatever its
# sizes. An embedding of 10 words then looks up the 90th of 100, and a linear layer of 2 outputs returns 5. A program that builds
# its model from the wrong configuration notices nothing as long as the layers still fit together, and what depends on the options
# (a vocabulary, a loop over out_features) is silently wrong.
#
# Observed with libtorch-dev 1.13.1+dfsg-4 and g++ 12.2.0 (Debian 12).
# Workaround: keep the sizes of named_parameters() and compare them after loading.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# As a system package, because LibTorch needs about a hundred others.
dpkg-query -W libtorch-dev 2>/dev/null | grep -q '1\.13\.1+dfsg-4$' ||
  apt-get install -y --no-install-recommends g++ libtorch-dev=1.13.1+dfsg-4 >/dev/null
cat >load.cpp <<'CPP'
#include <iostream>
#include <torch/nn/modules/embedding.h>
#include <torch/nn/modules/linear.h>
#include <torch/serialize.h>

int main() {
  torch::save(torch::nn::Embedding(100, 4), "embedding.pt");
  torch::save(torch::nn::Linear(4, 5), "linear.pt");

  torch::nn::Embedding embedding(10, 4);
  torch::nn::Linear linear(4, 2);
  torch::load(embedding, "embedding.pt");
  torch::load(linear, "linear.pt");

  const auto vector = embedding(torch::tensor({90}));
  std::cout << "Embedding(" << embedding->options.num_embeddings() << ", 4) has weights of " << embedding->weight.sizes()
            << "; Linear(4, " << linear->options.out_features() << ") returns " << linear(vector).sizes() << "\n";
  return embedding->options.num_embeddings() != 10 || embedding->weight.size(0) != 100 ||
         linear->options.out_features() != 2 || linear(vector).size(1) != 5;
}
CPP
g++ -std=c++17 -O0 -I /usr/include/torch/csrc/api/include load.cpp -o load -ltorch -ltorch_cpu -lc10
./load || { echo "changed" >&2 && exit 1; }
