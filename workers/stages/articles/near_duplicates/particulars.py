"""The numbers and names of a short text, by which templated stories are told apart.

Prices and weather come town by town in the same sentences: nearly all sequences of
words agree, and yet they are different news. Copies of one story keep its numbers and
names, or leave some out; stories of one template have each their own.
"""

import base64
import zlib
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from workers.domain.records import EntityType
from workers.stages.entities.gazetteer import shipped
from workers.stages.text import lexical
from workers.stages.text.spelling import key

SHORT = 220
"""Sequences of three words up to which a text may be a template filled in."""
_MOST = 80
"""Numbers, and names, that are kept."""
_NUMBERS_THAT_DIFFER = 2
"""At least so many on each side; one may be a toll that has risen."""
_SHARE_THAT_DIFFERS = 0.25
_BITS = 0xFFFF
_SEPARATOR = "."
_DISTRICTS = lexical.keys("places.districts")
_NO_NAMES = lexical.keys("places.before_districts")


class Particulars(NamedTuple):
    """Hashes of 16 bits."""

    numbers: frozenset[int] = frozenset()
    names: frozenset[int] = frozenset()

    def disagree(self, other: "Particulars") -> bool:
        """Say whether each of two texts has numbers or names that the other lacks."""
        if self.names - other.names and other.names - self.names:
            return True
        differing = min(
            len(self.numbers - other.numbers), len(other.numbers - self.numbers)
        )
        smaller = min(len(self.numbers), len(other.numbers))
        return (
            differing >= _NUMBERS_THAT_DIFFER
            and differing > _SHARE_THAT_DIFFERS * smaller
        )


NONE = Particulars()


def particulars(words: Sequence[str], shingles: int) -> str:
    """Return numbers and names of a text's words for its fingerprint.

    Empty where the text is too long to be a template filled in.
    """
    if shingles > SHORT:
        return ""
    numbers = {word for word in words if word.isdecimal()}
    return _packed(numbers) + _SEPARATOR + _packed(_names(words))


@lru_cache(maxsize=4096)
def unpacked(packed: str) -> Particulars:
    """Read what `particulars` returned; nothing where it is damaged."""
    numbers, _, names = packed.partition(_SEPARATOR)
    try:
        return Particulars(_read(numbers), _read(names))
    except ValueError:
        return NONE


def _names(words: Sequence[str]) -> set[str]:
    """Return the places that the gazetteer knows, and what stands before `जिले`."""
    known, keys = shipped(), [key(word) for word in words]
    found = set()
    at = 0
    while at < len(keys):
        longest = known.longest_at(keys, at)
        if longest is not None and longest[1].type is EntityType.LOC:
            found.add(" ".join(keys[at : at + longest[0]]))
        elif _names_district(keys, at):
            found.add(keys[at])
        at += longest[0] if longest else 1
    return found


def _names_district(keys: Sequence[str], at: int) -> bool:
    follows = keys[at + 1] if at + 1 < len(keys) else ""
    return follows in _DISTRICTS and keys[at] not in _NO_NAMES


def _packed(several: Collection[str]) -> str:
    hashes = sorted({zlib.crc32(each.encode()) & _BITS for each in several})[:_MOST]
    return base64.b64encode(
        b"".join(each.to_bytes(2, "little") for each in hashes)
    ).decode()


def _read(packed: str) -> frozenset[int]:
    raw = base64.b64decode(packed, validate=True)
    if len(raw) % 2:
        msg = "half a number"
        raise ValueError(msg)
    pairs = range(0, len(raw), 2)
    return frozenset(int.from_bytes(raw[at : at + 2], "little") for at in pairs)
