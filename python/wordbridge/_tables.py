"""Embedding tables: words and their vectors."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Optional, Union, overload

import numpy as np

from . import _core
from ._error import Error

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Query = Union[str, np.ndarray]


class Words(Sequence[str]):
    """The words of a table in the order of its rows. None is copied before it is asked for."""

    def __init__(self, table: _core.Table):
        self._table = table

    def __len__(self) -> int:
        return self._table.size

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index):
        if isinstance(index, slice):
            begin, end, step = index.indices(len(self))
            if step == 1:
                return self._table.words(begin, end)
            return [self._table.word(i) for i in range(begin, end, step)]
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(f"row {index} of a table of {len(self)} words")
        return self._table.word(position)

    def __iter__(self) -> Iterator[str]:
        block = 4096
        for begin in range(0, len(self), block):
            yield from self._table.words(begin, min(len(self), begin + block))

    def __contains__(self, word: object) -> bool:
        try:
            return isinstance(word, str) and self._table.find(word) >= 0
        except UnicodeEncodeError:  # a surrogate that stands for no byte
            return False

    def index(self, word: str, *bounds: int) -> int:
        if bounds:
            return super().index(word, *bounds)
        row = self._table.find(word)
        if row < 0:
            raise ValueError(f"{word!r} is not in the table")
        return row

    def __repr__(self) -> str:
        first = ", ".join(map(repr, self[:3]))
        return f"<{len(self)} words: {first}{', ...' if len(self) > 3 else ''}>"


class Table:
    """Words and their vectors: `words` [n], `vectors` [n, dim] float32.

    Made by `load`, or from words and a matrix: `Table(["sea", "water"], vectors)`. A matrix that
    is float32 and contiguous is not copied, and must then not be changed.
    """

    def __init__(self, words: Iterable[str], vectors: np.ndarray, origin: str = "Python"):
        matrix = np.ascontiguousarray(vectors, dtype=np.float32)
        self._table = _core.Table.of(list(words), matrix, origin)

    @classmethod
    def _of(cls, table: _core.Table) -> Table:
        made = cls.__new__(cls)
        made._table = table
        return made

    @property
    def words(self) -> Words:
        """The words, in the order of the rows (that of frequency in most files)."""
        return Words(self._table)

    @property
    def vectors(self) -> np.ndarray:
        """The vectors [n, dim]: a read-only view.

        Those of a mapped file (.wbv) are the file's own pages, and are not verified: see `verify`.
        """
        return self._table.vectors

    @property
    def dim(self) -> int:
        """Numbers in a vector."""
        return self._table.dim

    @property
    def shape(self) -> tuple[int, int]:
        return (self._table.size, self._table.dim)

    @property
    def origin(self) -> str:
        """Where the vectors come from: a file, or a run and the embedding of its model."""
        return self._table.origin

    def __len__(self) -> int:
        return self._table.size

    def __contains__(self, word: object) -> bool:
        """Whether the word has a row. Vectors from character n-grams do not count."""
        return word in self.words

    def __getitem__(self, word: Union[str, Iterable[str]]) -> np.ndarray:
        """The vector of a word [dim], or those of several [k, dim].

        A word without a row gets one from its character n-grams if the file has these (fastText).
        KeyError if it has no vector.
        """
        if not isinstance(word, (str, Iterable)):
            raise TypeError(f"a table is indexed by words, not by {type(word).__name__}; its rows are table.vectors[i]")
        if isinstance(word, str):
            row = self._table.find(word)
            if row >= 0:
                return self._table.row(row)
            made = self._table.unseen_vector(word)
            if made is None:
                raise KeyError(word)
            return made
        rows = [self[each] for each in word]
        return np.stack(rows) if rows else np.empty((0, self.dim), np.float32)

    def get(self, word: str, default=None):
        """The vector of a word, or `default`."""
        try:
            return self[word]
        except (KeyError, UnicodeEncodeError):
            return default

    def most_similar(
        self,
        query: Union[Query, Sequence[Query]],
        k: int = 10,
        *,
        negative: Union[None, str, Sequence[str]] = None,
    ) -> list:
        """The `k` words with the largest cosine similarity, best first, as (word, cosine).

        `query` is a word, an expression such as "king - man + woman", or a vector [dim]; words of
        the query are not among its neighbours. With a list of them, the result is a list for each,
        found in one pass over the table. With `negative`, which may be empty, `query` is a word or a
        list of words that are added up, each as a unit vector, and those of `negative` are subtracted.
        """
        k = operator.index(k)
        if k < 1:
            raise Error(f"k must be at least 1: got {k}")
        k = min(k, max(1, len(self)))
        if negative is not None:
            signed = [(word, 1.0) for word in _words(query)] + [(word, -1.0) for word in _words(negative)]
            return self._table.nearest([self._table.query_of_words(signed)], k)[0]
        if isinstance(query, str) or (isinstance(query, np.ndarray) and query.ndim == 1):
            return self._table.nearest([self._query(query)], k)[0]
        return self._table.nearest([self._query(each) for each in query], k)

    def analogy(self, a: str, b: str, c: str, k: int = 10) -> list[tuple[str, float]]:
        """`a` is to `b` as `c` is to ?: the words nearest to b - a + c, as unit vectors (3CosAdd)."""
        return self.most_similar([b, c], k, negative=[a])

    def similarity(self, a: str, b: str) -> float:
        """Cosine similarity of two words. NaN if one of them has no direction, a zero vector."""
        for word in (a, b):
            if not isinstance(word, str):
                raise TypeError(f"similarity takes two words, not {type(word).__name__}")
        return self._table.cosine(self[a], self[b])

    def postprocessed(self, steps: str) -> Table:
        """The table after steps such as "center,normalize" (`wordbridge convert --help` lists them)."""
        return Table._of(self._table.postprocess(steps))

    def verify(self) -> None:
        """Verifies the checksums of a mapped file (.wbv), and that its vectors are finite. Error if it is damaged.

        `table[word]` verifies what it reads, and searches, scores, `postprocessed` and `save`
        verify all; only `vectors` does not. What is verified is not read again.
        """
        self._table.verify()

    def save(self, path: Path, format: str = "") -> None:
        """Writes a file in the format of its ending: .txt, .bin, .wbv, .npy, .safetensors, ..."""
        self._table.save(os.fsencode(path), format)

    def __reduce__(self):
        """For pickle and copy: the words and vectors themselves, not the file that they come from."""
        if self._table.has_unseen:
            raise TypeError("a table whose n-grams give vectors of unseen words can't be pickled; pickle its path")
        return Table, (list(self.words), np.array(self.vectors), self.origin)

    def _query(self, query: Query) -> _core.Query:
        if isinstance(query, str):
            return self._table.query_of_expression(query)
        return self._table.query_of_vector(np.asarray(query, dtype=np.float64))

    def __repr__(self) -> str:
        return f"<Table: {len(self):,} words x {self.dim}, {self.origin}>"

    @classmethod
    def from_gensim(cls, vectors) -> Table:
        """A table of gensim's KeyedVectors (of a model: its `wv`). Its matrix is not copied."""
        return cls(vectors.index_to_key, vectors.vectors, origin=f"gensim {type(vectors).__name__}")

    def to_gensim(self):
        """The same words and vectors as gensim's KeyedVectors. The matrix is copied."""
        from gensim.models import KeyedVectors

        vectors = KeyedVectors(self.dim, count=0)
        vectors.add_vectors(list(self.words), np.array(self.vectors))
        return vectors


