"""Whether a sentence asserts an event, plans it, or leaves it open.

Three things decide, in this order: conditions and hedges before the event, the mood of
its verb, and what governs it (करने की मांग, आशंका है कि).
"""

from collections.abc import Iterable, Sequence

from workers.domain.records import Modality
from workers.stages.events.arguments.spans import ArgumentSpan
from workers.stages.events.attributes.government import shares_tense
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.verb_groups import Form, Mood, VerbGroup
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms

_CONDITIONALS = lexical.keys("particles.conditional")
_CLAUSE_ENDS = lexical.keys("sentence_ends.danda", "sentence_ends.semicolon")
_CONTRASTS = lexical.keys("particles.contrasting")
# What an infinitive or a clause before these words says is wanted or feared.
_POSSIBLE_NOUNS = noun_forms("modality.possible")
_INTENTION_NOUNS = noun_forms("modality.intended")
_INTENTION_VERBS = lexical.words("modality.intention_verbs")
_ALLEGED = noun_forms("modality.alleged")
_ENDINGS = noun_forms("modality.ending")
_FEARS = noun_forms("modality.uncertain")
_PURPOSE_MARKERS = frozenset(lexical.words("case_markers.purpose"))
_GOVERNED_MARKERS = frozenset({"", *lexical.words("case_markers.governed")})
_FARTHEST_GOVERNOR = 3
"""Words after the genitive of an infinitive in which its noun is looked for."""
_FARTHEST_HEDGE = 3
"""Words before a trigger in which कथित is looked for."""
_FARTHEST_FEAR = 5
"""Words before कि in which the noun of fear is looked for."""

_LEFT_OPEN = frozenset({Mood.ABILITATIVE, Mood.OBLIGATIVE})
_INTENDED = frozenset({Mood.FUTURE, Mood.PROSPECTIVE})
_OWN_INTENDED = _INTENDED | {Mood.DESIDERATIVE}


def modality(tree: Tree, match: Match) -> Modality:
    """Return whether it happened, is intended, or may be."""
    if _is_conditional(tree, match.first) or _is_alleged(tree, match.first):
        return Modality.POSSIBLE
    found = _of_noun(tree, match) if match.verb is None else _of_verb(tree, match.verb)
    if found is not None:
        return found
    feared = _is_under_fear(tree, match.verb or match.head)
    return Modality.POSSIBLE if feared else Modality.ASSERTED


def is_habitual(tree: Tree, match: Match, arguments: Iterable[ArgumentSpan]) -> bool:
    """Return whether it is so at all times and names nobody: लोग विरोध करते हैं."""
    if match.verb is None:
        return False
    group = tree.verb_group(match.verb)
    return (
        group.form is Form.FINITE
        and Mood.HABITUAL in group.moods
        and not any(
            tree.entity(at) is not None
            for span in arguments
            for at in range(span.first, span.end)
        )
    )


# --- what stands before ------------------------------------------------------


def _is_conditional(tree: Tree, index: int) -> bool:
    """Return whether अगर or यदि stands before, in the same clause."""
    for word in reversed(tree.words[:index]):
        if word.key in _CONDITIONALS:
            return True
        if word.form in _CLAUSE_ENDS or word.key in _CONTRASTS:
            return False
    return False


def _is_alleged(tree: Tree, index: int) -> bool:
    before = tree.words[max(0, index - _FARTHEST_HEDGE) : index]
    return any(word.key in _ALLEGED for word in before)


def _is_under_fear(tree: Tree, word: Word) -> bool:
    """Return whether आशंका, डर or आरोप introduces the clause with कि."""
    for at in range(word.index - 1, 1, -1):
        if tree.words[at].key == "कि":
            before = tree.words[max(0, at - _FARTHEST_FEAR) : at]
            return any(each.key in _FEARS for each in before)
    return False


# --- verbs -----------------------------------------------------------------


