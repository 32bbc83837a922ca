"""Names of persons, places and organisations: what a model found, made a whole name.

The rules are those of how entities are annotated. Known names come from the gazetteer;
expressions of time and number are found in `expressions.py`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from workers.domain.records import EntityType
from workers.stages.entities.gazetteer import Gazetteer
from workers.stages.entities.words import Found, Words
from workers.stages.text import lexical

NAMED = frozenset({EntityType.PER, EntityType.LOC, EntityType.ORG})

_TITLES = lexical.keys("titles.titles")
_FORMER = lexical.keys("titles.former")
_HONORIFICS = lexical.keys("titles.honorifics")
# what no name begins or ends with
_FUNCTION_WORDS = lexical.keys(
    "postpositions.agent",
    "postpositions.genitive",
    "postpositions.dative",
    "postpositions.local",
    "particles.conjunctions",
    "particles.emphatic",
    "copulas.present",
)
_MARKS = frozenset("'\"‘’“”()[]{}«»,;:.!?।॥-–—…`|*")
_BRACKETS = {")": "(", "]": "["}
_AGENTIVE_SUFFIX = "वाल"

_PLACE_WORDS = lexical.keys("places.class_words")
_PLACE_PHRASES = frozenset(lexical.phrases("places.class_phrases"))
_ORGANISATION_WORDS = lexical.keys("organisations.class_words")
_AFTER_NOUNS = lexical.keys(
    "organisations.nouns_before", "organisations.nouns_before_only"
)
_ACRONYM = re.compile(r"[A-Z][A-Z&]{1,5}")
_OTHER_ACRONYMS = frozenset(lexical.words("organisations.other_acronyms"))

_NOUNS = ("NN", "UNK")
_PREMODIFIERS = ("NN", "JJ")
_COMPOUND_RELATIONS = ("pof__cn", "nmod__adj", "nmod")


def trim(words: Words, span: Found) -> Found | None:
    """Cut titles, honorifics, function words and marks off; None if nothing is left."""
    first, end = span.first, span.end
    while first < end and _is_cut_before(words, span.type, first, end):
        first += 1
    while end > first and _is_cut_after(words, span.type, first, end):
        end -= 1
    inside = words.keys[first:end]
    if not inside or any(each.startswith(_AGENTIVE_SUFFIX) for each in inside):
        return None
    kept = replace(span, first=first, end=end)
    if span.type not in NAMED:
        return kept
    if len(inside) == 1 and inside[0] in _TITLES:
        return None
    return replace(kept, type=EntityType.ORG) if _is_organisation(words, kept) else kept


def _is_cut_before(words: Words, kind: EntityType, first: int, end: int) -> bool:
    here = words.keys[first]
    if words.forms[first] in _MARKS or here in _FUNCTION_WORDS:
        return True
    if end - first == 1:
        return False
    return here in _FORMER or (kind is EntityType.PER and here.rstrip(".") in _TITLES)


def _is_cut_after(words: Words, kind: EntityType, first: int, end: int) -> bool:
    last = words.keys[end - 1]
    if last in _FUNCTION_WORDS:
        return True
    if words.forms[end - 1] in _MARKS and not _closes_bracket(words, first, end):
        return True
    return kind is EntityType.PER and end - first > 1 and last in _HONORIFICS


def _closes_bracket(words: Words, first: int, end: int) -> bool:
    """Return whether the last word is a bracket that is opened inside the span."""
    opening = _BRACKETS.get(words.forms[end - 1])
    return opening is not None and opening in words.forms[first : end - 1]


def _is_organisation(words: Words, span: Found) -> bool:
    if span.end - span.first == 1:
        return _is_acronym(words.forms[span.first])
    return words.keys[span.end - 1] in _ORGANISATION_WORDS


def join_hyphenated(words: Words, span: Found, others: Iterable[Found]) -> Found:
    """Return a name with the part before its hyphen: हैंस-पीटर, C-SPAN.

    A part that is a name by itself stays one; so do places, as in भारत-पाकिस्तान.
    """
    if span.type not in (EntityType.PER, EntityType.ORG):
        return span
    first = span.first
    taken = {at for other in others for at in range(other.first, other.end)}
    while first > 1 and words.forms[first - 1] == "-" and first - 2 not in taken:
        before, hyphen, after = words.tokens[first - 2 : first + 1]
        joined = before.end == hyphen.start and hyphen.end == after.start
        if not joined or not before.xpos.startswith(_NOUNS):
            break
        first -= 2
    return replace(span, first=first)


def extend(span: Found, known: Iterable[Found]) -> Found:
    """Return the whole known name of which the model has only a part."""
    if span.type not in NAMED:
        return span
    for other in known:
        same_length = other.end - other.first == span.end - span.first
        if other.covers(span) and (other.type is span.type or same_length):
            return other
    return span


def retype(words: Words, span: Found) -> Found:
    """Take in the class word after a name, and its type: गंगा नदी, गुजरात सरकार."""
    if span.type not in NAMED:
        return span
    if words.key_at(span.end) in _ORGANISATION_WORDS:
        return Found(EntityType.ORG, span.first, span.end + 1)
    if span.type is EntityType.LOC:
        if tuple(words.keys[span.end : span.end + 2]) in _PLACE_PHRASES:
            return replace(span, end=span.end + 2)
        if words.key_at(span.end) in _PLACE_WORDS:
            return replace(span, end=span.end + 1)
    return span


def organisations(words: Words) -> Iterator[Found]:
    """Find organisations by class word and nouns before it: शहरी विकास प्राधिकरण."""
    for at, word in enumerate(words.keys):
        if word not in _AFTER_NOUNS:
            continue
        first = at
        while first > 0 and _modifies(words, first - 1, at):
            first -= 1
        if any(words.tokens[i].xpos.startswith("NN") for i in range(first, at)):
            yield Found(EntityType.ORG, first, at + 1)


def _modifies(words: Words, at: int, head: int) -> bool:
    """Return whether word *at* belongs to the name that *head* ends, by the parse."""
    token = words.tokens[at]
    return (
        token.xpos.startswith(_PREMODIFIERS)
        and token.relation in _COMPOUND_RELATIONS
        and at < token.head - 1 <= head  # heads count from 1
        and words.keys[at] not in _TITLES
    )


def acronyms(words: Words) -> Iterator[Found]:
    """Find organisations called by Latin capitals: NHS, M&S."""
    for at, form in enumerate(words.forms):
        if _is_acronym(form):
            yield Found(EntityType.ORG, at, at + 1)


def _is_acronym(form: str) -> bool:
    return bool(_ACRONYM.fullmatch(form)) and form not in _OTHER_ACRONYMS


def known_names(words: Words, gazetteer: Gazetteer) -> Iterator[Found]:
    """Find the names of the gazetteer."""
    at = 0
    while at < len(words):
        found = gazetteer.longest_at(words.keys, at)
        if found is None:
            at += 1
            continue
        length, known = found
        if _names_it(words, at, length):
            yield Found(known.type, at, at + length)
        at += length


def _names_it(words: Words, at: int, length: int) -> bool:
    form = words.forms[at]
    if form.isascii() and form.islower():
        return False  # the English word who is no WHO
    # a single word may be another one: only what the parse takes for a noun
    tag = words.tokens[at + length - 1].xpos
    return length > 1 or not tag or tag.startswith(_NOUNS)