def _words(words: Union[str, Sequence[str]]) -> list[str]:
    words = [words] if isinstance(words, str) else list(words)
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"with `negative`, a query is one or several words, not {type(word).__name__}")
    return words


def load(path: Path, *, limit: int = 0, tensor: Optional[str] = None, verify: bool = False) -> Table:
    """The vectors of a run, or a file of vectors in any format, plain or compressed.

    `limit`: only the first words (0: all). `tensor`: the matrix of a safetensors file that has
    several. Error if there are none, or if the file is damaged.

    A mapped file (.wbv) is opened without reading its words and vectors. `verify`: verifies it as
    a whole first, as `Table.verify` does.
    """
    if limit < 0:
        raise Error(f"limit can't be negative: got {limit}")
    return Table._of(_core.Table.load(os.fsencode(path), limit, tensor or "", verify))


def convert(
    source: Path, target: Path, *, format: str = "", limit: int = 0, postprocess: str = "", overwrite: bool = False
) -> None:
    """Writes the vectors of a run or file in the format of another ending.

    An existing file is an Error, unless it may be overwritten.
    """
    if not overwrite and os.path.exists(target):
        raise Error(f"the file already exists: at {os.fsdecode(target)}")
    table = load(source, limit=limit)
    (table.postprocessed(postprocess) if postprocess else table).save(target, format)
