#!/usr/bin/env python3
"""Times what `wordbridge align SOURCE TARGET --test-share S` computes, with numpy: the map by
orthogonal Procrustes, r(z) of all target words, and the nearest target words by CSLS of the tested
words. SOURCE, TARGET: word2vec binary files with the same words in the same order.

Prints seconds for the map, for the matrix products of r(z) alone, and for r(z) with the selection
of the 10 largest. Reading is not timed."""
import sys
import time

import numpy as np


def read_rows(path, limit):
    with open(path, "rb") as file:
        count, dim = map(int, file.readline().split())
        count = min(count, limit)
        rows = np.empty((count, dim), np.float32)
        for i in range(count):
            while file.read(1) not in (b" ", b""):
                pass
            rows[i] = np.frombuffer(file.read(4 * dim), np.float32)
            file.read(1)
    return rows


def prepared(rows):
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    rows -= rows.mean(axis=0)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def main():
    source, target, limit, tested = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    block, neighbors = int(sys.argv[5]) if len(sys.argv) > 5 else 512, 10
    x, z = read_rows(source, limit), read_rows(target, limit)
    start = time.perf_counter()
    x, z = prepared(x), prepared(z)
    u, _, vt = np.linalg.svd(x.T @ z)
    x = x @ (u @ vt)
    print(f"map {time.perf_counter() - start:.1f} s")

    start = time.perf_counter()
    for first in range(0, len(z), block):
        z[first : first + block] @ x.T
    print(f"products {time.perf_counter() - start:.1f} s")

    start = time.perf_counter()
    r = np.empty(len(z), np.float32)
    for first in range(0, len(z), block):
        products = z[first : first + block] @ x.T
        products.partition(len(x) - neighbors, axis=1)
        r[first : first + block] = products[:, -neighbors:].mean(axis=1)
    print(f"products and selection {time.perf_counter() - start:.1f} s")

    start = time.perf_counter()
    found = 0
    for first in range(0, tested, block):
        last = min(first + block, tested)
        scores = 2 * (x[first:last] @ z.T) - r
        found += np.sum(scores.argmax(axis=1) == np.arange(first, last))
    print(f"nearest by CSLS {time.perf_counter() - start:.1f} s, P@1 {found / tested:.3f}")


main()
