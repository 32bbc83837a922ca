"""The tables of Hindi words: TOML files, one topic each, read when first asked for.

A file holds lists of words, and tables of lists, each list under what its words mean:

    past = ["था", "थे"]           # copulas.past
    all = ["@past", "@light_verbs.all"]     # a reference takes a whole table over

    [names]                       # months.names
    1 = ["जनवरी"]

Lists come first in a file: behind `[names]` they would be taken for its headings.
Tables are asked for as `file.table`; several are joined in their order. Words stand in
the normal form of our texts: NFC, nukta letters as two characters. A faulty file raises
`LexiconError` with file and line.

Rules and grammar are not here: a module binds the words that it needs at its top, and
so reads them once. The predicates of events have a lexicon of their own in
`stages/events`.
"""

import re
from collections.abc import Mapping
from functools import cache

from workers.stages.text.lexical.source import LexiconError
from workers.stages.text.lexical.tables import Groups, resolve, shipped
from workers.stages.text.spelling import key

__all__ = [
    "LexiconError",
    "alternatives",
    "character_class",
    "groups",
    "headings",
    "keys",
    "numbers",
    "phrases",
    "words",
]


@cache
def groups(table: str) -> Groups:
    """Return the words of a table by the heading under which they stand."""
    topic, _, name = table.partition(".")
    return resolve(shipped(topic), name)


def words(*tables: str) -> tuple[str, ...]:
    """Return the words as they are written in the files, in their order."""
    return tuple(
        word
        for table in tables
        for members in groups(table).values()
        for word in members
    )


def keys(*tables: str) -> frozenset[str]:
    """Return the words' keys: what `spelling.key` makes of all their spellings."""
    return frozenset(key(word) for word in words(*tables))


def phrases(*tables: str) -> tuple[tuple[str, ...], ...]:
    """Return entries of several words, as the keys of their words."""
    return tuple(tuple(map(key, phrase.split())) for phrase in words(*tables))


def headings(*tables: str) -> Mapping[str, str]:
    """Return the heading of each word."""
    return {
        word: heading
        for table in tables
        for heading, members in groups(table).items()
        for word in members
    }


def numbers(*tables: str) -> Mapping[str, int]:
    """Return the heading of each word, a whole number: 1 for जनवरी."""
    return {word: int(heading) for word, heading in headings(*tables).items()}


def alternatives(*tables: str) -> str:
    """Return a regular expression for any of the words, the longest tried first.

    A space in an entry stands for any blanks.
    """
    longest_first = sorted(words(*tables), key=len, reverse=True)
    return "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest_first)


def character_class(*tables: str) -> str:
    """Return single characters as they stand inside brackets of an expression."""
    return "".join(map(re.escape, words(*tables)))
