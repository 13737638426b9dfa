"""Trained language models."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Optional, Union

import numpy as np
from numpy.typing import NDArray

from . import _core, _threads
from ._error import Error
from ._tables import Path

_tensor: Optional[ModuleType] = None  # once a model has needed it


@dataclass(frozen=True, eq=False)
class Score:
    """The tokens of a text and the natural logarithms of their probabilities.

    A word outside of the vocabulary of a model without an unknown symbol has no probability: it is
    in `unknown`, its logarithm is NaN, or it is left out of `tokens` (docs/language-models.md).
    """

    tokens: list[str]
    log_probs: NDArray[np.float64]  # float64 [tokens]
    unknown: list[str]

    @property
    def nats(self) -> float:
        """Minus the sum of the logarithms."""
        total = 0.0
        for log_prob in self.log_probs.tolist():
            if not math.isnan(log_prob):
                total -= log_prob
        return total

    @property
    def perplexity(self) -> float:
        """exp of the mean of -ln P over the tokens that have a probability."""
        scored = int(np.count_nonzero(~np.isnan(self.log_probs)))
        return math.exp(self.nats / scored) if scored else math.nan


class LanguageModel:
    """A language model: the probability of each word of a vocabulary after any words."""

    def __init__(self, model: _core.LanguageModel, path: str):
        self._model = model
        self.path = path

    @property
    def words(self) -> list[str]:
        """The vocabulary, in the order of its ids."""
        return self._model.words()

    def __len__(self) -> int:
        return self._model.size

    def score(self, text: str) -> Score:
        """The probabilities of a text, read as by `wordbridge score` from a file with this content."""
        return Score(**self._model.scores(text))

    def log_probs(self, text: str) -> NDArray[np.float64]:
        """ln P of each token of a text, given all before it: float64 [tokens]."""
        return self.score(text).log_probs

    def next_words(self, context: str, k: int = 10) -> list[tuple[str, float]]:
        """The `k` most probable words after `context`, best first, as (word, P)."""
        if k < 1:
            raise Error(f"k must be at least 1: got {k}")
        return self._model.next_words(context, k)

    def next_log_probs(self, context: str) -> NDArray[np.float64]:
        """ln P of each word after `context`, in the order of `words`: float64 [V]; -inf where P is 0."""
        return self._model.next_log_probs(context)

    def parameters(self) -> dict[str, NDArray[Any]]:
        """The parameters of a network: `wordbridge.parameters` of its run."""
        return parameters(self.path)

    def generate(
        self,
        prompt: str = "",
        length: int = 100,
        *,
        temperature: float = 1.0,
        top_k: int = 0,
        seed: int = 1,
        stop: Union[str, Sequence[str]] = (),
    ) -> str:
        """A continuation of `prompt`, which it does not contain: at most `length` words.

        The same as `wordbridge generate` with these options. `stop`: ends with the first of these.
        """
        if length < 1 or top_k < 0 or seed < 0 or not 0 <= temperature <= 100:
            raise Error(
                "length must be at least 1, top_k and seed at least 0, and the temperature from 0 to 100: "
                f"got {length}, {top_k}, {seed}, {temperature}"
            )
        stop_words = [stop] if isinstance(stop, str) else list(stop)
        return " ".join(self._model.generate(prompt, length, temperature, top_k, seed, stop_words))

    def __repr__(self) -> str:
        return f"<LanguageModel: {len(self):,} words, {self.path}>"


def open_language_model(path: Path) -> LanguageModel:
    """Opens the language model of a run, its model.wb, or an ARPA file.

    Networks need LibTorch, which is loaded then; n-grams and their mixtures do not.
    """
    name = os.fsencode(path)
    module = _with_torch() if _core.needs_torch(name) else _core
    return LanguageModel(module.LanguageModel(name), os.fsdecode(path))


def parameters(run: Path) -> dict[str, NDArray[Any]]:
    """The parameters and buffers of a run's final network, by their names in its module (docs/python.md).

    Read-only views of the checkpoint, which is verified by its checksum and mapped, not copied. Does
    not load LibTorch. Error if the run is incomplete, or its model is not trained by gradients.
    """
    return _core.parameters(os.fsencode(run))


def _with_torch() -> ModuleType:
    global _tensor
    if _tensor is None:
        try:
            from . import _tensor as loaded
        except ImportError as error:
            raise Error(f"the model needs LibTorch, which can't be loaded: {error}") from error
        _threads.add_with_torch(loaded)
        _tensor = loaded
    return _tensor
