"""Names that are known beforehand, with their Wikidata ids; see `gazetteer.tsv`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from workers.domain.records import EntityType
from workers.stages.text.spelling import key

_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A name of the gazetteer."""

    type: EntityType
    link: str | None


class Gazetteer:
    """Known names by their words, whatever their spelling."""

    def __init__(self, known: Mapping[tuple[str, ...], Known]) -> None:
        self._known = known
        self._longest = max((len(words) for words in known), default=0)

    def find(self, words: Sequence[str]) -> Known | None:
        """Return what a name is known as, given its words as folded keys."""
        return self._known.get(tuple(words))

    def longest_at(self, words: Sequence[str], start: int) -> tuple[int, Known] | None:
        """Return the length of the longest known name that begins at *start*."""
        for length in range(min(self._longest, len(words) - start), 0, -1):
            known = self._known.get(tuple(words[start : start + length]))
            if known is not None:
                return length, known
        return None


@lru_cache(maxsize=1)
def shipped() -> Gazetteer:
    """Return the gazetteer that comes with the package."""
    file = files("workers.stages.entities") / "gazetteer.tsv"
    return read(file.read_text(encoding="utf-8"))


def read(text: str) -> Gazetteer:
    """Read lines of id, type and names; raises `ValueError` with the line."""
    known: dict[tuple[str, ...], Known] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != _COLUMNS:
            msg = f"gazetteer.tsv:{number}: {len(columns)} columns, not {_COLUMNS}"
            raise ValueError(msg)
        link, kind, names = columns
        for name in names.split("|"):
            words = tuple(key(word) for word in name.split())
            known[words] = Known(EntityType(kind), link or None)
    return Gazetteer(known)
