"""How likely an event of this method is right."""

from collections.abc import Sequence

from workers.stages.events.arguments.spans import ArgumentSpan
from workers.stages.events.lexicon import DEFAULT_WEIGHT, Kind
from workers.stages.events.predicates.matching import Match

# Shares of right events by how they were matched, over the development sentences.
_BY_KIND = {
    Kind.COMPOUND: 0.73,
    Kind.VERB: 0.67,
    Kind.NOUN: 0.67,
    Kind.CARRIED: 0.55,
}
_CARRIED = 0.08
"""Added for an event noun with a light verb."""
_FILLED = 0.1
"""Added where an argument was found."""
_BOUNDS = (0.05, 0.95)


def confidence(match: Match, arguments: Sequence[ArgumentSpan]) -> float:
    """Return the estimated probability that trigger and type are right."""
    value = _BY_KIND[match.entry.kind]
    if match.entry.kind is Kind.NOUN and match.verb is not None:
        value += _CARRIED
    if arguments:
        value += _FILLED
    # A frame's weight is its author's guess, so only half of its distance from the
    # default counts.
    value *= 0.5 + 0.5 * match.entry.frame.weight / DEFAULT_WEIGHT
    low, high = _BOUNDS
    return round(min(high, max(low, value)), 2)