def _of_verb(tree: Tree, verb: Word) -> Modality | None:
    group = tree.verb_group(verb)
    if _is_left_open(tree, group):
        return Modality.POSSIBLE
    by_mood = _of_moods(group, _OWN_INTENDED)
    if by_mood is not None:
        return by_mood
    match group.form:
        case Form.INFINITIVE:
            return _of_infinitive(tree, group)
        case Form.FINITE if Mood.SUBJUNCTIVE in group.moods:
            return Modality.POSSIBLE
        case Form.CONVERB:
            return _of_governor(tree, verb)
        case _:
            return None


def _is_left_open(tree: Tree, group: VerbGroup) -> bool:
    """Return whether … या नहीं follows: whether it will happen is open."""
    rest = [word.key for word in tree.words[group.end : group.end + 2]]
    return rest == ["या", "नहीं"]


def _of_moods(group: VerbGroup, intended: frozenset[Mood]) -> Modality | None:
    if group.moods & _LEFT_OPEN:
        return Modality.POSSIBLE
    return Modality.PLANNED if group.moods & intended else None


def _of_governor(tree: Tree, verb: Word) -> Modality | None:
    """Return the modality that a converb has from the verb above it."""
    above = verb.governing_verb()
    if above is None:
        return None
    group = tree.verb_group(above)
    by_mood = _of_moods(group, _INTENDED)
    if by_mood is None and group.form is Form.INFINITIVE:
        return _of_infinitive(tree, group)
    return by_mood


def _of_infinitive(tree: Tree, group: VerbGroup) -> Modality | None:
    """Return what the marker of an infinitive and the words after it make of it."""
    if group.marker in _PURPOSE_MARKERS:
        return Modality.PLANNED
    if group.marker == "पर" and _is_in_general(tree, group.verb):
        return Modality.POSSIBLE
    if group.marker not in _GOVERNED_MARKERS:
        return None
    last = tree.words[group.end - 1]
    at = tree.marker_end(last) if group.marker else group.end
    following = [word.key for word in tree.words[at : at + _FARTHEST_GOVERNOR]]
    return _governed_by(following, genitive=group.marker == "का")


def _governed_by(following: Sequence[str], *, genitive: bool) -> Modality | None:
    for word in following[:1]:
        if word in _POSSIBLE_NOUNS:
            return Modality.POSSIBLE
        if word in _INTENTION_NOUNS or word.startswith(_INTENTION_VERBS):
            return Modality.PLANNED
    # a genitive may have adjectives of its noun between: करने की कड़ी चेतावनी
    if genitive and not _POSSIBLE_NOUNS.isdisjoint(following):
        return Modality.POSSIBLE
    if genitive and not _INTENTION_NOUNS.isdisjoint(following):
        return Modality.PLANNED
    return None


def _is_in_general(tree: Tree, verb: Word) -> bool:
    """Return whether the clause above says what happens in such a case."""
    above = verb.governing_verb()
    return above is not None and not tree.verb_group(above).moods.isdisjoint(
        (Mood.FUTURE, Mood.HABITUAL)
    )


# --- nouns -----------------------------------------------------------------


def _of_noun(tree: Tree, match: Match) -> Modality | None:
    last = match.words[-1]
    if tree.marker(last) == "का":
        governed = _of_genitive(tree, tree.marker_end(last))
        if governed is not None:
            return governed
    above = match.head.governing_verb()
    if above is None or any(child.key in _ENDINGS for child in above.children):
        return None  # what is to end has happened
    unmarked = match.head.parent is above and not tree.marker(last)
    if unmarked or shares_tense(tree, match.head, above):
        return _of_verb(tree, above)
    return None


def _of_genitive(tree: Tree, at: int) -> Modality | None:
    """Return what the noun after हमले की makes of the event: धमकी, योजना."""
    following = tree.words[at].key if at < len(tree) else ""
    if following in _POSSIBLE_NOUNS:
        return Modality.POSSIBLE
    if following in _INTENTION_NOUNS and following != "बात":
        return Modality.PLANNED
    return None
