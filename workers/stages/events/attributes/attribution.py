"""Who a sentence cites for an event."""

from workers.domain.records import Span
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.noun_phrases import noun_phrase
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text.inflection import noun_forms, verb_forms

_SAYING_VERBS = verb_forms("modality.saying_verbs")
_SAYING_NOUNS = noun_forms("modality.saying_nouns")


def attribution(tree: Tree, match: Match) -> Span | None:
    """Return who is said to say so, None where the reporter does."""
    source = _cited(tree) or _speaker(tree, match)
    if source is None:
        return None
    start, end = tree.span(*noun_phrase(tree, source))
    return Span(text=tree.text[start:end], start=start, end=end)


def _cited(tree: Tree) -> Word | None:
    """Return the source of पुलिस के अनुसार."""
    sources = (
        word
        for word in tree.words
        if word.is_nominal and tree.marker(word) == "के अनुसार"
    )
    return next(sources, None)


def _speaker(tree: Tree, match: Match) -> Word | None:
    """Return the subject of the nearest verb of saying above the event."""
    for above in (match.verb or match.head).ancestors():
        if above is not match.verb and above.is_verb and _says(above):
            speaker = _subject(tree, above, match.words)
            if speaker is not None:
                return speaker
    return None


def _says(verb: Word) -> bool:
    return verb.key in _SAYING_VERBS or any(
        child.key in _SAYING_NOUNS and child.relation in ("pof", "k2")
        for child in verb.children
    )


def _subject(tree: Tree, verb: Word, trigger: tuple[Word, ...]) -> Word | None:
    """Return the subject in the ergative, else by the parse; no trigger speaks."""
    nominals = [child for child in verb.children if child.is_nominal]
    for child in nominals:
        if tree.marker(child) == "ने":
            return child
    triggers = {word.index for word in trigger}
    for child in nominals:
        if child.relation == "k1" and child.index not in triggers:
            return child
    return None
