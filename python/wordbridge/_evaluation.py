"""Scores of embedding tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Union

from . import _core
from ._tables import Path, Table, load
from ._values import json_of


class Scores(list[dict[str, Any]]):
    """The scores of a table: a list of dicts, each with `task`, `name`, its scores and coverage."""

    def to_frame(self) -> Any:
        """A pandas DataFrame with one line for each dict."""
        pandas: Any = import_module("pandas")
        return pandas.json_normalize(list(self))


def evaluate(table: Union[Table, Path], **options: Any) -> Scores:
    """Scores a table, or the vectors of a run or file.

    The options are those of the section `eval` of a configuration (`wordbridge keys`), such as
    `similarity="dataset:ws-353"`, `analogy=["questions.txt"]`, `case="insensitive"`,
    `resamples=1000`. Error if none names a benchmark.
    """
    return Scores(json.loads(_core.evaluate(_table(table)._table, _section(options))))


def compare(tables: Mapping[str, Union[Table, Path]], **options: Any) -> dict[str, Any]:
    """Paired bootstrap tests of all pairs of tables on the items that both use.

    `tables`: by name. The options are those of `evaluate`. Returns `runs` (the names, to whose places
    `first` and `second` of a test refer), `tests`, `not_compared` and `notes`, as
    `wordbridge eval --compare --json` does (docs/comparing.md).
    """
    if not isinstance(tables, Mapping):
        raise TypeError(f"compare takes tables by name, {{name: table}}, not {type(tables).__name__}")
    named = [(name, _table(table)._table) for name, table in tables.items()]
    runs = [{"label": name} for name, _ in named]
    return {"runs": runs, **json.loads(_core.compare(named, _section(options)))}


def _section(options: Mapping[str, Any]) -> bytes:
    return json_of({"eval": options}).encode("utf-8", "surrogateescape")


def _table(table: Union[Table, Path]) -> Table:
    return table if isinstance(table, Table) else load(table)
