"""Times and places that the parse gives to no event, given to the nearest one.

Adverbials at the beginning of a clause are often attached amiss; where the case says
that something happened then or there, it is the next event of the same clause.
"""

from collections.abc import Iterator, Sequence

from workers.domain.records import Role
from workers.stages.events.arguments.adjuncts import is_place_name, is_time_name
from workers.stages.events.arguments.spans import ArgumentSpan
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical

_FARTHEST_ADJUNCT = 12
"""Words between a time or place and the event that it may belong to."""
_CLAUSE_ENDS = lexical.keys("sentence_ends.danda", "sentence_ends.semicolon")


def assign_unclaimed(
    tree: Tree, matches: Sequence[Match], found: Sequence[tuple[ArgumentSpan, ...]]
) -> list[tuple[ArgumentSpan, ...]]:
    """Return the arguments of each event with the adjuncts that no event has."""
    claimed = {
        at for spans in found for span in spans for at in range(span.first, span.end)
    }
    assigned = list(found)
    for span in _adjuncts(tree):
        if not claimed.isdisjoint(range(span.first, span.end)):
            continue
        event = nearest_event(tree, span, matches, assigned)
        if event is not None:
            spans = (*assigned[event], span)
            assigned[event] = tuple(sorted(spans, key=lambda each: each.first))
    return assigned


def _adjuncts(tree: Tree) -> Iterator[ArgumentSpan]:
    """Yield the times and places whose case says that something happened there."""
    for word in tree.words:
        role = _adjunct_role(tree, word)
        if role is not None:
            first, end = tree.entity_bounds(word)
            if end == word.index + 1:  # its last word, so each entity comes once
                yield ArgumentSpan(role, first, end, word, "near by")


def _adjunct_role(tree: Tree, word: Word) -> Role | None:
    if is_time_name(tree, word) and tree.marker(word) in ("को", "में"):
        return Role.TIME
    if is_place_name(tree, word) and tree.marker(word) == "में":
        return Role.PLACE
    return None


def nearest_event(
    tree: Tree,
    span: ArgumentSpan,
    matches: Sequence[Match],
    found: Sequence[tuple[ArgumentSpan, ...]],
) -> int | None:
    """Return which event an adjunct before it belongs to, None if to none."""
    for number, match in enumerate(matches):
        if match.first <= span.end:
            continue
        between = tree.words[span.end : match.first]
        filled = any(each.role is span.role for each in found[number])
        apart = len(between) > _FARTHEST_ADJUNCT or any(map(_ends_clause, between))
        return None if filled or apart else number
    return None


def _ends_clause(word: Word) -> bool:
    return word.key == "कि" or word.form in _CLAUSE_ENDS or word.is_main_verb
