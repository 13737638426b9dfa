#!/usr/bin/env python3
"""Times the training of a Transformer language model in plain PyTorch, of the same size as
`model.type: transformer`: pre-norm layers, GELU, learned positions, tied output rows with a bias,
AdamW. On a GPU with PyTorch's own attention and fused AdamW, in bfloat16 by automatic mixed
precision and compiled if asked for. The text is random, which does not change the speed. Prints
words per second of each part of the run."""
import argparse
import time

import torch
from torch import nn
from torch.nn import functional as F


class Layer(nn.Module):
    def __init__(self, d, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def attention(self, x, mask):
        B, T, d = x.shape
        q, k, v = self.qkv(x).view(B, T, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if x.is_cuda:
            dropout = self.dropout if self.training else 0.0
            mixed = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
            return self.out(mixed.transpose(1, 2).reshape(B, T, d))
        scores = (q / (d / self.heads) ** 0.5) @ k.transpose(-1, -2) + mask
        weights = F.dropout(scores.softmax(-1), self.dropout, self.training)
        return self.out((weights @ v).transpose(1, 2).reshape(B, T, d))

    def forward(self, x, mask):
        x = x + F.dropout(self.attention(self.norm1(x), mask), self.dropout, self.training)
        units = F.gelu(self.up(self.norm2(x)))
        return x + F.dropout(self.down(units), self.dropout, self.training)


class Transformer(nn.Module):
    def __init__(self, V, d, layers, heads, T, dropout):
        super().__init__()
        self.dropout = dropout
        self.C = nn.Embedding(V, d)
        self.positions = nn.Parameter(torch.randn(T, d) * 0.02)
        self.layers = nn.ModuleList(Layer(d, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(d)
        self.b = nn.Parameter(torch.zeros(V))
        nn.init.normal_(self.C.weight, std=0.02)
        self.register_buffer("mask", torch.full((T, T), float("-inf")).triu(1))

    def forward(self, ids):
        x = F.dropout(self.C(ids) + self.positions, self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, self.mask)
        return F.linear(self.norm(x), self.C.weight, self.b)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--vocabulary", type=int, default=10000)
    parser.add_argument("--dim", type=int, default=256)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--sequences", type=int, default=8)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--parts", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--compile", help="mode of torch.compile: default, reduce-overhead or max-autotune")
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    model = Transformer(a.vocabulary, a.dim, a.layers, a.heads, a.length, a.dropout).to(a.device)
    on_gpu = a.device.startswith("cuda")
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, **({"fused": True} if on_gpu else {}))
    ids = torch.randint(a.vocabulary, (a.sequences, a.length + 1)).to(a.device)
    inputs, targets = ids[:, :-1].contiguous(), ids[:, 1:].reshape(-1)

    def loss_of(inputs, targets):
        with torch.autocast(a.device.split(":")[0], torch.bfloat16, enabled=a.bfloat16):
            return F.cross_entropy(model(inputs).view(-1, a.vocabulary), targets)

    compute = torch.compile(loss_of, mode=a.compile) if a.compile else loss_of

    def step():
        loss = compute(inputs, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss

    for _ in range(10 if on_gpu else 1):
        loss = step()
    loss.item()
    for _ in range(a.parts):
        start, steps = time.perf_counter(), 0
        while time.perf_counter() - start < a.seconds:
            loss = step()
            steps += 1
            if on_gpu and steps % 20 == 0:
                loss.item()
        loss.item()
        seconds = time.perf_counter() - start
        print(f"{steps * a.sequences * a.length / seconds:.0f} words/s")


main()
