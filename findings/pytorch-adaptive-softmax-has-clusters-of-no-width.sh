#!/usr/bin/env bash
# With few features, PyTorch's AdaptiveLogSoftmaxWithLoss gives the last clusters no weights: all their words stay equally probable.
#
# Cluster i has features // 4^i dimensions (div_value = 4). That is 0 for the third cluster of a layer of 50 features: matrices of 0 x 50 and
# 100 x 0. Their product is 0 for every word, so each word of the cluster has the same share, and training changes nothing. The
# only sign is the warning "Initializing zero-element tensors is a no-op". The loss still decreases, as the frequent words are learned. In C++ the
# same layer is an error when it is made, "from is out of bounds for float".
#
# Observed with python3-torch 1.13.1+dfsg-4 (Debian 12): after 200 steps that learn one word from each input, the loss is 0.01 in the second
# cluster of 50 words, and 4.61 = ln 100 in the third of 100 words.
# Workaround: choose div_value and cutoffs so that features / div_value^clusters is at least 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# As a system package, because LibTorch needs about a hundred others.
dpkg-query -W libtorch1.13 2>/dev/null | grep -q '1\.13\.1+dfsg-4$' ||
  apt-get install -y --no-install-recommends libtorch1.13=1.13.1+dfsg-4 >/dev/null
apt-get download python3-torch=1.13.1+dfsg-4 python3-typing-extensions=4.4.0-1 python3-numpy=1:1.24.2-1+deb12u1 >/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
ln -s /usr/lib/x86_64-linux-gnu root/usr/lib/ # where python3-torch expects libtorch1.13
export PYTHONPATH=$folder/root/usr/lib/python3/dist-packages

OMP_NUM_THREADS=1 /usr/bin/python3 - 2>warnings <<'PYTHON'
import sys
import torch

torch.manual_seed(1)
layer = torch.nn.AdaptiveLogSoftmaxWithLoss(50, 200, [20, 50, 100])
print("weights of the third cluster:", *(tuple(weight.shape) for weight in layer.tail[2].parameters()))
losses = []
for first in 50, 100:  # the second and the third cluster
    features, words = 5 * torch.eye(50), torch.arange(first, first + 50)
    optimizer = torch.optim.Adam(layer.parameters(), 0.05)
    for _ in range(200):
        optimizer.zero_grad()
        loss = layer(features, words).loss
        loss.backward()
        optimizer.step()
    losses.append(loss.item())
print("loss after training: second cluster %.2f, third %.2f" % tuple(losses))
if not (losses[0] < 0.1 and abs(losses[1] - 4.605) < 0.01):
    sys.exit("changed")
PYTHON
grep -m1 -o 'Initializing zero-element tensors is a no-op' warnings || { echo "changed" >&2 && exit 1; }
