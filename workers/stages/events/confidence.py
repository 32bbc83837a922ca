"""How likely an event of this method is right."""

from collections.abc import Sequence

from workers.stages.events.arguments import Filler
from workers.stages.events.lexicon import Kind
from workers.stages.events.match import Match

# Share of right events by how they were matched, on held-out news sentences.
_BY_KIND = {Kind.COMPOUND: 0.75, Kind.VERB: 0.6, Kind.NOUN: 0.65, Kind.CARRIED: 0.75}
_CARRIED = 0.1
"""A light verb makes an event noun surer."""
_FILLED = 0.05
"""So does every argument, up to two."""
_HIGHEST = 0.95


def confidence(match: Match, fillers: Sequence[Filler]) -> float:
    """Return the estimated probability that trigger and type are right."""
    value = _BY_KIND[match.entry.kind] * match.entry.frame.weight / 0.8
    if match.entry.kind is Kind.NOUN and match.verb is not None:
        value += _CARRIED
    value += _FILLED * min(2, len({filler.role for filler in fillers}))
    return round(min(_HIGHEST, max(0.05, value)), 2)
