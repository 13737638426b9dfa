#!/usr/bin/python3
"""The PyTorch baseline: the NPLM of Bengio et al. 2003 as it is usually written in PyTorch (eager, float32).

Trains on random ids with plain SGD, because only the speed is measured, and the cost of a step does not
depend on the words. Prints one line of JSON: words per second of each timed block of steps, and GFLOP/s of
PyTorch's product of two large matrices, timed after each block (the sgemm peak of the machine). Requires
Debian's python3-torch.
"""
import argparse
import json
import time

import torch
from torch import nn


class Nplm(nn.Module):
    def __init__(self, vocab, context, dim, hidden, direct):
        super().__init__()
        features = context * dim
        self.C = nn.Embedding(vocab, dim)
        self.H = nn.Linear(features, hidden)
        self.U = nn.Linear(hidden, vocab)
        self.W = nn.Linear(features, vocab, bias=False) if direct else None

    def forward(self, ids):
        x = self.C(ids).flatten(1)
        y = self.U(torch.tanh(self.H(x)))
        return y if self.W is None else y + self.W(x)


def sgemm_gflops(size=2048):
    a, b = torch.rand(size, size), torch.rand(size, size)
    torch.mm(a, b)
    start = time.perf_counter()
    torch.mm(a, b)
    return 2 * size**3 / (time.perf_counter() - start) * 1e-9


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--vocab", type=int, required=True)
    parser.add_argument("--context", type=int, default=4)
    parser.add_argument("--dim", type=int, required=True)
    parser.add_argument("--hidden", type=int, required=True)
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--steps", type=int, default=10, help="steps per block")
    parser.add_argument("--blocks", type=int, default=3)
    a = parser.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(a.threads)
    model = Nplm(a.vocab, a.context, a.dim, a.hidden, a.direct)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def step():
        ids = torch.randint(a.vocab, (a.batch, a.context))
        targets = torch.randint(a.vocab, (a.batch,))
        loss = nn.functional.cross_entropy(model(ids), targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    for _ in range(3):
        step()
    rates, peaks = [], []
    for _ in range(a.blocks):
        start = time.perf_counter()
        for _ in range(a.steps):
            step()
        rates.append(a.steps * a.batch / (time.perf_counter() - start))
        peaks.append(sgemm_gflops())
    print(json.dumps({"name": "PyTorch " + torch.__version__, "words_per_s": rates, "sgemm_gflops": peaks}))


if __name__ == "__main__":
    main()
