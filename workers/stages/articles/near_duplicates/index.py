"""A window of signatures in which those that are alike are found quickly.

Candidates are found by bands (see `bands`), then compared minimum by minimum. The
signatures lie day by day, and a day that has passed is dropped as a whole.
"""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from workers.domain.records import Fingerprint
from workers.stages.articles.near_duplicates import particulars
from workers.stages.articles.near_duplicates.bands import band_keys
from workers.stages.articles.near_duplicates.day_table import DayTable, timestamp
from workers.stages.articles.near_duplicates.signatures import (
    METHOD,
    PERMUTATIONS,
    unpacked,
)

SIMILAR = 0.6
"""Share of the shorter text's word sequences that must stand in the other."""
LEAST_RESEMBLANCE = 0.2
"""Of the two texts as wholes (Jaccard): a paragraph in a long report is no copy."""

_DAY_SECONDS = 86_400


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
        self._days: dict[int, DayTable] = {}

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
        seen = timestamp(fingerprint.seen_at)
        newest = max(self._days, default=0) * _DAY_SECONDS
        reach = int(self._window.total_seconds())
        if fingerprint.method != METHOD or seen + reach < newest:
            return
        number = bytes.fromhex(fingerprint.article_id)
        for day in self._days.values():
            # in every day: revisions may have been seen on different ones
            row = day.row_of(number)
            if row is not None:
                if day.revisions[row] > fingerprint.revision:
                    return
                day.forget(row)
        self._drop_before(seen - reach)
        day = self._days.setdefault(seen // _DAY_SECONDS, DayTable())
        day.add(number, fingerprint, minima)

    def first_like(self, fingerprint: Fingerprint) -> Match | None:
        """Return the article that came first among those like *fingerprint*.

        Of two that came at once, the one with the smaller id.
        """
        if fingerprint.method != METHOD:
            return None
        best = min(self._alike(fingerprint), default=None)
        if best is None:
            return None
        came, number, containment = best
        came_at = dt.datetime.fromtimestamp(came, dt.UTC)
        return Match(number.hex(), round(containment, 3), came_at)

    def _alike(self, fingerprint: Fingerprint) -> Iterator[tuple[int, bytes, float]]:
        """Yield time, id and containment of the articles like *fingerprint*."""
        own = bytes.fromhex(fingerprint.article_id)
        minima = unpacked(fingerprint.minima)
        keys = band_keys(minima)
        seen = timestamp(fingerprint.seen_at)
        reach = int(self._window.total_seconds())
        for day in self._days.values():
            for row in day.candidates(minima, keys):
                number = day.ids(row)
                if number == own or abs(day.seen[row] - seen) > reach:
                    continue
                containment = _containment(
                    day.equal(row, minima), fingerprint.shingles, day.shingles[row]
                )
                if containment is not None and not _of_one_template(
                    fingerprint.particulars, day.particulars[row]
                ):
                    yield day.came[row], number, containment

    def _drop_before(self, seconds: int) -> None:
        for number in [*self._days]:
            if (number + 1) * _DAY_SECONDS <= seconds:
                del self._days[number]


def _of_one_template(own: str, other: str) -> bool:
    """Say whether two short texts differ in what a template is filled in with."""
    if not own or not other or own == other:
        return False
    return particulars.unpacked(own).disagree(particulars.unpacked(other))


def _containment(equal: int, own: int, other: int) -> float | None:
    """Return how far the shorter text stands in the other, None where not enough.

    *equal* minima estimate the resemblance J = |A∩B| / |A∪B| (Broder 1997, 2); with
    the sizes of both sets, *own* and *other*, |A∩B| is J(|A|+|B|) / (1+J).
    """
    resemblance = equal / PERMUTATIONS
    if resemblance < LEAST_RESEMBLANCE:
        return None
    shared = resemblance * (own + other) / (1 + resemblance)
    contained = min(1.0, shared / min(own, other))
    return contained if contained >= SIMILAR else None
