"""Align words of two analyses of a text by the characters that they cover.

After the CoNLL-2018 shared task: spaces do not count, so that the two may differ in
where words and sentences end.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Span = tuple[int, int]


class WordSpans(NamedTuple):
    """Where words and sentences are, in code points of the text without spaces."""

    characters: str
    words: list[list[Span]]
    """By sentence, in order."""
    sentences: list[Span]


def align(sentences: Iterable[Sequence[str]]) -> WordSpans:
    """Return where the words of sentences are."""
    characters: list[str] = []
    words: list[list[Span]] = []
    bounds: list[Span] = []
    at = 0
    for forms in sentences:
        first = at
        words.append([])
        for form in map(bare, forms):
            characters.append(form)
            words[-1].append((at, at + len(form)))
            at += len(form)
        bounds.append((first, at))
    return WordSpans("".join(characters), words, bounds)


def bare(text: str) -> str:
    """Return the characters that count for alignment: NFC, no spaces, no joiners."""
    return "".join(
        c
        for c in unicodedata.normalize("NFC", text)
        if not c.isspace() and unicodedata.category(c) != "Cf"
    )
