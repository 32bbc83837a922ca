"""How many people an event concerns: dead, injured, arrested, and so on."""

from collections.abc import Iterator, Mapping, Sequence

from workers.domain.records import Count, CountKind, EventType, Role
from workers.stages.events.arguments.spans import ArgumentSpan
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms
from workers.stages.text.numbers import Quantity, quantities
from workers.stages.text.spelling import key

_KINDS: dict[tuple[EventType, str], CountKind] = {
    (EventType.HARM, "death"): CountKind.DEAD,
    (EventType.HARM, "suicide"): CountKind.DEAD,
    (EventType.ASSAULT, "kill"): CountKind.DEAD,
    (EventType.HARM, "injury"): CountKind.INJURED,
    (EventType.HARM, "missing"): CountKind.MISSING,
    (EventType.COERCE, "arrest"): CountKind.ARRESTED,
    (EventType.COERCE, "detain"): CountKind.ARRESTED,
    (EventType.ASSAULT, "kidnap"): CountKind.ABDUCTED,
    (EventType.HARM, "illness"): CountKind.AFFECTED,
    (EventType.COERCE, "evict"): CountKind.AFFECTED,
    (EventType.ACCIDENT, "drown"): CountKind.AFFECTED,
}
"""By type and subtype; of people who protest the actors are counted instead."""

_HOMELESS = noun_forms("counts.homeless")
_INCLUDING = lexical.keys("particles.including")
_MARKERS = lexical.keys("postpositions.genitive", "postpositions.dative")
_MANNERS = lexical.phrases("counts.manner")
# What is measured or named by a number and is nobody.
_NOT_PEOPLE = noun_forms("counts.not_people")
# A number after one of these is a name: धारा 302, वार्ड 12.
_NUMBERED = lexical.keys("counts.numbered")
_TOLLS = lexical.keys("counts.tolls")
_GROWN = key("बढ़कर")
_FROM = "से"
_TO_TOLL = _TOLLS | lexical.keys("counts.before_toll")
_YEARS = range(1900, 2100)
_YEAR_DIGITS = 4
_FARTHEST_NOUN = 5
"""Words from a number to the noun that it counts: तीन अज्ञात हथियारबंद लोगों."""


def counts(
    tree: Tree, match: Match, arguments: Sequence[ArgumentSpan]
) -> tuple[Count, ...]:
    """Return how many people suffered or did what the event says, in text order.

    Several counts add up: दो महिलाओं और तीन बच्चों की मौत. An event whose sentence
    names no number has none.
    """
    kind = _kind(match)
    if kind is None:
        return ()
    every = [each for each in quantities(_keys(tree)) if _is_count(tree, each)]
    role = Role.ACTOR if kind is CountKind.PARTICIPANTS else Role.TARGET
    counted = [span for span in arguments if span.role is role]
    found = _without_included(tree, _of_arguments(tree, counted, every))
    if not found:
        beside = (*_before(tree, match, every), *_toll(tree, match, every))
        found = {each.first: each for each in beside[:1]}
    return tuple(_count(tree, kind, found[first]) for first in sorted(found))


def _of_arguments(
    tree: Tree, arguments: Sequence[ArgumentSpan], every: Sequence[Quantity]
) -> Mapping[int, Quantity]:
    """Return the numbers that count the nouns of arguments, by their first word."""
    return {
        quantity.first: quantity
        for span in arguments
        for head in _conjunct_heads(tree, span)
        for quantity in _of_noun(tree, head, every)
    }


def _kind(match: Match) -> CountKind | None:
    frame = match.entry.frame
    if frame.type is EventType.PROTEST:
        return CountKind.PARTICIPANTS
    if match.head.key in _HOMELESS:
        return CountKind.AFFECTED
    return _KINDS.get((frame.type, frame.name))


def _keys(tree: Tree) -> list[str]:
    return [word.key for word in tree.words]


def _is_count(tree: Tree, quantity: Quantity) -> bool:
    """Return whether a number counts, and is no year or number of a thing: धारा 302."""
    before = tree.before(quantity.first)
    form = tree.words[quantity.first].form
    alone = quantity.end - quantity.first == 1
    return not (
        (before is not None and before.key in _NUMBERED)
        or (alone and len(form) == _YEAR_DIGITS and quantity.low in _YEARS)
    )


def _without_included(
    tree: Tree, found: Mapping[int, Quantity]
) -> Mapping[int, Quantity]:
    """Leave out what a later number includes: the first of दो महिलाओं समेत सात लोग."""
    last = max(found, default=0)
    mark = max((w.index for w in tree.words[:last] if w.key in _INCLUDING), default=0)
    return {first: each for first, each in found.items() if first >= mark}


def _conjunct_heads(tree: Tree, span: ArgumentSpan) -> Iterator[Word]:
    """Yield the nouns that a phrase joins."""
    words = tree.words[span.first : span.end]
    for word, following in zip(words, (*words[1:], None), strict=True):
        if following is None or following.is_conjunction or following.form == ",":
            yield word


def _of_noun(tree: Tree, noun: Word, every: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the number that counts a noun, or that stands for it: 12 की मौत."""
    if noun.key in _NOT_PEOPLE:
        return
    for quantity in reversed(every):
        if quantity.first <= noun.index < quantity.end:
            yield quantity
            return
        if quantity.end <= noun.index:
            between = tree.words[quantity.end : noun.index]
            if len(between) < _FARTHEST_NOUN and all(map(_qualifies, between)):
                yield quantity
            return


def _qualifies(word: Word) -> bool:
    """Return whether it may stand between a number and its noun: अन्य, पुलिस."""
    return (
        word.key not in _NOT_PEOPLE
        and not word.is_postposition
        and not word.is_mark
        and not word.is_conjunction
        and not word.is_verb
        and not word.is_pronoun
    )


def _before(tree: Tree, match: Match, every: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the number right before a trigger: 30 घायल, 12 लोग गंभीर रूप से घायल."""
    at = _before_manner(_keys(tree)[: match.first])
    if at > 0 and tree.words[at - 1].key in _MARKERS:
        at -= 1
    direct = next((each for each in every if each.end == at), None)
    if direct is not None:
        yield direct
    elif at > 0 and tree.words[at - 1].is_noun:
        yield from _of_noun(tree, tree.words[at - 1], every)


def _before_manner(keys: Sequence[str]) -> int:
    """Return how many words are left before adverbials of manner: गंभीर रूप से."""
    at = len(keys)
    while manner := next((m for m in _MANNERS if _ends_with(keys[:at], m)), None):
        at -= len(manner)
    return at


def _ends_with(keys: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return tuple(keys[-len(phrase) :]) == phrase


def _toll(tree: Tree, match: Match, every: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the number that a toll is said to be: मरने वालों की संख्या बढ़कर 25.

    Of a toll that grew it is the later number: 20 से बढ़कर 25.
    """
    starts = {each.first: each for each in every}
    at = match.last + 1
    while at < len(tree) and tree.words[at].key in _TO_TOLL:
        at += 1
    between = tree.words[match.last + 1 : at]
    if at in starts and any(word.key in _TOLLS for word in between):
        first = starts[at]
        after = [word.key for word in tree.words[first.end : first.end + 2]]
        grown = after == [_FROM, _GROWN]
        yield starts.get(first.end + len(after), first) if grown else first


def _count(tree: Tree, kind: CountKind, quantity: Quantity) -> Count:
    start, end = tree.span(quantity.first, quantity.end)
    return Count(
        kind=kind,
        low=quantity.low,
        high=quantity.high,
        approximate=quantity.approximate,
        text=tree.text[start:end],
        start=start,
        end=end,
    )
