"""Names in a record - authors, sections, tags - within limits of number and length.

A page may list a quarter of a million keywords. What is looked at is bounded too, so
that such a list costs no more than a long one.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from workers.stages.text.normalisation import normalise_line

MOST_TAGS = 100
MOST_SECTIONS = 20
MOST_AUTHORS = 20
MAX_TAG = 200
"""Characters; what is longer is a sentence, and left out."""
_LOOKED_AT = 1_000
"""Names of a list that are looked at, those that repeat others included."""
_LIST = 100_000
"""Characters of a list in one string that are looked at."""


def distinct(names: Iterable[str], most: int) -> tuple[str, ...]:
    """Return the first *most* different *names*, in their order."""
    return tuple(dict.fromkeys(islice(names, _LOOKED_AT)))[:most]


def pieces(texts: Iterable[str]) -> Iterator[str]:
    """Yield the normalised names in *texts*, each a name or a list with commas."""
    for text in islice(texts, _LOOKED_AT):
        for piece in text[:_LIST].split(",", _LOOKED_AT)[:_LOOKED_AT]:
            # one longer than a line is no name, and not worth normalising
            name = normalise_line(piece) if len(piece) <= _LIST // 10 else ""
            if name:
                yield name
