"""Word vectors in Python: train, look, score. docs/python.md explains the steps.

    PYTHONPATH=build/release/python python3 examples/embeddings.py experiments/quickstart/nplm.yaml FOLDER

The cells (# %%) are those of an editor that runs Python files in parts, such as VS Code or Spyder.
"""

# %% Train two models on the same text
import sys
from pathlib import Path

import numpy as np

import wordbridge as wb

# The configuration and a new folder: from the command line, or, in cells, those named here.
named = sys.argv[1:] if Path(sys.argv[0]).name == "embeddings.py" else ["experiments/quickstart/nplm.yaml", "example"]
config, folder = map(Path, named)
settings = {"data.vocabulary.max_size": 2000, "train.epochs": 0.2}
network = wb.train(config, out=folder / "nplm", progress=print, **settings)
pca = wb.train(config, out=folder / "pca", **settings, **{"model.type": "pca"})

# %% The vectors are NumPy arrays
table = pca.table()
print(table)
unit = table.vectors / np.linalg.norm(table.vectors, axis=1, keepdims=True)
water = table.words.index("water")
assert np.isclose(unit[water] @ unit[table.words.index("sea")], table.similarity("water", "sea"), atol=1e-5)

# %% Neighbours: of one word, of many at once, of an expression
print(table.most_similar("water", k=5))
for word, found in zip(table.words[:3], table.most_similar(table.words[:3], k=3)):
    print(word, [neighbour for neighbour, _ in found])
print(table.analogy("man", "men", "woman", k=3))

# %% Scores, with intervals and coverage, and a paired test of the two models
pairs = folder / "pairs.tsv"
pairs.write_text("water\tsea\t9\nwater\triver\t8\nwater\tmoney\t2\nman\twoman\t8\nman\twater\t1\n")
for score in wb.evaluate(table, similarity=str(pairs)):
    print(score["name"], score["spearman"], score["used"], "of", score["total"])
print(wb.compare({"pca": table, "nplm": network.table()}, similarity=str(pairs))["tests"])

# %% The network is also a language model
model = network.language_model()
text = "a body of water ."
print(text, model.score(text).perplexity)
print(model.next_words("a body of", k=5))
print(model.generate("a body of", length=10, temperature=0.7, seed=1))
