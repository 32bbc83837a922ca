"""How often a phrase is a whole trigger where it occurs, as the taggers' features."""

from collections.abc import Iterator, Mapping, Sequence

LONGEST = 4
"""Words of a phrase."""
_BINS = 5
_OFTEN = 5

Phrases = Mapping[str, tuple[int, int]]
"""Words joined by spaces: as a trigger so often, in all so often."""


def phrases_in(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield first word, number of words and text of every phrase of a sentence."""
    for first in range(len(words)):
        text = ""
        for count, word in enumerate(words[first : first + LONGEST], 1):
            text = f"{text} {word}" if text else word
            yield first, count, text


def phrase_features(
    prefix: str, words: Sequence[str], known: Phrases
) -> list[list[str]]:
    """Return for each word what the phrases tell that begin, run or end there."""
    found: list[list[str]] = [[] for _ in words]
    best = [(0.0, 0)] * len(words)
    for first, count, text in phrases_in(words):
        triggers, occurrences = known.get(text, (0, 0))
        if triggers <= 0:
            continue
        share = triggers / (occurrences + 1)
        best[first] = max(best[first], (share, count))
        level = f"{_bin(share)}{'+' if triggers >= _OFTEN else ''}"
        found[first].append(f"{prefix}B{count}={level}")
        for inside in range(first + 1, first + count):
            found[inside].append(f"{prefix}I{count}.{inside - first}={level}")
        if first + count < len(words):
            found[first + count].append(f"{prefix}E={level}")
    for place, (share, count) in enumerate(best):
        if count:
            found[place].append(f"{prefix}={count}|{_bin(share)}")
    return found


def _bin(share: float) -> int:
    return min(int(share * _BINS), _BINS - 1)
