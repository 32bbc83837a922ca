"""Collect the phrases around a predicate that may fill its roles."""

from collections.abc import Iterator

from workers.domain.records import Role
from workers.stages.events.arguments.adjuncts import is_place, is_time
from workers.stages.events.arguments.candidates import (
    ENTRY_FILLER,
    SUBJECT,
    UNDERGOER,
    CandidatePhrase,
)
from workers.stages.events.arguments.noun_dependents import (
    noun_dependents,
    preceding_phrases,
)
from workers.stages.events.arguments.shared_subjects import inherited_subjects
from workers.stages.events.arguments.verb_dependents import verb_dependents
from workers.stages.events.predicates.light_verbs import support_verb
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms

_COPULAS = lexical.keys("copulas.third_person")
_REPORTED = noun_forms("modality.reported")


def candidate_phrases(
    tree: Tree, match: Match, triggers: frozenset[int]
) -> list[CandidatePhrase]:
    """Return the phrases of one predicate, the surest first.

    *triggers* are the words that name the events of the sentence: none is an argument
    by its place alone.
    """
    found: list[CandidatePhrase] = []
    if match.filler_word is not None:
        path = f"{match.entry.text}: the entry's own"
        found.append(CandidatePhrase(ENTRY_FILLER, match.filler_word, path))
    verb = match.verb or support_verb(match.head, is_state=_befalls_subject(match))
    if verb is not None:
        found += _around_verb(tree, match, verb, triggers)
    if match.head is not verb:
        found += noun_dependents(tree, match.head, match.indices)
        found += preceding_phrases(tree, match, triggers)
    above = match.verb.parent if match.verb is not None else None
    if match.verb is None:
        found += _beside_event(tree, match.head)
    elif above is not None and above.key in _REPORTED:
        found += _beside_report(tree, above)
    return found


def _befalls_subject(match: Match) -> bool:
    return match.entry.frame.roles.get(UNDERGOER) is Role.TARGET


def _around_verb(
    tree: Tree, match: Match, verb: Word, triggers: frozenset[int]
) -> list[CandidatePhrase]:
    own = match.indices
    found = list(verb_dependents(tree, verb, own, nominal=match.head is not verb))
    if not any(phrase.marker in (SUBJECT, UNDERGOER) for phrase in found):
        found += inherited_subjects(tree, verb, own, triggers)
    return found


def _beside_report(tree: Tree, noun: Word) -> Iterator[CandidatePhrase]:
    """Yield time and place of तट पर तूफान आने की आशंका है."""
    verb = noun.parent
    for child in verb.children if verb is not None and verb.is_verb else ():
        if child is not noun and (is_time(tree, child) or is_place(tree, child)):
            path = f"{noun.form} | {child.form}"
            yield CandidatePhrase(tree.marker(child), child, path)


def _beside_event(tree: Tree, noun: Word) -> Iterator[CandidatePhrase]:
    """Yield the time of a copular clause that says what an event was."""
    verb = noun.parent
    if verb is None or verb.key not in _COPULAS or noun.relation not in ("k1", "k1s"):
        return
    for child in verb.children:
        if child is not noun and is_time(tree, child):
            path = f"{verb.form} -{child.relation}-> {child.form}"
            yield CandidatePhrase(tree.marker(child), child, path)
