"""Find the predicates of the lexicon in a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workers.stages.events.lexicon import Entry, Kind, Lexicon
from workers.stages.events.tree import NAMES, Tree, Word
from workers.stages.events.verbgroup import verb_group
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms, verb_forms

# Verbs that only carry a noun: with them the noun is the predicate.
_LIGHT = verb_forms("light_verbs.all")
# Between a noun and its light verb: प्रदान करना, दर्ज कराना.
_CARRIERS = noun_forms("event_nouns.predicative")
# Nouns that let an event noun before them speak: दुष्कर्म मामला, बम धमाका कांड.
_TRANSPARENT = noun_forms("event_nouns.transparent")
_BETWEEN = lexical.keys(
    "particles.negations",
    "particles.emphatic",
    "particles.adverbs_in_verbs",
    "postpositions.genitive",
    "postpositions.dative",
    "postpositions.local",
)
_COPULA = lexical.keys("copulas.third_person")
_MODIFYING = frozenset({"pof__cn", "nmod", "mod", "nmod__adj"})
_LONGEST_NAME = 3
_FARTHEST_VERB = 6


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
    host: Word | None = None
    """A word of the entry that fills a role of the frame and is no trigger."""

    @property
    def first(self) -> int:
        """Index of the trigger's first word."""
        return self.words[0].index

    @property
    def last(self) -> int:
        """Index of the trigger's last word."""
        return self.words[-1].index


def matches(tree: Tree, lexicon: Lexicon) -> list[Match]:
    """Return the predicates found, in text order; no word heads two of them."""
    present = frozenset(word.key for word in tree.words)
    named = frozenset(word.index for word in tree.words if _is_name(tree, word))
    found = [
        match
        for word in tree.words
        for entry in lexicon.at(word.key)
        if _context_fits(entry, present)
        for match in _match(tree, word, entry, named)
    ]
    return sorted(_best(found), key=lambda match: match.head.index)


def _context_fits(entry: Entry, present: frozenset[str]) -> bool:
    frame = entry.frame
    return (not frame.needs or not frame.needs.isdisjoint(present)) and (
        frame.excludes.isdisjoint(present)
    )


def _is_name(tree: Tree, word: Word) -> bool:
    entity = tree.entity(word.index)
    return entity is not None and entity.type in NAMES


def _match(
    tree: Tree, word: Word, entry: Entry, named: frozenset[int]
) -> Iterator[Match]:
    if word.index in named:
        return
    if entry.kind is Kind.VERB:
        if _is_full_verb(tree, word) and (
            not entry.frame.agentless or _lacks_agent(tree, word)
        ):
            yield Match(entry, (word,), word, word if word.is_verb else None)
        return
    before = _words_before(tree, word, entry)
    if before is None:
        return
    if entry.kind is Kind.COMPOUND:
        verb = _verb_of_compound(tree, word, entry.keys[-1])
        if verb is not None:
            yield _compound(entry, (*before, word, verb))
    elif not word.is_verb or word.tag.startswith("JJ") or word.relation == "pof":
        yield from _nominal(tree, word, entry, before)


def _nominal(
    tree: Tree, word: Word, entry: Entry, before: tuple[Word, ...]
) -> Iterator[Match]:
    """Yield an event noun with its light verb, or by itself."""
    # सैन्य अभ्यास: the noun names it; मिसाइल परीक्षण: the missile is its theme
    themed = entry.frame.roles.get("modifier") is not None
    named = () if themed else tuple(w for w in before if not w.tag.startswith("JJ"))
    verb = light_verb(tree, word)
    if verb is None and entry.kind is Kind.CARRIED:
        verb = _copula_after(tree, word)
    if verb is not None:
        carriers = [
            each
            for each in tree.words[word.index + 1 : verb.index]
            if each.key in _CARRIERS
        ]
        yield Match(entry, (*named, word, *carriers, verb), word, verb)
    elif entry.kind is Kind.NOUN and not _modifies_next(tree, word, entry):
        yield Match(entry, (*named, word), word, None)


def _compound(entry: Entry, words: tuple[Word, ...]) -> Match:
    *_, noun, verb = words
    governor = noun if verb.parent is noun and noun.is_verb else verb
    if entry.frame.fills is None:
        return Match(entry, words, noun, governor)
    trigger = tuple(word for word in words[1:] if not word.is_postposition)
    return Match(entry, trigger, trigger[0], governor, host=words[0])


def _words_before(tree: Tree, word: Word, entry: Entry) -> tuple[Word, ...] | None:
    wanted = entry.keys[:-2] if entry.kind is Kind.COMPOUND else entry.keys[:-1]
    first = word.index - len(wanted)
    if first < 0:
        return None
    found = tree.words[first : word.index]
    if all(w.key in keys for w, keys in zip(found, wanted, strict=True)):
        return tuple(found)
    return None


