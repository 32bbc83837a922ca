"""Whether a phrase is the place of an event.

में marks a place nearly always, पर and से only with words for places, and a frame may
claim either for a participant.
"""

from collections.abc import Mapping

from workers.domain.records import Role
from workers.stages.events.arguments.adjuncts import (
    is_locative,
    is_place,
    is_place_name,
)
from workers.stages.events.arguments.candidates import (
    GENITIVE,
    MODIFIER,
    CandidatePhrase,
)
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms

_PLACE_MARKERS = frozenset(lexical.words("case_markers.place"))
_LOCATIVE_ONLY = frozenset(lexical.words("case_markers.locative_only"))
# What things stand on, and what nobody attacks or bans.
_LOCATION_NOUNS = noun_forms("places.locations")


def place_role(tree: Tree, match: Match, phrase: CandidatePhrase) -> Role | None:
    """Return the role of a phrase because it is a place, None if it is not."""
    head, marker = phrase.head, phrase.marker
    roles = match.entry.frame.roles
    if marker == GENITIVE:
        return roles.get("genitive place") if is_place_name(tree, head) else None
    if marker == MODIFIER:
        claimed = roles.get(MODIFIER) not in (None, Role.THEME)
        return Role.PLACE if is_place_name(tree, head) and not claimed else None
    if _is_surely_place(tree, head, marker, roles):
        return Role.PLACE
    if marker not in roles and _is_likely_place(tree, head, marker):
        return Role.PLACE
    return None


def _is_surely_place(
    tree: Tree, head: Word, marker: str, roles: Mapping[str, Role | None]
) -> bool:
    """Return whether it is a place, whatever role the frame gives to its case."""
    match marker:
        case "":
            return is_locative(head)
        case "में":
            return is_locative(head) or is_place_name(tree, head)
        case "पर":
            return head.key in _LOCATION_NOUNS
        case "से":
            return roles.get(marker) is Role.TARGET and is_place(tree, head)
        case _:
            return False


def _is_likely_place(tree: Tree, head: Word, marker: str) -> bool:
    return (
        is_locative(head)
        or marker in _LOCATIVE_ONLY
        or (marker in _PLACE_MARKERS and is_place(tree, head))
    )
