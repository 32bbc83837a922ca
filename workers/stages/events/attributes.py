"""Polarity and modality of an event, and who says so."""

from collections.abc import Iterator, Sequence

from workers.domain.records import EventType, Modality, Polarity, Span
from workers.stages.events.match import Match
from workers.stages.events.roles import Filler
from workers.stages.events.tree import Tree, Word
from workers.stages.events.verbgroup import RAISED, Form, VerbGroup, verb_group
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms, verb_forms

_IF = lexical.keys("particles.conditional")
# What an infinitive or a clause before these words says is wanted or feared.
_WISHED = noun_forms("modality.possible")
_INTENDED = noun_forms("modality.intended")
_ALLEGED = noun_forms("modality.alleged")
_ENDS = noun_forms("modality.ending")
_FEARS = noun_forms("modality.uncertain")
_SAYING = verb_forms("modality.saying_verbs")
_SAYING_NOUNS = noun_forms("modality.saying_nouns")


def polarity(tree: Tree, match: Match) -> Polarity:
    """Return negative where the sentence says that it did not or will not happen."""
    if match.verb is not None and verb_group(tree, match.verb).negative:
        return Polarity.NEGATIVE
    end = match.words[-1]
    marker = tree.marker(end)
    if marker == "के बिना":
        return Polarity.NEGATIVE
    after = tree.marker_end(end)
    denied = match.entry.frame.type not in (EventType.ACCUSE, EventType.REQUEST)
    if (
        denied
        and marker == "से"
        and after < len(tree)
        and tree.words[after].key in RAISED
    ):
        return Polarity.NEGATIVE
    if match.verb is None:
        governor = _governor(match.head)
        if governor is not None and _affects(tree, match.head, governor):
            group = verb_group(tree, governor)
            if group.negative:
                return Polarity.NEGATIVE
    return Polarity.POSITIVE


def _governor(word: Word) -> Word | None:
    return next((a for a in word.ancestors() if a.is_verb), None)


def _affects(tree: Tree, noun: Word, verb: Word) -> bool:
    """Tell whether the tense and negation of *verb* are also those of the noun."""
    if noun.parent is not verb or noun.relation not in (
        "k1",
        "k2",
        "pof",
        "r6-k2",
        "k1s",
    ):
        return False
    return tree.marker(noun) in ("", "को", "का") and verb.key in _HAPPENS


_HAPPENS = verb_forms("verbs.habitual")


def modality(tree: Tree, match: Match) -> Modality:
    """Return whether it happened, is intended, or may be."""
    head = match.verb or match.head
    first = match.first
    if _conditional(tree, first):
        return Modality.POSSIBLE
    if any(w.key in _ALLEGED for w in tree.words[max(0, first - 3) : first]):
        return Modality.POSSIBLE
    if match.verb is not None:
        found = _of_verb(tree, match.verb)
        if found is not None:
            return found
    else:
        found = _of_noun(tree, match)
        if found is not None:
            return found
    if _under_fear(tree, head):
        return Modality.POSSIBLE
    return Modality.ASSERTED


def generic(tree: Tree, match: Match, fillers: Sequence[Filler]) -> bool:
    """Tell what is so at all times and names nobody: लोग विरोध करते हैं."""
    if match.verb is None:
        return False
    group = verb_group(tree, match.verb)
    return (
        group.form is Form.FINITE
        and group.habitual
        and not any(
            tree.entity(at) is not None
            for filler in fillers
            for at in range(filler.first, filler.end)
        )
    )


def _conditional(tree: Tree, index: int) -> bool:
    """Tell whether अगर, यदि stands before, in the same sentence."""
    for at in range(index - 1, -1, -1):
        word = tree.words[at]
        if word.key in _IF:
            return True
        if word.form in ("।", ";") or word.key in ("लेकिन", "मगर", "जबकि", "क्योंकि"):
            return False
    return False


def _of_verb(tree: Tree, verb: Word) -> Modality | None:
    group = verb_group(tree, verb)
    if group.able or group.obliged or _left_open(tree, group):
        return Modality.POSSIBLE
    if group.future or group.about_to or group.wanted:
        return Modality.PLANNED
    if group.form is Form.INFINITIVE:
        return _of_infinitive(tree, group)
    if group.form is Form.FINITE and group.subjunctive:
        return Modality.POSSIBLE
    if group.form is Form.CONVERB:
        return _inherited(tree, verb)
    return None


