"""Fingerprints of texts, all seen at one moment, for tests of near duplicates."""

import datetime as dt

from workers.domain.ids import article_id
from workers.domain.records import Fingerprint
from workers.stages.articles.near_duplicates.signatures import METHOD, signature

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def fingerprint(name: str, text: str) -> Fingerprint:
    made = signature(text)
    assert made is not None
    return Fingerprint(
        article_id=article_id(name),
        revision=1,
        seen_at=NOON,
        came_at=NOON,
        shingles=made.shingles,
        minima=made.minima,
        method=METHOD,
        particulars=made.particulars,
    )
