"""Candidate phrases around an event noun: genitives, clauses, what stands before it.

Parsers are weak inside long noun phrases, so that what stands right before an event
noun counts by its place as well as by its relation.
"""

from collections.abc import Iterator

from workers.stages.events.arguments.adjuncts import is_time
from workers.stages.events.arguments.candidates import (
    GENITIVE,
    MODIFIER,
    UNDERGOER,
    CandidatePhrase,
)
from workers.stages.events.arguments.constituents import conjuncts, is_phrase_head
from workers.stages.events.arguments.shared_subjects import SUBJECTS
from workers.stages.events.arguments.verb_dependents import (
    GENITIVES,
    grammatical_function,
)
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.noun_phrases import noun_phrase
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.verb_groups import Form
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical
from workers.stages.text.inflection import verb_forms

# Their participles before an event noun have its time and place: शुक्रवार को हुए हमले.
_OCCURRENCE_VERBS = verb_forms("verbs.copular")
_OCCURRENCE_PARTICIPLES = lexical.keys("verbs.occurred")
_FARTHEST_PARTICIPLE = 8
"""Words from an event noun to a participle before it that the parse put elsewhere."""


def noun_dependents(
    tree: Tree, noun: Word, excluded: frozenset[int]
) -> Iterator[CandidatePhrase]:
    """Yield the phrases below an event noun, and what an event adjective describes."""
    for child in noun.children:
        if child.index in excluded or child.index > noun.index:
            continue
        if child.is_verb:
            yield from _of_clause(tree, noun, child)
        elif is_phrase_head(tree, child):
            yield from _marked_phrases(tree, noun, child)
    yield from _described_noun(noun)


def _marked_phrases(tree: Tree, noun: Word, child: Word) -> Iterator[CandidatePhrase]:
    for member, marker in conjuncts(tree, child):
        if not marker and child.relation not in GENITIVES:
            continue
        case = marker if marker not in ("", "का") else GENITIVE
        path = f"{noun.form} -{child.relation}-> {member.form}"
        yield CandidatePhrase(case, member, path)


def _described_noun(adjective: Word) -> Iterator[CandidatePhrase]:
    """Yield whom an event adjective befell: घायल लोग."""
    noun = adjective.parent
    if (
        adjective.tag.startswith("JJ")
        and noun is not None
        and noun.is_noun
        and noun.index > adjective.index
    ):
        path = f"{adjective.form} <-{adjective.relation}- {noun.form}"
        yield CandidatePhrase(UNDERGOER, noun, path, first=adjective.index + 1)


def _of_clause(tree: Tree, noun: Word, verb: Word) -> Iterator[CandidatePhrase]:
    """Yield what a clause before an event noun holds, or the clause itself."""
    if tree.verb_group(verb).form is Form.INFINITIVE:
        path = f"{noun.form} -{verb.relation}-> {verb.form}"
        yield CandidatePhrase(GENITIVE, verb, path, first=_clause_start(tree, verb))
        for child in verb.children:  # उनसे हटने की मांग: asked of them
            if child.is_nominal and tree.marker(child) == "से":
                yield CandidatePhrase("से", child, f"{path} -> {child.form}")
    elif verb.key in _OCCURRENCE_VERBS:
        yield from _of_participle(tree, noun, verb)


def _clause_start(tree: Tree, verb: Word) -> int:
    """Return where an infinitive's clause begins, without its subject and addressee."""
    apart = [
        child
        for child in verb.children
        if child.index < verb.index
        and (
            tree.marker(child) in ("ने", "से")
            or child.relation in SUBJECTS
            or is_time(tree, child)
        )
    ]
    first, _ = noun_phrase(tree, verb)
    return max([first, *map(tree.marker_end, apart)])


def _of_participle(
    tree: Tree, noun: Word, participle: Word
) -> Iterator[CandidatePhrase]:
    """Yield what depends on the participle before an event noun."""
    for child in participle.children:
        if not is_phrase_head(tree, child):
            continue
        path = f"{noun.form} <- {participle.form} -{child.relation}->"
        for member, marker in conjuncts(tree, child):
            function = grammatical_function(
                child, marker, unaccusative=True, passive=False
            )
            yield CandidatePhrase(function, member, f"{path} {member.form}")


def preceding_phrases(
    tree: Tree, match: Match, triggers: frozenset[int]
) -> Iterator[CandidatePhrase]:
    """Yield what stands right before an event noun: यूक्रेन युद्ध, रूस से सहायता."""
    at = match.first - 1
    while at >= 0 and _is_attribute(tree, tree.words[at], match):
        at -= 1
    if at < 0:
        return
    word = tree.words[at]
    if (word.is_noun or tree.entity(at) is not None) and at not in triggers:
        yield CandidatePhrase(MODIFIER, word, f"{match.head.form} after {word.form}")
    yield from _before_participle(tree, match)
    if at > 0 and word.is_postposition:
        yield from _before_postposition(tree, match, at)


def _before_postposition(
    tree: Tree, match: Match, at: int
) -> Iterator[CandidatePhrase]:
    """Yield the phrase whose postposition, one word or several, ends at *at*."""
    while at > 0 and tree.words[at].is_postposition:
        at -= 1
    word = tree.words[at]
    marker = tree.marker(word)
    if word.is_nominal and marker not in ("", "ने"):
        case = GENITIVE if marker == "का" else marker
        path = f"{match.head.form} after {word.form} {marker}"
        yield CandidatePhrase(case, word, path)


def _is_attribute(tree: Tree, word: Word, match: Match) -> bool:
    """Return whether it is an adjective of the event noun, or parsed as its pof."""
    if tree.entity(word.index) is not None:
        return False
    if word.tag.startswith(("JJ", "Q")):
        return True
    return match.verb is not None and (
        word.relation == "pof" and word.parent is match.verb
    )


def _before_participle(tree: Tree, match: Match) -> Iterator[CandidatePhrase]:
    """Yield the entity of time or place before हुए or आए, wherever the parse has it."""
    for at in range(match.first - 1, max(-1, match.first - _FARTHEST_PARTICIPLE), -1):
        word = tree.words[at]
        # a participle with an entity and its one-word postposition before it
        if word.key in _OCCURRENCE_PARTICIPLES and at > 1:
            marked = tree.words[at - 2]
            if tree.entity(at - 2) is not None and tree.marker_end(marked) == at:
                path = f"{match.head.form} … {word.form}"
                yield CandidatePhrase(tree.marker(marked), marked, path)
            return
        if word.is_mark or word.is_conjunction:
            return
