"""Word embeddings and language models of wordbridge in Python.

    import wordbridge as wb

    table = wb.load("runs/word2vec")                  # a run, or a file in any format
    table["water"]                                    # a row of table.vectors, float32 [dim]
    table.most_similar("water", k=5)                  # [(word, cosine), ...]
    table.analogy("man", "king", "woman")             # man is to king as woman is to ...
    wb.evaluate(table, similarity="dataset:ws-353")   # scores with their intervals and coverage

    model = wb.open_language_model("runs/nplm")
    model.score("the sea is deep .").perplexity
    model.next_words("the sea is", k=3)               # [(word, P), ...]

    run = wb.train("experiments/quickstart/nplm.yaml", out="runs/nplm", **{"train.epochs": 2})

Everything here gives the same numbers as the command `wordbridge`.
"""

import pathlib as _pathlib
import sys as _sys

try:
    from . import _core
except ImportError as _error:
    _built = sorted(file.name for file in _pathlib.Path(__file__).parent.glob("_core*.so"))
    _running = f"{_sys.implementation.cache_tag}, {_sys.executable}"
    raise ImportError(
        f"{_error}. The package works with the Python for which it was built: expected that of "
        f"{', '.join(_built) or 'a build (there is none)'}, got {_running}"
    ) from None
from ._error import Error
from ._evaluation import Scores, compare, evaluate
from ._language_models import LanguageModel, Score, open_language_model, parameters
from ._tables import Table, Words, convert, load
from ._threads import set_threads
from ._training import Run, resume, train

__version__ = _core.version()
__all__ = [
    "Error",
    "LanguageModel",
    "Run",
    "Score",
    "Scores",
    "Table",
    "Words",
    "compare",
    "convert",
    "evaluate",
    "load",
    "open_language_model",
    "parameters",
    "resume",
    "set_search_memory",
    "set_threads",
    "train",
]


def set_search_memory(size: float) -> None:
    """Sets the memory in bytes that a table may take for faster searches; 0: none. Default: 4e9.

    The second `most_similar` of a table rounds its vectors to 8 bits, a quarter of their size and
    16 bytes for each word, if that is not more. Applies to tables that were not searched before.
    Results do not depend on it.
    """
    if not size >= 0:
        raise Error(f"a size can't be negative: got {size}")
    _core.set_search_memory(size)