def _left_open(tree: Tree, group: VerbGroup) -> bool:
    """Tell … या नहीं: whether it will happen is open."""
    rest = [word.key for word in tree.words[group.end : group.end + 2]]
    return rest == ["या", "नहीं"]


def _of_infinitive(tree: Tree, group: VerbGroup) -> Modality | None:  # noqa: PLR0911 a ladder of rules
    marker = group.marker
    at = tree.marker_end(tree.words[group.end - 1]) if marker else group.end
    following = tree.words[at] if at < len(tree) else None
    if marker in ("के लिए", "के प्रति", "हेतु"):
        return Modality.PLANNED
    if marker == "पर" and _in_general(tree, group.verb):
        return Modality.POSSIBLE
    if following is not None and marker in ("का", "को", "से", "पर", ""):
        if following.key in _WISHED:
            return Modality.POSSIBLE
        if following.key in _INTENDED or following.key.startswith(("चाह", "कह")):
            return Modality.PLANNED
        nearby = {w.key for w in tree.words[at : at + 3]}
        if marker == "का" and nearby & _WISHED:
            return Modality.POSSIBLE
        if marker == "का" and nearby & _INTENDED:
            return Modality.PLANNED
        if marker == "" and following.key.startswith("चाह"):
            return Modality.PLANNED
    return None


def _in_general(tree: Tree, verb: Word) -> bool:
    """Tell whether the clause above says what happens in such a case, not what did."""
    governor = _governor(verb)
    if governor is None:
        return False
    group = verb_group(tree, governor)
    return group.future or group.habitual


def _inherited(tree: Tree, verb: Word) -> Modality | None:
    governor = _governor(verb)
    if governor is None or governor is verb:
        return None
    group = verb_group(tree, governor)
    if group.able or group.obliged:
        return Modality.POSSIBLE
    if group.future or group.about_to:
        return Modality.PLANNED
    if group.form is Form.INFINITIVE:
        return _of_infinitive(tree, group)
    return None


def _of_noun(tree: Tree, match: Match) -> Modality | None:
    word = match.words[-1]
    marker = tree.marker(word)
    at = tree.marker_end(word)
    following = tree.words[at].key if at < len(tree) else ""
    if marker == "का" and following in _WISHED:
        return Modality.POSSIBLE
    if marker == "का" and following in _INTENDED and following != "बात":
        return Modality.PLANNED
    governor = _governor(match.head)
    if governor is None or any(c.key in _ENDS for c in governor.children):
        return None  # what is to end has happened
    if _affects(tree, match.head, governor) or (
        match.head.parent is governor and not marker
    ):
        return _of_verb(tree, governor)
    return None


def _under_fear(tree: Tree, word: Word) -> bool:
    """Tell a clause that आशंका, डर, आरोप … है कि introduces."""
    for at in range(word.index - 1, 1, -1):
        if tree.words[at].key == "कि":
            return any(w.key in _FEARS for w in tree.words[max(0, at - 5) : at])
    return False


def attribution(tree: Tree, match: Match) -> Span | None:
    """Return who is said to say so, None where the reporter does."""
    for first, end in _sources(tree, match):
        start, stop = tree.span(first, end)
        return Span(text=tree.text[start:stop], start=start, end=stop)
    return None


def _sources(tree: Tree, match: Match) -> Iterator[tuple[int, int]]:
    for word in tree.words:
        if word.is_nominal and tree.marker(word) == "के अनुसार":
            yield tree.phrase(word)
    anchor = match.verb or match.head
    for ancestor in anchor.ancestors():
        if not ancestor.is_verb or ancestor is match.verb:
            continue
        says = ancestor.key in _SAYING or any(
            child.key in _SAYING_NOUNS and child.relation in ("pof", "k2")
            for child in ancestor.children
        )
        if not says:
            continue
        for child in ancestor.children:
            if child.is_nominal and tree.marker(child) == "ने":
                yield tree.phrase(child)
                return
        for child in ancestor.children:
            if (
                child.relation == "k1"
                and child.is_nominal
                and child.index not in (w.index for w in match.words)
            ):
                yield tree.phrase(child)
                return
