"""Linear-chain conditional random fields, run by numpy (Lafferty et al. 2001).

A word's features are rows of a table of weights, one column per tag; their sum and the
weights of tag after tag give every sequence of tags a score. Sentences of a text go
through the recurrences together, as long as the longest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Weights of features, for the tags of one model or of several side by side."""

    rows: Mapping[str, int] = field(repr=False)
    """Row of each feature; one that is not there is not known."""
    weights: Array = field(repr=False)
    """Features by tags."""

    def sums(self, items: Sequence[Sequence[str]]) -> Array:
        """Return items by tags: the sums of the weights of each item's features."""
        row = self.rows.get
        known = [[n for name in item if (n := row(name)) is not None] for item in items]
        counts = np.fromiter(map(len, known), dtype=np.int64, count=len(known))
        sums = np.zeros((len(items), self.weights.shape[1]), dtype=np.float32)
        some = counts > 0
        if some.any():
            taken = self.weights[list(chain.from_iterable(known))].astype(np.float32)
            starts = np.concatenate(([0], np.cumsum(counts[some])[:-1]))
            sums[some] = np.add.reduceat(taken, starts, axis=0)
        return sums


@dataclass(frozen=True, slots=True)
class Passes:
    """What the recurrences tell of one sentence, in logarithms but for the shares."""

    forward: Array
    """Words by tags: of all ways to a tag at a word, with the word."""
    backward: Array
    """Words by tags: of all ways on from there, without the word."""
    total: float
    """Of all ways."""
    shares: Array
    """Words by tags: the probability of each."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Tags that follow one another."""

    tags: tuple[str, ...]
    transitions: Array = field(repr=False)
    """From tag, to tag."""

    def best(self, sentences: Sequence[Array]) -> list[list[int]]:
        """Return the best sequence of tags of each sentence, given its scores."""
        if not sentences:
            return []
        padded, lengths = _padded(sentences)
        texts = np.arange(len(sentences))
        back = np.zeros(padded.shape, dtype=np.int16)
        score = padded[:, 0]
        ends = [score]
        for step in range(1, padded.shape[1]):
            ways = score[:, :, None] + self.transitions
            back[:, step] = ways.argmax(1)
            score = ways.max(1) + padded[:, step]
            ends.append(score)
        last = np.stack(ends, 1)[texts, lengths - 1].argmax(1)
        out = []
        for text, tag in enumerate(last.tolist()):
            path = [tag]
            for step in range(int(lengths[text]) - 1, 0, -1):
                path.append(int(back[text, step, path[-1]]))
            out.append(path[::-1])
        return out

    def passes(self, sentences: Sequence[Array]) -> list[Passes]:
        """Return what the recurrences tell of each sentence, given its scores."""
        if not sentences:
            return []
        padded, lengths = _padded(sentences)
        longest = padded.shape[1]
        forward = np.empty_like(padded)
        backward = np.zeros_like(padded)
        forward[:, 0] = padded[:, 0]
        for step in range(1, longest):
            ways = forward[:, step - 1, :, None] + self.transitions
            forward[:, step] = _log_sum(ways, 1) + padded[:, step]
        for step in range(longest - 2, -1, -1):
            ways = self.transitions + (padded + backward)[:, step + 1, None, :]
            inside = (step + 1 < lengths)[:, None]
            backward[:, step] = np.where(inside, _log_sum(ways, 2), 0.0)
        both = forward + backward
        shares = np.exp(both - _log_sum(both, 2)[:, :, None])
        totals = _log_sum(forward[np.arange(len(lengths)), lengths - 1], 1)
        return [
            Passes(
                forward[n, :end], backward[n, :end], float(totals[n]), shares[n, :end]
            )
            for n, end in enumerate(lengths.tolist())
        ]

    def marginals(self, sentences: Sequence[Array]) -> list[Array]:
        """Return for each sentence the probability of each tag at each word."""
        return [each.shares for each in self.passes(sentences)]


def _padded(sentences: Sequence[Array]) -> tuple[Array, Array]:
    lengths = np.array([len(each) for each in sentences])
    tags = sentences[0].shape[1]
    padded = np.zeros((len(sentences), int(lengths.max()), tags), dtype=np.float32)
    for number, each in enumerate(sentences):
        padded[number, : len(each)] = each
    return padded, lengths


def _log_sum(values: Array, axis: int) -> Array:
    top = values.max(axis)
    total: Array = np.log(np.exp(values - np.expand_dims(top, axis)).sum(axis)) + top
    return total
