"""Find the predicates of the lexicon in a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workers.stages.events.lexicon import Entry, Kind, Lexicon
from workers.stages.events.predicates.light_verbs import (
    PREDICATIVE_NOUNS,
    copula_after,
    light_verb,
    verb_of_compound,
)
from workers.stages.events.syntax.tree import NAMES, Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text.inflection import noun_forms

# They let an event noun before them name the event: दुष्कर्म मामला, बम धमाका कांड.
_TRANSPARENT_NOUNS = noun_forms("event_nouns.transparent")
_MODIFYING = frozenset({"pof__cn", "nmod", "mod", "nmod__adj"})
_LONGEST_NAME = 3
"""Words of a compound noun after the event noun that modifies it."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry of the lexicon at its place in a sentence."""

    entry: Entry
    words: tuple[Word, ...]
    """The trigger, left to right."""
    head: Word
    """The word with the meaning: noun of a compound, or the verb."""
    verb: Word | None
    """The verb that governs the arguments; None for a bare noun."""
    filler_word: Word | None = None
    """A word of the entry that fills a role of the frame and is no trigger."""

    @property
    def first(self) -> int:
        """Index of the trigger's first word."""
        return self.words[0].index

    @property
    def last(self) -> int:
        """Index of the trigger's last word."""
        return self.words[-1].index

    @property
    def indices(self) -> frozenset[int]:
        """Indices of the trigger and of the head, which an entry may leave out."""
        return frozenset({self.head.index, *(word.index for word in self.words)})


def matches(tree: Tree, lexicon: Lexicon) -> list[Match]:
    """Return the predicates found, in text order; no word heads two of them."""
    present = frozenset(word.key for word in tree.words)
    found = [
        match
        for word in tree.words
        for entry in lexicon.at(word.key)
        if _context_fits(entry, present) and tree.entity_type(word) not in NAMES
        for match in _match(tree, word, entry)
    ]
    return sorted(_most_specific(found), key=lambda match: match.head.index)


def _context_fits(entry: Entry, present: frozenset[str]) -> bool:
    frame = entry.frame
    return (not frame.needs or not frame.needs.isdisjoint(present)) and (
        frame.excludes.isdisjoint(present)
    )


def _match(tree: Tree, word: Word, entry: Entry) -> Iterator[Match]:
    if entry.kind is Kind.VERB:
        yield from _verbal(tree, word, entry)
        return
    before = words_before(tree, word, entry)
    if before is None:
        return
    if entry.kind is Kind.COMPOUND:
        verb = verb_of_compound(tree, word, entry.keys[-1])
        if verb is not None:
            yield _compound(entry, (*before, word, verb))
    elif not word.is_verb or word.tag.startswith("JJ") or word.relation == "pof":
        yield from _nominal(tree, word, entry, before)


def words_before(tree: Tree, word: Word, entry: Entry) -> tuple[Word, ...] | None:
    """Return what stands before *word* for the entry's first words, None if amiss."""
    wanted = entry.keys[:-2] if entry.kind is Kind.COMPOUND else entry.keys[:-1]
    first = word.index - len(wanted)
    if first < 0:
        return None
    found = tree.words[first : word.index]
    if all(w.key in keys for w, keys in zip(found, wanted, strict=True)):
        return tuple(found)
    return None


# --- verbs -----------------------------------------------------------------


def _verbal(tree: Tree, word: Word, entry: Entry) -> Iterator[Match]:
    if not is_full_verb(tree, word):
        return
    if not entry.frame.agentless or lacks_agent(tree, word):
        yield Match(entry, (word,), word, word if word.is_verb else None)


def is_full_verb(tree: Tree, word: Word) -> bool:
    """Return whether a verb has its own meaning and is neither light nor auxiliary."""
    if not word.is_verb:  # घेरना शुरू किया: an infinitive may be tagged as a noun
        return word.is_noun and word.key.endswith(("ना", "ने"))
    if word.tag == "VAUX" or word.relation.startswith("lwg__vaux"):
        return False
    before = tree.before(word.index)
    return (
        before is None
        or before.parent is not word
        or (before.tag != "VM" and before.relation not in ("pof", "pof__inv"))
    )


def lacks_agent(tree: Tree, verb: Word) -> bool:
    """Return whether a verb is in the passive and nobody is said to act."""
    return tree.verb_group(verb).passive and not any(
        tree.marker(child) == "द्वारा" for child in verb.children
    )


def _compound(entry: Entry, words: tuple[Word, ...]) -> Match:
    *_, noun, verb = words
    governor = noun if verb.parent is noun and noun.is_verb else verb
    if entry.frame.fills is None:
        return Match(entry, words, noun, governor)
    trigger = tuple(word for word in words[1:] if not word.is_postposition)
    return Match(entry, trigger, trigger[0], governor, filler_word=words[0])


# --- nouns -----------------------------------------------------------------


def _nominal(
    tree: Tree, word: Word, entry: Entry, before: tuple[Word, ...]
) -> Iterator[Match]:
    """Yield an event noun with its light verb, or by itself."""
    # सैन्य अभ्यास: the noun names it; मिसाइल परीक्षण: the missile is its theme
    themed = entry.frame.roles.get("modifier") is not None
    named = () if themed else tuple(w for w in before if not w.tag.startswith("JJ"))
    verb = light_verb(tree, word)
    if verb is None and entry.kind is Kind.CARRIED:
        verb = copula_after(tree, word)
    if verb is not None:
        between = tree.words[word.index + 1 : verb.index]
        carried = [each for each in between if each.key in PREDICATIVE_NOUNS]
        yield Match(entry, (*named, word, *carried, verb), word, verb)
    elif entry.kind is Kind.NOUN and not modifies_next(tree, word, entry):
        yield Match(entry, (*named, word), word, None)


def modifies_next(tree: Tree, word: Word, entry: Entry) -> bool:
    """Return whether an event noun only says what kind the next noun is: जांच एजेंसी."""
    following = tree.after(word.index)
    if following is None:
        return False
    if following.key in entry.frame.not_before:
        return True
    head = word.parent
    if head is None or word.relation not in _MODIFYING or word.tag.startswith("JJ"):
        return False
    compound = tree.words[word.index + 1 : head.index + 1]
    return (
        0 < len(compound) <= _LONGEST_NAME
        and all(each.is_noun for each in compound)
        and _TRANSPARENT_NOUNS.isdisjoint((head.key, following.key))
    )


# --- choice ----------------------------------------------------------------


def _most_specific(found: Sequence[Match]) -> list[Match]:
    """Keep the most specific match at every word."""
    taken: set[int] = set()
    kept: list[Match] = []
    for match in sorted(found, key=_specificity, reverse=True):
        own = {word.index for word in match.words if word is not match.verb}
        own |= {w.index for w in (match.head, match.filler_word) if w is not None}
        if own & taken:
            continue
        kept.append(match)
        taken |= own
        if match.verb is not None:
            taken.add(match.verb.index)
    return kept


def _specificity(match: Match) -> tuple[int, bool, bool, bool, float, int]:
    entry = match.entry
    return (
        max(len(entry.words), len(match.words)),
        entry.kind is Kind.COMPOUND,
        entry.frame.agentless,
        bool(entry.frame.needs),
        entry.frame.weight,
        -match.head.index,
    )
