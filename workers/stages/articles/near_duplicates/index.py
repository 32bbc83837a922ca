"""A window of signatures in which those that are alike are found quickly.

Bands of three minima are hashed (locality-sensitive hashing): two texts that share a
third of their word sequences meet in one of the 40 bands four times out of five, two
that share half of them nearly always. All is kept in flat arrays, day by day: a row
takes about 700 bytes, and a day that has passed is dropped as a whole.
"""

import datetime as dt
from array import array
from collections.abc import Iterator
from operator import eq
from typing import NamedTuple

from workers.domain.records import Fingerprint
from workers.stages.articles.near_duplicates.signatures import (
    METHOD,
    PERMUTATIONS,
    unpacked,
)

SIMILAR = 0.6
"""Share of the shorter text's word sequences that must stand in the other."""
LEAST_RESEMBLANCE = 0.2
"""Of the two texts as wholes (Jaccard): a paragraph in a long report is no copy."""

_BAND = 3
_BANDS = PERMUTATIONS // _BAND
_ID_BYTES = 16
_DAY_SECONDS = 86_400
_NONE = 0xFFFFFFFF
_FIRST_HEADS = 1024
_MIXER = 0x9E3779B1


class Match(NamedTuple):
    """An article that is already in the window and says nearly the same."""

    article_id: str
    similarity: float
    """Estimated share of the shorter text's word sequences in the other, 0 to 1."""
    came_at: dt.datetime
    """When it was published, as far as is known."""


