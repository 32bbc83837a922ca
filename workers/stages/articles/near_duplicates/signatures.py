"""Short signatures of texts that are alike where the texts are (MinHash).

Broder, On the resemblance and containment of documents, 1997. A signature keeps 16
bits of each minimum: two that differ look equal once in 65,536 times.
"""

import base64
import sys
from array import array
from typing import NamedTuple

from workers.stages.articles.near_duplicates.particulars import particulars
from workers.stages.articles.near_duplicates.wording import words

SHINGLE_WORDS = 3
PERMUTATIONS = 120
METHOD = "minhash-120-words-3-rensa-2"
"""Signatures of another method cannot be compared with ours."""

_SEED = 20_261_124
_MIN_SHINGLES = 12
_LOW_BITS = 0xFFFF


class Signature(NamedTuple):
    """What is remembered of a text to find others like it."""

    shingles: int
    """Different sequences of three words in it."""
    minima: str
    """120 minima of 16 bits, little-endian, in base64."""
    particulars: str = ""
    """Numbers and names of a short text (see `particulars`)."""


def signature(text: str) -> Signature | None:
    """Return the signature of a normalised *text*; None where it is too short."""
    from rensa import RMinHash  # noqa: PLC0415 only the process that reads pages needs it

    found = words(text)
    shingles = {
        " ".join(found[at : at + SHINGLE_WORDS])
        for at in range(len(found) - SHINGLE_WORDS + 1)
    }
    if len(shingles) < _MIN_SHINGLES:
        return None
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    sketch.update(shingles)  # their order does not matter: minima are kept
    minima = array("H", [each & _LOW_BITS for each in sketch.digest()])
    return Signature(
        len(shingles),
        base64.b64encode(_little(minima)).decode(),
        particulars(found, len(shingles)),
    )


def unpacked(minima: str) -> "array[int]":
    """Return the minima of a signature; raises ValueError where they are not ours."""
    raw = array("H")
    raw.frombytes(base64.b64decode(minima, validate=True))
    if len(raw) != PERMUTATIONS:
        msg = f"{len(raw)} minima instead of {PERMUTATIONS}"
        raise ValueError(msg)
    if sys.byteorder == "big":
        raw.byteswap()
    return raw


def _little(minima: "array[int]") -> bytes:
    if sys.byteorder == "big":
        minima.byteswap()
    return minima.tobytes()
