"""Whether the sentence says that an event happened, or that it did not."""

from workers.domain.records import EventType, Polarity
from workers.stages.events.attributes.government import shares_tense
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.tree import Tree
from workers.stages.text import lexical

# Nouns of refusal: what stands before them with से did not happen.
_REFUSALS = lexical.keys("modality.refusal")
# What one refuses to do is no accusation or request that was not made.
_UNDENIABLE = frozenset({EventType.ACCUSE, EventType.REQUEST})


def polarity(tree: Tree, match: Match) -> Polarity:
    """Return negative where the sentence says that it did not or will not happen."""
    negative = (
        _has_negated_verb(tree, match)
        or tree.marker(match.words[-1]) == "के बिना"
        or _is_refused(tree, match)
    )
    return Polarity.NEGATIVE if negative else Polarity.POSITIVE


def _has_negated_verb(tree: Tree, match: Match) -> bool:
    if match.verb is not None:
        return tree.verb_group(match.verb).negative
    above = match.head.governing_verb()
    return (
        above is not None
        and shares_tense(tree, match.head, above)
        and tree.verb_group(above).negative
    )


def _is_refused(tree: Tree, match: Match) -> bool:
    """Return whether a refusal follows: करने से इनकार."""
    last = match.words[-1]
    at = tree.marker_end(last)
    return (
        match.entry.frame.type not in _UNDENIABLE
        and tree.marker(last) == "से"
        and at < len(tree)
        and tree.words[at].key in _REFUSALS
    )
