"""Spans that may be events, each with its probability by the tagger.

The tagger's best path is one reading of a sentence; the spans of all likely readings,
side by side, let rescoring choose between the noun and the noun with its verb.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from workers.ednil.inference.crf import Array, Chain, Passes
from workers.ednil.inference.spans import OUTSIDE, SentenceSpans, WordSpan

LEAST = 0.02
"""Spans less likely than this are left out."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span of a sentence that may be an event."""

    sentence: int
    span: WordSpan
    probability: float
    """That it is an event of this label with exactly these words."""
    touched: float
    """Probability of an event at its likeliest word."""


def find_candidates(chain: Chain, sums: Sequence[Array]) -> list[Candidate]:
    """Return the likely spans of sentences, in text order; *sums* as of `find_spans`.

    The tags of *chain* are OUTSIDE, then B and I of each label in turn.
    """
    some = [number for number, own in enumerate(sums) if _may_hold(own)]
    some.sort(key=lambda number: len(sums[number]))
    none = chain.tags.index(OUTSIDE)
    found = []
    for at in range(0, len(some), _TOGETHER):
        numbers = some[at : at + _TOGETHER]
        passed = chain.passes([sums[number] for number in numbers])
        for number, passes in zip(numbers, passed, strict=True):
            outside = passes.shares[:, none]
            for label, first, end, chance in _spans(chain, sums[number], passes):
                touched = float(1 - outside[first:end].min())
                span = (label, first, end)
                found.append(Candidate(number, span, chance, touched))
    return sorted(found, key=lambda each: (each.sentence, each.span[1:], each.span))


_HOPELESS = -6.0
"""Where every tag of an event scores so far below none there is no span."""
_TOGETHER = 32
"""Sentences of near length go through the recurrences together."""


def _may_hold(sums: Array) -> bool:
    return len(sums) > 0 and bool((sums[:, 1:].max(1) - sums[:, 0]).max() > _HOPELESS)


def _spans(
    chain: Chain, sums: Array, passes: Passes
) -> Iterator[tuple[str, int, int, float]]:
    """Yield label, first word, end and probability of each likely span."""
    steps = chain.transitions
    for tag in range(1, len(chain.tags), 2):
        others = [each for each in range(len(chain.tags)) if each != tag + 1]
        for first in np.flatnonzero(passes.shares[:, tag] >= LEAST).tolist():
            score, last = float(passes.forward[first, tag]), tag
            for end in range(first + 1, len(sums) + 1):
                if end == len(sums):
                    ends = score
                else:
                    after = steps[last] + sums[end] + passes.backward[end]
                    ends = score + float(np.logaddexp.reduce(after[others]))
                chance = float(np.exp(min(ends - passes.total, 0.0)))
                if chance >= LEAST:
                    yield chain.tags[tag][2:], first, end, chance
                if end == len(sums):
                    break
                score += float(steps[last, tag + 1] + sums[end, tag + 1])
                last = tag + 1
                goes_on = score + float(passes.backward[end, last]) - passes.total
                if goes_on < np.log(LEAST):
                    break


def choose(
    found: Sequence[Candidate], odds: Array, least: float, sentences: int
) -> list[SentenceSpans]:
    """Return for each sentence the spans that are events, and the log odds of each.

    The surest is taken first, and none that shares a word with one taken already; odds
    below *least* end it. Spans are in text order.
    """
    taken: list[dict[WordSpan, float]] = [{} for _ in range(sentences)]
    for number in np.argsort(-odds, kind="stable").tolist():
        if odds[number] < least:
            break
        own = taken[found[number].sentence]
        _, first, end = found[number].span
        if not any(start < end and first < stop for _, start, stop in own):
            own[found[number].span] = float(odds[number])
    ordered = [sorted(own.items(), key=lambda each: each[0][1]) for own in taken]
    return [([span for span, _ in own], [n for _, n in own]) for own in ordered]
