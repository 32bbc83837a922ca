"""Counts of the records that came over the topics, and what is still to come."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workers.cli.demo.worker_processes import Count
from workers.domain import topics
from workers.domain.outcomes import Outcome
from workers.domain.records import (
    EnrichedArticle,
    Entry,
    EventRecord,
    FeedState,
    Record,
)
from workers.domain.topics import Topic

FOLLOWED: tuple[Topic[Any], ...] = (
    topics.FEED_STATES,
    topics.ENTRIES,
    topics.ENTRIES_DELAYED,
    topics.ARTICLES,
    topics.ANNOTATED,
    topics.ENRICHED,
    topics.EVENTS,
)
"""Topics that are counted, from their beginning and committed records only."""


@dataclass(slots=True)
class Ledger:
    """Counts every record of the followed topics."""

    feeds: Iterable[str]
    """Ids of the feeds that are to be polled."""
    seen: Counter[str] = field(default_factory=Counter)
    """Records by topic (noun)."""
    states: dict[str, FeedState] = field(default_factory=dict)
    entries: set[str] = field(default_factory=set)
    """Ids of the articles that feeds named."""
    enriched: dict[tuple[str, int], EnrichedArticle] = field(default_factory=dict)
    """By article id and revision."""
    doubled: int = 0
    """Enriched records that came a second time; exactly once means none."""
    events: Counter[str] = field(default_factory=Counter)
    """By type."""

    def add(self, topic: Topic[Any], record: Record) -> None:
        """Count one record."""
        self.seen[topic.noun] += 1
        match record:
            case FeedState():
                self.states[record.feed_id] = record
            case Entry():
                self.entries.add(record.article_id)
            case EnrichedArticle():
                key = (record.article_id, record.revision)
                self.doubled += key in self.enriched
                self.enriched[key] = record
            case EventRecord():
                self.events[record.event_type] += 1

    @property
    def latest(self) -> dict[str, EnrichedArticle]:
        """The highest revision of each enriched article."""
        return {
            article_id: self.enriched[article_id, revision]
            for article_id, revision in sorted(self.enriched)
        }

    def revised(self) -> bool:
        """Return whether a second revision has come."""
        return any(revision > 1 for _, revision in self.enriched)

    def unfinished(self, handled: Mapping[Count, int]) -> str:
        """Return what is still to be done by the workers' counts; empty: nothing."""
        unpolled = [
            feed
            for feed in self.feeds
            if feed not in self.states or self.states[feed].polled_at is None
        ]
        if unpolled:
            return f"{len(unpolled)} feeds to poll, {unpolled[0]} among them"
        if not self.entries:
            return "no feed has shown an entry yet"
        steps = (
            ("articles", topics.ENTRIES, "entries to fetch"),
            ("articles", topics.ENTRIES_DELAYED, "delayed entries to fetch"),
            ("entities", topics.ARTICLES, "articles to annotate"),
            ("events", topics.ANNOTATED, "annotated articles to enrich"),
        )
        for worker, topic, words in steps:
            done = _handled(handled, worker, topic)
            if done < self.seen[topic.noun]:
                return f"{self.seen[topic.noun] - done} {words}"
        made = _handled(handled, "events", topics.ANNOTATED, Outcome.PUBLISHED)
        if self.seen[topics.ENRICHED.noun] < made:
            return "the last enriched records to read"
        return ""


def _handled(
    handled: Mapping[Count, int],
    worker: str,
    topic: Topic[Any],
    outcome: Outcome | None = None,
) -> int:
    """Return how many records of *topic* the worker has handled, each once."""
    return sum(
        number
        for count, number in handled.items()
        if count.worker == worker
        and count.topic == topic.noun
        and count.outcome != Outcome.REPLAYED
        and (outcome is None or count.outcome == outcome)
    )
