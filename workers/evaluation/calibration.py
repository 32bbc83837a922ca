"""How far the confidence of events can be believed: what is claimed, what is right.

After DeGroot and Fienberg (1983) on reliability, and Naeini et al. (2015) on the
expected calibration error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workers.evaluation.event_scores import Item, in_order, matched, words_of

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The events whose confidence lies between two bounds."""

    low: float
    high: float
    events: int
    confidence: float
    """Mean of what was claimed."""
    right: float
    """Share of the events whose trigger and type are right."""


def reliability(gold: Sequence[Item], predicted: Sequence[Item]) -> list[Bin]:
    """Return the bins that hold events, lowest confidence first."""
    claims: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, right in _claims(gold, predicted):
        # an event of confidence 0.6 is in the bin from 0.6; rounding keeps it there
        place = min(int(round(confidence * BINS, 6)), BINS - 1)
        claims[place].append((confidence, right))
    return [
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            events=len(inside),
            confidence=sum(confidence for confidence, _ in inside) / len(inside),
            right=sum(right for _, right in inside) / len(inside),
        )
        for number, inside in enumerate(claims)
        if inside
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance of claim and truth over all events, 0 to 1."""
    events = sum(each.events for each in bins)
    if not events:
        return 0.0
    return (
        sum(each.events * abs(each.confidence - each.right) for each in bins) / events
    )


def _claims(
    gold: Sequence[Item], predicted: Sequence[Item]
) -> Iterator[tuple[float, bool]]:
    found = {item["id"]: item for item in predicted}
    for item in gold:
        guessed = in_order(found.get(item["id"], {}).get("events", ()))
        pairs = matched(words_of(item["text"]), in_order(item["events"]), guessed)
        right = {id(guess) for _, guess in pairs}
        for guess in guessed:
            yield float(guess["confidence"]), id(guess) in right
