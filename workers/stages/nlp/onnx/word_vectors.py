"""The rows that networks read for words, made once per word and kept.

A word's row depends on its letters alone, and news repeats its words: most rows are
found and not computed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.stages.nlp.onnx.network import Network, buckets, by_length
from workers.stages.nlp.onnx.package import ROOT, UNKNOWN, Vectors, index

Array = NDArray[Any]

ROOT_FORM = ""
"""Stands for the root of a sentence; no word is empty."""
_CELLS = 2048
"""Characters at once."""
_FIRST_ROWS = 4096


@dataclass(frozen=True, slots=True)
class UniqueWords:
    """A string for every word, each different one held once."""

    units: list[str]
    rows: Array
    """Where in `units` each word's string stands."""

    @classmethod
    def of(cls, strings: Sequence[str]) -> "UniqueWords":
        """Gather the different ones, in the order of their first."""
        rows: dict[str, int] = {}
        of_each = [rows.setdefault(string, len(rows)) for string in strings]
        return cls(list(rows), np.array(of_each, np.int64))

    def expand(self) -> list[str]:
        """Return the string of every word."""
        units = self.units
        return [units[row] for row in self.rows.tolist()]


class WordRows:
    """Rows of words for one network; at most about `limit` are kept."""

    def __init__(
        self,
        network: Network,
        vectors: Vectors,
        characters: Sequence[str],
        row_of: Callable[[str, int], int],
        limit: int,
    ) -> None:
        """Take how a word and its vector's row give the row of the own vocabulary."""
        self._network = network
        self._vectors = vectors
        self._characters = index(list(characters))
        self._row_of = row_of
        self._limit = limit
        self._places: dict[str, int] = {}
        self.table: Array = np.zeros((0, 0), np.float32)
        """Row 0 is of no word: zeros, for padding."""

    def places(self, forms: Sequence[str]) -> Array:
        """Return where in `table` the rows of words stand, until the next call."""
        if len(self._places) > self._limit:
            self._places = {}
        places = self._places
        new = [form for form in forms if form not in places]
        if new:
            new = list(dict.fromkeys(new))  # two words may have been made one
            rows = self._compute(new)
            start = len(places) + 1
            self._store(start, rows)
            places.update(zip(new, range(start, start + len(new)), strict=True))
        return np.array([places[form] for form in forms], np.int64)

    def _store(self, start: int, rows: Array) -> None:
        end = start + len(rows)
        if end > len(self.table):
            size = max(end, 2 * len(self.table), min(self._limit, _FIRST_ROWS))
            grown = np.zeros((size, rows.shape[1]), np.float32)
            if start > 1:
                grown[:start] = self.table[:start]
            self.table = grown
        self.table[start:end] = rows

    def _compute(self, forms: list[str]) -> Array:
        keys = [self._keys(form) for form in forms]
        order = by_length([len(characters) for characters, _, _ in keys])
        keys = [keys[place] for place in order]
        letters = np.array(
            [c for characters, _, _ in keys for c in characters], np.int64
        )
        vectors = [vector for _, vector, _ in keys]
        own = np.array([word for _, _, word in keys], np.int64)
        parts = []
        for bucket in buckets([len(characters) for characters, _, _ in keys], _CELLS):
            words = slice(bucket.first, bucket.first + len(bucket.lengths))
            given = {
                "characters": bucket.spread(letters),
                "lengths": bucket.lengths,
                "vector": self._vectors.read(vectors[words]),
            }
            if "word" in self._network.inputs:
                given["word"] = own[words]
            parts.append(self._network(**given)[0])
        computed = np.concatenate(parts)
        rows = np.empty_like(computed)
        rows[order] = computed
        return rows

    def _keys(self, form: str) -> tuple[list[int], int, int]:
        """Return the rows of a word's characters, of its vector, and its own."""
        if form == ROOT_FORM:
            return [ROOT], ROOT, ROOT
        known = self._characters
        vector = self._vectors.row(form)
        characters = [known.get(character, UNKNOWN) for character in form]
        return characters, vector, self._row_of(form, vector)