def _is_full_verb(tree: Tree, word: Word) -> bool:
    """Tell a verb with its own meaning from a light or auxiliary one."""
    if not word.is_verb:  # घेरना शुरू किया: an infinitive may be tagged as a noun
        return word.is_noun and word.key.endswith(("ना", "ने"))
    if word.tag == "VAUX" or word.relation.startswith("lwg__vaux"):
        return False
    before = tree.before(word.index)
    if (
        before is not None
        and before.tag == "VM"
        and before.token.head - 1 == word.index
    ):
        return False
    return not any(
        child.relation in ("pof", "pof__inv") and child.index == word.index - 1
        for child in word.children
    )


def _lacks_agent(tree: Tree, verb: Word) -> bool:
    return verb_group(tree, verb).passive and not any(
        tree.marker(child) == "द्वारा" for child in verb.children
    )


def _verb_of_compound(tree: Tree, word: Word, keys: frozenset[str]) -> Word | None:
    parent = word.parent
    if (
        parent is not None
        and parent.key in keys
        and parent.is_verb
        and 0 < parent.index - word.index <= _FARTHEST_VERB
        and (word.is_postposition or tree.marker(word) in ("", "को", "का"))
        and not any(
            child.relation == "pof" and word.index < child.index < parent.index
            for child in parent.children
        )
    ):
        return parent
    following = _next_verb(tree, word)
    return following if following is not None and following.key in keys else None


def _next_verb(tree: Tree, word: Word) -> Word | None:
    """Return the verb right after *word*, particles and negation left out."""
    at = word.index + 1
    while at < len(tree) and tree.words[at].key in _BETWEEN:
        at += 1
    if at < len(tree) and tree.words[at].is_verb:
        return tree.words[at]
    return None


def light_verb(tree: Tree, word: Word) -> Word | None:
    """Return the verb that carries the noun *word*, None if it stands alone."""
    at = word.index + 1
    while at < len(tree) and tree.words[at].key in (
        "नहीं", "न", "ना", "मत", "भी", "ही", "तो", *_CARRIERS
    ):  # fmt: skip
        at += 1
    if at < len(tree):
        verb = tree.words[at]
        if verb.is_verb and verb.tag != "VAUX" and verb.key in _LIGHT:
            return verb
        if verb.is_verb and at == word.index + 1 and word.relation == "pof":
            return verb if verb.key in _LIGHT else None
    parent = word.parent
    if (
        parent is not None
        and word.relation == "pof"
        and parent.key in _LIGHT
        and 0 < parent.index - word.index <= _FARTHEST_VERB
    ):
        return parent
    return None


def _copula_after(tree: Tree, word: Word) -> Word | None:
    """Return है in वे संक्रमित हैं: a state that something has brought about."""
    following = tree.after(word.index)
    if (
        following is None
        or following.key not in _COPULA
        or not word.tag.startswith(("JJ", "NN"))
    ):
        return None
    return following if following.is_main_verb else None


def _modifies_next(tree: Tree, word: Word, entry: Entry) -> bool:
    """Tell an event noun that only says what kind the next noun is (जांच एजेंसी)."""
    following = tree.after(word.index)
    if following is None:
        return False
    if following.key in entry.frame.not_before:
        return True
    head = word.parent
    if head is None or word.relation not in _MODIFYING or head.index < word.index:
        return False
    between = tree.words[word.index + 1 : head.index + 1]
    return (
        not word.tag.startswith("JJ")
        and len(between) <= _LONGEST_NAME
        and all(each.is_noun for each in between)
        and head.key not in _TRANSPARENT
        and following.key not in _TRANSPARENT
    )


def _best(found: Sequence[Match]) -> list[Match]:
    """Keep the most specific match at every word."""
    taken: set[int] = set()
    kept: list[Match] = []
    for match in sorted(found, key=_specificity, reverse=True):
        own = {word.index for word in match.words if word is not match.verb}
        own |= {word.index for word in (match.head, match.host) if word is not None}
        if own & taken:
            continue
        kept.append(match)
        taken |= own
        if match.verb is not None:
            taken.add(match.verb.index)
    return kept


def _specificity(match: Match) -> tuple[int, int, int, int, float, int]:
    entry = match.entry
    return (
        max(len(entry.words), len(match.words)),
        int(entry.kind is Kind.COMPOUND),
        int(entry.frame.agentless),
        int(bool(entry.frame.needs)),
        entry.frame.weight,
        -match.head.index,
    )
