"""When pages are fetched again: retries after failures, rechecks after publication.

Waits are spread so that what came together does not come back together. The spread is
derived from the article, not drawn, so that a replay computes the same.
"""

import hashlib
from typing import Annotated

from msgspec import Meta, Struct

from workers.domain.records import Entry

Hours = Annotated[float, Meta(gt=0, le=120)]
_MAX_DOUBLINGS = 32
_RECHECK_SPREAD = 0.1


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """When a page that could not be fetched is tried again."""

    max_attempts: int
    """At least 1."""
    first_seconds: float
    """Before the second attempt; doubles with each."""
    max_seconds: float = 6 * 3600.0

    def seconds(self, entry: Entry, asked: float | None = None) -> float:
        """Return how long to wait before *entry* is tried again.

        Exponential backoff, bounded, and shortened by up to a half. *asked* is the
        least that the host wants (Retry-After); it is lengthened by up to a tenth.
        """
        doubled = min(
            self.first_seconds * 2.0 ** min(entry.attempt, _MAX_DOUBLINGS),
            self.max_seconds,
        )
        spread = _spread(entry.article_id, entry.attempt)
        seconds = doubled * (1.0 - spread / 2)
        return max(seconds, asked * (1.0 + spread / 10)) if asked else seconds


class RecheckPolicy(Struct, frozen=True, kw_only=True):
    """When published articles are fetched again."""

    hours: tuple[Hours, ...]
    """After the first publication; empty: never."""

    def seconds(self, article_id: str, check: int) -> float | None:
        """Return how long after the recheck before it recheck number *check* is due.

        Up to a tenth later. None where there is no such recheck.
        """
        if not 0 < check <= len(self.hours):
            return None
        hours = sorted(self.hours)
        gap = hours[check - 1] - (hours[check - 2] if check > 1 else 0.0)
        return 3600.0 * gap * (1.0 + _RECHECK_SPREAD * _spread(article_id, check))


def _spread(article_id: str, number: int) -> float:
    """Return a number from 0 to 1 that looks random."""
    digest = hashlib.sha256(f"{article_id}{number}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32
