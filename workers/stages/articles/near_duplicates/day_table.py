"""The signatures of one day in flat arrays, found by article and by band.

A row takes about 700 bytes: 240 of minima, the rest of ids, times and hash chains.
"""

import datetime as dt
from array import array
from operator import eq

from workers.domain.records import Fingerprint
from workers.stages.articles.near_duplicates.bands import (
    BANDS,
    ROWS_PER_BAND,
    band_keys,
)
from workers.stages.articles.near_duplicates.chains import NO_ENTRY, HashChains
from workers.stages.articles.near_duplicates.signatures import PERMUTATIONS

_ID_BYTES = 16
_LAST_REVISION = 0xFFFF
_LAST_SECOND = 0xFFFFFFFE


class DayTable:
    """The signatures of one day, a row for each revision of an article."""

    def __init__(self) -> None:
        self._minima = array("H")
        self._ids = bytearray()
        self.seen = array("I")
        self.came = array("I")
        self.shingles = array("I")
        """0 where a row has been replaced."""
        self.revisions = array("H")
        self.particulars: list[str] = []
        """Of short texts; one empty string stands for all others."""
        self._bands = HashChains()
        self._rows = HashChains()
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
        """Mark *row* as replaced; its place is freed with the whole day."""
        self.shingles[row] = 0
        self._forgotten += 1

    def add(
        self, number: bytes, fingerprint: Fingerprint, minima: "array[int]"
    ) -> None:
        """Append a row."""
        self._ids += number
        self._minima.extend(minima)
        self.seen.append(timestamp(fingerprint.seen_at))
        self.came.append(timestamp(fingerprint.came_at))
        self.shingles.append(fingerprint.shingles)
        self.particulars.append(fingerprint.particulars)
        self.revisions.append(min(fingerprint.revision, _LAST_REVISION))
        self._rows.append(_short(number))
        for key in band_keys(minima):
            self._bands.append(key)
        if self._rows.full:
            self._rows.grow()
            for row in range(len(self.shingles)):
                self._rows.append(_short(self.ids(row)))
        if self._bands.full:
            self._bands.grow()
            for row in range(len(self.shingles)):
                for key in band_keys(self._row(row)):
                    self._bands.append(key)

    def candidates(self, minima: "array[int]", keys: list[int]) -> set[int]:
        """Return the rows that have a whole band in common with *minima*."""
        rows: set[int] = set()
        mine, its = minima, self._minima
        # The hot loop of the index, so chains are walked in place: `HashChains.walk`
        # would resume a generator for every entry of every band.
        heads, after = self._bands.heads, self._bands.next
        mask = len(heads) - 1
        for band, key in enumerate(keys):
            entry = heads[key & mask]
            while entry != NO_ENTRY:
                # Every row appends its bands in order, so entry = row * BANDS + band,
                # and its minima begin at ROWS_PER_BAND times that.
                at, there = band * ROWS_PER_BAND, entry * ROWS_PER_BAND
                if (
                    its[there] == mine[at]
                    and its[there + 1] == mine[at + 1]
                    and its[there + 2] == mine[at + 2]
                    and entry % BANDS == band
                    and self.shingles[entry // BANDS]
                ):
                    rows.add(entry // BANDS)
                entry = after[entry]
        return rows

    def equal(self, row: int, minima: "array[int]") -> int:
        """Return how many minima of *row* are those of another signature."""
        return sum(map(eq, self._row(row), minima))

    def _row(self, row: int) -> "array[int]":
        return self._minima[row * PERMUTATIONS : (row + 1) * PERMUTATIONS]


def _short(number: bytes) -> int:
    return int.from_bytes(number[:4], "little")


def timestamp(moment: dt.datetime) -> int:
    """Return the second of *moment* (Unix time), in 32 bits."""
    return min(max(int(moment.timestamp()), 0), _LAST_SECOND)
