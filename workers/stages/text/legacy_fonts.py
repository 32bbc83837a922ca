"""Decode Hindi that was typed for a legacy font: KrutiDev, DevLys, Walkman Chanakya.

Such a text is Latin letters and signs that only the font shows as Devanagari. It is
known by words that no other language has (`gS` is है, `esa` में), and believed to be
decoded when what comes out is Devanagari with Hindi's own commonest words in it.
hinlegacy decodes; of its tables the one that yields the best Hindi is taken, because
the fonts share most of their layout and pages seldom name the font.
"""

import re
from typing import NamedTuple

import hinlegacy

from workers.stages.text.lexical import words
from workers.stages.text.normalisation import devanagari_share, normalise

_EVIDENCE = frozenset(words("languages.krutidev"))
_HINDI = frozenset(words("languages.hindi_of_any_font"))
_FONTS = ("devlys_010", "krutidev_010", "walkman_chanakya_905")
_DEVANAGARI = re.compile("[\u0900-\u097f]")
_ENDS = "A]A\u0964,.-()"
_MIN_WORDS = 4
_MIN_EVIDENCE = 0.12
_MIN_KINDS = 3
_MIN_HINDI = 0.1
_MIN_DEVANAGARI = 0.95


class Decoded(NamedTuple):
    """A text in Unicode, and the font that it was typed for."""

    text: str
    font: str


def decode(text: str) -> Decoded | None:
    """Return *text* decoded, or None if it is not in a legacy font."""
    words = text.split()
    if len(words) < _MIN_WORDS or _DEVANAGARI.search(text):
        return None
    evidence = [word for word in words if word.rstrip(_ENDS) in _EVIDENCE]
    if len(set(evidence)) < _MIN_KINDS or len(evidence) < _MIN_EVIDENCE * len(words):
        return None
    best: tuple[float, Decoded] | None = None
    for font in _FONTS:
        decoded = normalise(hinlegacy.decode(text, font)).text
        share = _hindi_share(decoded)
        good = share >= _MIN_HINDI and devanagari_share(decoded) >= _MIN_DEVANAGARI
        if good and (best is None or share > best[0]):
            best = share, Decoded(decoded, font)
    return best[1] if best else None


def in_unicode(text: str) -> str:
    """Return *text*, decoded if it is in a legacy font."""
    decoded = decode(text)
    return decoded.text if decoded else text


def _hindi_share(text: str) -> float:
    words = re.findall("[\u0900-\u0963]+", text)
    return sum(word in _HINDI for word in words) / len(words) if words else 0.0
