"""Assign the roles of all events of a sentence."""

from collections.abc import Sequence

from workers.stages.events.arguments.case_roles import role_of
from workers.stages.events.arguments.phrases import candidate_phrases
from workers.stages.events.arguments.spans import (
    ArgumentSpan,
    argument_span,
    merge_adjacent,
    with_listed_names,
)
from workers.stages.events.arguments.unclaimed_adjuncts import assign_unclaimed
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.tree import Tree


def assign_roles(
    tree: Tree, matches: Sequence[Match]
) -> list[tuple[ArgumentSpan, ...]]:
    """Return the arguments of each event, in text order, no two the same."""
    triggers = frozenset(word.index for match in matches for word in match.words)
    found = [_arguments(tree, match, triggers) for match in matches]
    return assign_unclaimed(tree, matches, found)


def _arguments(
    tree: Tree, match: Match, triggers: frozenset[int]
) -> tuple[ArgumentSpan, ...]:
    # The surest phrases come first, so that a later one which overlaps is left out.
    kept: list[ArgumentSpan] = []
    for phrase in candidate_phrases(tree, match, triggers):
        role = role_of(tree, match, phrase)
        span = None if role is None else argument_span(tree, match, role, phrase)
        if span is not None:
            kept += [
                each
                for each in with_listed_names(tree, span)
                if not any(map(each.overlaps, kept))
            ]
    kept.sort(key=lambda span: (span.first, span.role))
    return tuple(merge_adjacent(tree, kept))
