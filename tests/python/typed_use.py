"""Uses every public name of the package as its documentation says. Only checked by mypy, never run (typing_test.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import wordbridge as wb


def tables(path: Path) -> list[tuple[str, float]]:
    table: wb.Table = wb.load(path, limit=10, tensor="C", verify=True)
    rows: NDArray[np.float32] = table.vectors
    words: list[str] = table.words[:3]
    every: wb.Words = table.words
    row: NDArray[np.float32] = table[words[0]]
    several: NDArray[np.float32] = table[words]
    other: NDArray[np.float32] | None = table.get("word")
    size: tuple[int, int] = table.shape
    made = wb.Table(["a", "b"], np.zeros((2, 3)), origin="here")
    made.postprocessed("center").save(path, "text")
    made.verify()
    wb.convert(path, "other.txt", limit=3, postprocess="normalize", overwrite=True)
    vectors: Any = table.to_gensim()
    wb.Table.from_gensim(vectors)
    found: list[tuple[str, float]] = table.most_similar("a", k=3, negative=["b"])
    found += table.most_similar(["a", "c"], negative="b")
    each: list[list[tuple[str, float]]] = table.most_similar(["a", np.ones(3)], k=3)
    found += table.most_similar(row) + table.analogy("a", "b", "c", k=2) + each[0]
    print(table.similarity("a", "b") + size[0] + len(table), table.dim, table.origin, "a" in table, rows, several, other, every)
    print(words.index("a"), table.words.index("a"), list(table.words))
    return found


def scores(table: wb.Table) -> Any:
    found: list[dict[str, Any]] = wb.evaluate(table, similarity=["pairs.tsv"], resamples=10)
    compared: dict[str, Any] = wb.compare({"a": table, "b": "b.bin"}, analogy="questions.txt")
    print(compared["tests"], found[0]["spearman"])
    several: wb.Scores = wb.evaluate("a.bin")
    return several.to_frame()


def models(run: str) -> str:
    model: wb.LanguageModel = wb.open_language_model(run)
    score: wb.Score = model.score("a text")
    values: list[float] = [score.nats, score.perplexity, *score.log_probs, *model.log_probs("a text")]
    after: NDArray[np.float64] = model.next_log_probs("a")
    nearest: list[tuple[str, float]] = model.next_words("a", k=2)
    parameters: dict[str, NDArray[Any]] = model.parameters()
    print(values, after, nearest, parameters == wb.parameters(run), score.tokens, score.unknown, model.path, len(model))
    return model.generate("a", 3, temperature=0.5, top_k=2, seed=1, stop=["."]) + " ".join(model.words)


def trainings(out: Path) -> None:
    def progress(line: dict[str, Any]) -> None:
        print(line["epoch"])

    run: wb.Run = wb.train("a.yaml", out=out, overwrite=True, progress=progress, **{"train.lr": 0.1})
    run = wb.resume(run.path, progress=print)
    results: dict[str, Any] = run.summary
    lines: list[dict[str, Any]] = run.metrics
    print(results, lines, run.complete, run.table().dim, run.language_model().words)


def rest() -> None:
    wb.set_threads(2)
    wb.set_search_memory(1e9)
    try:
        raise wb.Error(wb.__version__)
    except ValueError:
        pass
