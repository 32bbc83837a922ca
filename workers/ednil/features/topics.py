"""What kinds of event a text is about, from the words that name events."""

from collections import Counter
from collections.abc import Iterable, Mapping

Weights = Mapping[str, Mapping[str, float]]
"""Of a lemma: how often it is the trigger of an event of a subtype, 0 to 1."""

SHOWN = 2
"""So many topics of a text are told."""
_COUNTED = 3
"""A lemma more frequent than this tells no more."""
_NO_TOPIC = "-"


def strengths(lemmas: Iterable[str], weights: Weights) -> dict[str, float]:
    """Return how many events of each subtype the words of a text lead to expect."""
    found: dict[str, float] = {}
    for lemma, count in Counter(lemmas).items():
        for subtype, weight in weights.get(lemma, {}).items():
            found[subtype] = found.get(subtype, 0.0) + weight * min(count, _COUNTED)
    return found


def topics(found: Mapping[str, float], least: float = 0.3) -> tuple[str, ...]:
    """Return the strongest subtypes, `-` where there are not as many."""
    ranked = sorted(found, key=lambda name: (-found[name], name))
    kept = [name for name in ranked[:SHOWN] if found[name] >= least]
    return (*kept, *[_NO_TOPIC] * (SHOWN - len(kept)))
