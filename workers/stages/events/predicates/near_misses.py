"""Words of a sentence that the lexicon has, and why they are no event there.

For whoever writes the lexicon: the conditions are those of `matching`, each put into
words where it does not hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workers.stages.events.lexicon import Entry, Kind, Lexicon
from workers.stages.events.predicates.light_verbs import (
    copula_after,
    light_verb,
    verb_of_compound,
)
from workers.stages.events.predicates.matching import (
    is_full_verb,
    lacks_agent,
    matches,
    modifies_next,
    words_before,
)
from workers.stages.events.syntax.tree import NAMES, Tree
from workers.stages.events.syntax.word import Word

MOST = 3
_WORDS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An entry of the lexicon whose word stands in a sentence, and is no event."""

    entry: Entry
    word: Word
    reasons: tuple[str, ...]


def near_misses(tree: Tree, lexicon: Lexicon) -> list[NearMiss]:
    """Return what came closest to an event, the least amiss first, at most MOST."""
    matched = {id(match.entry): match.head for match in matches(tree, lexicon)}
    found = [
        NearMiss(entry, word, tuple(_reasons(tree, word, entry)))
        for word in tree.words
        for entry in lexicon.at(word.key)
        if matched.get(id(entry)) is not word and _is_telling(tree, word, entry)
    ]
    found.sort(key=lambda miss: (len(miss.reasons), -miss.entry.frame.weight))
    return _one_for_each_word(miss for miss in found if miss.reasons)


def _is_telling(tree: Tree, word: Word, entry: Entry) -> bool:
    """Return whether the word alone recalls the entry: में does not recall खाई में गिर."""
    return not word.is_postposition or words_before(tree, word, entry) is not None


def _one_for_each_word(found: Iterator[NearMiss]) -> list[NearMiss]:
    kept: dict[int, NearMiss] = {}
    for miss in found:
        kept.setdefault(miss.word.index, miss)
    return [*kept.values()][:MOST]


def _reasons(tree: Tree, word: Word, entry: Entry) -> Iterator[str]:
    """Yield each condition of the entry that does not hold."""
    yield from _of_context(tree, entry)
    kind = tree.entity_type(word)
    if kind in NAMES:
        yield f"the word is part of a name ({kind})"
    if entry.kind is Kind.VERB:
        yield from _of_verb(tree, word, entry)
    else:
        if words_before(tree, word, entry) is None:
            last = -2 if entry.kind is Kind.COMPOUND else -1
            yield f"{' '.join(entry.words[:last])!r} is not before it"
        yield from _of_noun(tree, word, entry)


def _of_context(tree: Tree, entry: Entry) -> Iterator[str]:
    present = {word.key for word in tree.words}
    frame = entry.frame
    if frame.needs and frame.needs.isdisjoint(present):
        yield f"none of its needs stands in the sentence ({_some(frame.needs)})"
    if excluded := frame.excludes & present:
        yield f"the sentence has what excludes it ({_some(excluded)})"


def _of_verb(tree: Tree, word: Word, entry: Entry) -> Iterator[str]:
    if not is_full_verb(tree, word):
        yield "the word is no verb with a meaning of its own here"
    elif entry.frame.agentless and not lacks_agent(tree, word):
        yield "it counts only in the passive and without an agent"


def _of_noun(tree: Tree, word: Word, entry: Entry) -> Iterator[str]:
    if entry.kind is Kind.COMPOUND:
        if verb_of_compound(tree, word, entry.keys[-1]) is None:
            yield f"the verb {entry.words[-1]!r} does not go with it"
        return
    if word.is_verb and not word.tag.startswith("JJ") and word.relation != "pof":
        yield "the word is a verb here"
        return
    if light_verb(tree, word) is not None:
        return
    if entry.kind is Kind.CARRIED and copula_after(tree, word) is None:
        yield "it is an event only with a light verb, such as करना or होना"
    elif entry.kind is Kind.NOUN and modifies_next(tree, word, entry):
        following = tree.after(word.index)
        name = "the next word" if following is None else following.form
        yield f"it only says of what kind {name} is"


def _some(words: frozenset[str] | set[str]) -> str:
    shown = sorted(words)[:_WORDS_SHOWN]
    return ", ".join(shown) + (", …" if len(words) > len(shown) else "")
