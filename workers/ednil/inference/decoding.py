"""Decode the scores of words' tags to spans."""

from collections.abc import Sequence

import numpy as np

from workers.ednil.inference.crf import Array, Chain
from workers.ednil.inference.spans import SentenceSpans, spans_of

_LEAST = 1e-4
"""Probabilities nearer to 0 or 1 are taken for this."""


def log_odds(chance: float) -> float:
    """Return the log odds of a probability."""
    chance = min(max(chance, _LEAST), 1 - _LEAST)
    return float(np.log(chance / (1 - chance)))


def find_spans(chain: Chain, sums: Sequence[Array]) -> list[SentenceSpans]:
    """Return the spans of each sentence, and the log odds of each.

    *sums* are those of each sentence's words. The odds are those of the word of the
    span whose tag is the least sure.
    """
    longest_last = sorted(range(len(sums)), key=lambda number: len(sums[number]))
    ordered = [sums[number] for number in longest_last]
    paths = chain.best(ordered)
    found: list[SentenceSpans] = [([], []) for _ in sums]
    tagged = []
    for number, path in zip(longest_last, paths, strict=True):
        spans = list(spans_of([chain.tags[tag] for tag in path]))
        if spans:
            found[number][0].extend(spans)
            tagged.append((number, path))
    shares = chain.marginals([sums[number] for number, _ in tagged])
    for (number, path), share in zip(tagged, shares, strict=True):
        right = share[np.arange(len(path)), path]
        for _, first, end in found[number][0]:
            found[number][1].append(log_odds(float(right[first:end].min())))
    return found
