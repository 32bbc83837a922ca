"""The role of a phrase by its case: what the frame gives, else what the case means.

The markers of Hindi are ambiguous (पर has the target of an attack and the matter of a
remark, a genitive the doer, the sufferer or a measure), so that the class of the word
decides where the frame cannot.
"""

from collections.abc import Mapping

from workers.domain.records import Role
from workers.stages.events.arguments.adjuncts import (
    is_person,
    is_quantity,
    is_time,
    is_vague_time,
)
from workers.stages.events.arguments.candidates import (
    COMPLEMENT,
    ENTRY_FILLER,
    GENITIVE,
    MODIFIER,
    OBJECT,
    SECOND_OBJECT,
    SUBJECT,
    UNDERGOER,
    CandidatePhrase,
)
from workers.stages.events.arguments.place_roles import place_role
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms, verb_keys

_DEFAULT_ROLES: Mapping[str, Role] = {
    SUBJECT: Role.ACTOR,
    UNDERGOER: Role.ACTOR,
    OBJECT: Role.THEME,
    SECOND_OBJECT: Role.THEME,
    GENITIVE: Role.THEME,
    **{
        marker: Role(role)
        for marker, role in lexical.headings("case_markers.roles").items()
    },
}
_TIME_MARKERS = frozenset(lexical.words("case_markers.time")) | {
    "", GENITIVE, MODIFIER, OBJECT, SUBJECT, UNDERGOER,
}  # fmt: skip
_DO = verb_keys("कर")
_SUMS = lexical.keys("units.sums")
_PRONOUN_MARKERS = frozenset(lexical.words("case_markers.of_pronouns"))
_MATTER_MARKERS = frozenset(lexical.words("case_markers.matter"))
_MATTERS = noun_forms("event_nouns.matters")


def role_of(tree: Tree, match: Match, phrase: CandidatePhrase) -> Role | None:
    """Return the role that a phrase fills in an event, None if it fills none."""
    head = phrase.head
    if phrase.marker in _TIME_MARKERS and is_time(tree, head):
        return None if is_vague_time(head) else Role.TIME
    if phrase.marker == ENTRY_FILLER:
        return match.entry.frame.fills
    if _is_no_argument(tree, head, phrase.marker):
        return None
    return place_role(tree, match, phrase) or _case_role(tree, match, phrase)


def _is_no_argument(tree: Tree, head: Word, marker: str) -> bool:
    """Return whether a phrase only looks like an argument."""
    following = tree.after(head.index)
    if following is not None and following.form == ":":
        return True  # पटना: the place that the report is dated from
    return (
        (head.is_pronoun and marker in _PRONOUN_MARKERS)
        or (head.is_verb and marker == "के लिए")  # a purpose
    )


def _case_role(tree: Tree, match: Match, phrase: CandidatePhrase) -> Role | None:
    roles = match.entry.frame.roles
    if phrase.marker == MODIFIER:
        return _modifier_role(tree, phrase.head, roles)
    case = _case_in_frame(tree, phrase, roles)
    role = roles[case] if case in roles else _DEFAULT_ROLES.get(case)
    if case == GENITIVE:
        return _genitive_role(tree, match, phrase.head, role)
    if role is Role.TARGET and case in _MATTER_MARKERS and _is_matter(tree, phrase):
        return Role.THEME
    return role


def _modifier_role(
    tree: Tree, head: Word, roles: Mapping[str, Role | None]
) -> Role | None:
    """Return the role of what stands before an event noun unmarked."""
    role = roles.get(MODIFIER)
    named = role is Role.THEME or tree.entity(head.index) is not None
    return role if named else None


def _case_in_frame(
    tree: Tree, phrase: CandidatePhrase, roles: Mapping[str, Role | None]
) -> str:
    """Return the case under which the frame lists a phrase."""
    case = phrase.marker
    of_person = f"{case} person"
    if of_person in roles and is_person(tree, phrase.head):
        return of_person
    if case == SECOND_OBJECT and COMPLEMENT in roles:
        return COMPLEMENT
    return SUBJECT if case == UNDERGOER and case not in roles else case


def _genitive_role(
    tree: Tree, match: Match, head: Word, role: Role | None
) -> Role | None:
    if role is Role.TARGET and head.key in _SUMS:
        return Role.THEME  # दो लाख रुपये की मदद
    if role is Role.THEME and is_quantity(tree, head):
        return None  # पांच प्रतिशत की गिरावट
    if role is Role.ACTOR and match.verb is not None and match.verb.key in _DO:
        return Role.THEME  # मिसाइल का परीक्षण किया: not who does it
    return role


def _is_matter(tree: Tree, phrase: CandidatePhrase) -> bool:
    """Return whether it is a score, or what something is about, and no victim."""
    return phrase.head.key in _MATTERS or is_quantity(tree, phrase.head)
