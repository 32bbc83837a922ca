"""Which published articles a new one nearly repeats."""

import datetime as dt

from prometheus_client import Gauge

from workers.domain.records import Article
from workers.domain.topics import FINGERPRINTS
from workers.runtime.processing.worker import Context
from workers.stages.articles.context import Decision
from workers.stages.articles.near_duplicates.index import SignatureIndex
from workers.stages.articles.near_duplicates.marking import (
    earlier,
    fingerprint_of,
    marked,
)

KNOWN_FINGERPRINTS = Gauge(
    "khabar_fingerprints", "Articles that new ones are compared with."
)


class DuplicateMarker:
    """Knows the articles of the last days, those of other members included."""

    def __init__(self, days: float, context: Context) -> None:
        self._window = dt.timedelta(days=days)
        self._table = context.tables.shared_of(FINGERPRINTS)
        self._published = SignatureIndex(self._window)
        self._open = SignatureIndex(self._window)
        """What the open batch adds."""
        if days:
            self._table.subscribe(self._published.add)

    def begin(self) -> None:
        """Begin a batch, with what an earlier part of its transaction has added."""
        self._open = SignatureIndex(self._window)
        for fingerprint in self._table.staged.values():
            if fingerprint is not None:
                self._open.add(fingerprint)
        KNOWN_FINGERPRINTS.set(len(self._published))

    def mark(self, decision: Decision) -> Article | None:
        """Return the article of *decision*, marked where it repeats another."""
        article, signature = decision.article, decision.signature
        if article is None or signature is None or not self._window:
            return article
        fingerprint = fingerprint_of(article, signature)
        match = earlier(
            self._published.first_like(fingerprint), self._open.first_like(fingerprint)
        )
        self._open.add(fingerprint)
        self._table.put(fingerprint)
        return marked(article, match)