class SignatureIndex:
    """The signatures of the last days, by what they have in common."""

    def __init__(self, window: dt.timedelta) -> None:
        """Compare articles that were first seen within *window* of each other."""
        self._window = window
        self._days: dict[int, _Day] = {}

    def __len__(self) -> int:
        return sum(len(day) for day in self._days.values())

    def add(self, fingerprint: Fingerprint) -> None:
        """Take *fingerprint* in, in the place of an older one of its article.

        One of another method, damaged, or older than the window reaches back from the
        newest, is passed over.
        """
        try:
            minima = unpacked(fingerprint.minima)
        except ValueError:
            return
        seen = _seconds(fingerprint.seen_at)
        newest = max(self._days, default=0) * _DAY_SECONDS
        reach = int(self._window.total_seconds())
        if fingerprint.method != METHOD or seen + reach < newest:
            return
        number = bytes.fromhex(fingerprint.article_id)
        for day in self._days.values():
            row = day.row_of(number)
            if row is not None:
                if day.revisions[row] > fingerprint.revision:
                    return
                day.forget(row)
        self._drop_before(seen - reach)
        day = self._days.setdefault(seen // _DAY_SECONDS, _Day())
        day.add(number, fingerprint, minima)

    def first_like(self, fingerprint: Fingerprint) -> Match | None:
        """Return the article that came first among those like *fingerprint*.

        Of two that came at once, the one with the smaller id.
        """
        if fingerprint.method != METHOD:
            return None
        own = bytes.fromhex(fingerprint.article_id)
        minima = unpacked(fingerprint.minima)
        keys = _band_keys(minima)
        seen = _seconds(fingerprint.seen_at)
        reach = int(self._window.total_seconds())
        best: tuple[int, bytes, float] | None = None
        for day in self._days.values():
            for row in day.candidates(minima, keys):
                if day.ids(row) == own or abs(day.seen[row] - seen) > reach:
                    continue
                alike = _alike(
                    day.equal(row, minima), fingerprint.shingles, day.shingles[row]
                )
                if alike is None:
                    continue
                found = (day.came[row], day.ids(row), alike)
                if best is None or found[:2] < best[:2]:
                    best = found
        if best is None:
            return None
        came = dt.datetime.fromtimestamp(best[0], dt.UTC)
        return Match(best[1].hex(), round(best[2], 3), came)

    def _drop_before(self, seconds: int) -> None:
        for number in [*self._days]:
            if (number + 1) * _DAY_SECONDS <= seconds:
                del self._days[number]


def _alike(equal: int, mine: int, its: int) -> float | None:
    """Return how far the shorter text stands in the other, None where not enough.

    From the resemblance J of sets A and B follows what they share: J(A+B)/(1+J).
    """
    resemblance = equal / PERMUTATIONS
    if resemblance < LEAST_RESEMBLANCE:
        return None
    shared = resemblance * (mine + its) / (1 + resemblance)
    contained = min(1.0, shared / min(mine, its))
    return contained if contained >= SIMILAR else None


class _Chains:
    """A hash table of numbered entries: heads of chains, and the next of each entry."""

    def __init__(self) -> None:
        self.heads = array("I", [_NONE]) * _FIRST_HEADS
        self.next = array("I")

    def walk(self, key: int) -> Iterator[int]:
        """Yield the entries that may have *key*."""
        entry = self.heads[key & (len(self.heads) - 1)]
        while entry != _NONE:
            yield entry
            entry = self.next[entry]

    def append(self, key: int) -> None:
        """Add the next entry under *key*."""
        at = key & (len(self.heads) - 1)
        self.next.append(self.heads[at])
        self.heads[at] = len(self.next) - 1

    @property
    def full(self) -> bool:
        """Whether the chains have become long."""
        return len(self.next) >= len(self.heads)

    def emptied(self) -> None:
        """Make room for twice as many entries, which are to be added again."""
        self.heads = array("I", [_NONE]) * (2 * len(self.heads))
        self.next = array("I")


class _Day:
    """The signatures of one day."""

    def __init__(self) -> None:
        self._minima = array("H")
        self._ids = bytearray()
        self.seen = array("I")
        self.came = array("I")
        self.shingles = array("I")
        """0 where a row has been replaced."""
        self.revisions = array("H")
        self._bands = _Chains()
        self._rows = _Chains()
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self.shingles) - self._forgotten

    def ids(self, row: int) -> bytes:
        """Return the article's id of *row*."""
        return bytes(self._ids[row * _ID_BYTES : (row + 1) * _ID_BYTES])

    def row_of(self, number: bytes) -> int | None:
        """Return the row of an article."""
        for row in self._rows.walk(_short(number)):
            if self.shingles[row] and self.ids(row) == number:
                return row
        return None

    def forget(self, row: int) -> None:
        """Let *row* be found no more."""
        self.shingles[row] = 0
        self._forgotten += 1

    def add(
        self, number: bytes, fingerprint: Fingerprint, minima: "array[int]"
    ) -> None:
        """Append a row."""
        self._ids += number
        self._minima.extend(minima)
        self.seen.append(_seconds(fingerprint.seen_at))
        self.came.append(_seconds(fingerprint.came_at))
        self.shingles.append(fingerprint.shingles)
        self.revisions.append(min(fingerprint.revision, _LAST_REVISION))
        self._rows.append(_short(number))
        for key in _band_keys(minima):
            self._bands.append(key)
        if self._rows.full:
            self._rows.emptied()
            for row in range(len(self.shingles)):
                self._rows.append(_short(self.ids(row)))
        if self._bands.full:
            self._bands.emptied()
            for row in range(len(self.shingles)):
                for key in _band_keys(self._row(row)):
                    self._bands.append(key)

    def candidates(self, minima: "array[int]", keys: list[int]) -> set[int]:
        """Return the rows that have a whole band in common with *minima*."""
        rows: set[int] = set()
        mine, its = minima, self._minima
        heads, after = self._bands.heads, self._bands.next  # a hot loop: no calls
        mask = len(heads) - 1
        for band, key in enumerate(keys):
            entry = heads[key & mask]
            while entry != _NONE:
                at, there = band * _BAND, entry * _BAND  # entries lie as minima do
                if (
                    its[there] == mine[at]
                    and its[there + 1] == mine[at + 1]
                    and its[there + 2] == mine[at + 2]
                    and entry % _BANDS == band
                    and self.shingles[entry // _BANDS]
                ):
                    rows.add(entry // _BANDS)
                entry = after[entry]
        return rows

    def equal(self, row: int, minima: "array[int]") -> int:
        """Return how many minima of *row* are those of another signature."""
        return sum(map(eq, self._row(row), minima))

    def _row(self, row: int) -> "array[int]":
        return self._minima[row * PERMUTATIONS : (row + 1) * PERMUTATIONS]


_LAST_REVISION = 0xFFFF


def _band_keys(minima: "array[int]") -> list[int]:
    """Return a hash of 32 bits for each band."""
    keys = []
    for band in range(_BANDS):
        at = band * _BAND
        low = minima[at] | minima[at + 1] << 16
        mixed = (low ^ minima[at + 2] * 0x85EBCA6B ^ band * 0xC2B2AE35) * _MIXER
        keys.append((mixed ^ mixed >> 29) & _NONE)
    return keys


def _short(number: bytes) -> int:
    return int.from_bytes(number[:4], "little")


def _seconds(moment: dt.datetime) -> int:
    return min(max(int(moment.timestamp()), 0), _NONE - 1)
