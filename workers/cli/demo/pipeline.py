"""The pipeline on the recorded site: the workers' settings, and its records as read.

What the records amount to is counted in `ledger`; what is printed, in `run`.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from workers.cli.demo.ledger import FOLLOWED, Ledger
from workers.cli.demo.worker_processes import WorkerProcesses
from workers.cli.terminal.console import Failure
from workers.devkit.news_site import Site
from workers.domain import topics
from workers.domain.records import EnrichedArticle
from workers.domain.topics import Topic
from workers.runtime.kafka.readers import follow
from workers.runtime.messaging.ports import Delivery
from workers.runtime.service.settings import Kafka

_COUNTING_SECONDS = 0.5


def environments(
    bootstrap: str, prefix: str = topics.DEFAULT_PREFIX
) -> Mapping[str, Mapping[str, str]]:
    """Return the settings of each worker: quick, and allowed to ask loopback."""
    shared = {
        "KHABAR_KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "KHABAR_KAFKA_TOPIC_PREFIX": prefix,
        "KHABAR_WORKER_LOG_FORMAT": "console",
    }
    loopback = {
        "KHABAR_HTTP_ALLOWED_NETWORKS": "127.0.0.0/8",
        "KHABAR_HTTP_USER_AGENT_CONTACT": "https://khabar.example/",
    }
    poll = {
        "KHABAR_POLL_MIN_INTERVAL_SECONDS": "2",
        "KHABAR_POLL_FIRST_INTERVAL_SECONDS": "2",
        "KHABAR_POLL_MAX_INTERVAL_SECONDS": "3",
        "KHABAR_POLL_HOST_GAP_SECONDS": "0",
    }
    articles = {
        "KHABAR_ARTICLES_HOST_GAP_SECONDS": "0",
        "KHABAR_ARTICLES_RETRY_SECONDS": "0.5",
        "KHABAR_ARTICLES_MAX_ATTEMPTS": "3",
        # the demo is over long before the first recheck would be due
        "KHABAR_ARTICLES_RECHECK_HOURS": "",
    }
    return {
        "poll": {**shared, **loopback, **poll},
        "articles": {**shared, **loopback, **articles},
        "entities": shared,
        "events": shared,
    }


class Update(NamedTuple):
    """What one look at the topics brought."""

    articles: Sequence[EnrichedArticle]
    """Enriched records that came, in their order."""
    remaining: str
    """What the workers still had to do when last asked, in words; may be empty."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The running pipeline: its broker, its workers, and the site that they read."""

    kafka: Kafka
    processes: WorkerProcesses
    site: Site

    def follow(self, ledger: Ledger, seconds: float) -> Iterator[Update]:
        """Enter records into *ledger* until nothing is left to come.

        Once all is done the site moves to its next version, in which an article has
        changed, and the end is when that has come through too. Raises Failure after
        *seconds*, or when a worker ends.
        """
        deadline = time.monotonic() + seconds
        counted_at = float("-inf")
        remaining = ""
        advanced = False
        followed = {topic.name(self.kafka.topic_prefix): topic for topic in FOLLOWED}
        for deliveries in follow(self.kafka, [*followed]):
            yield Update([*_enter(ledger, followed, deliveries)], remaining)
            # Counts are asked of each worker over HTTP, so not at every poll.
            if time.monotonic() - counted_at < _COUNTING_SECONDS:
                continue
            remaining = ledger.unfinished(self.processes.counts())
            counted_at = time.monotonic()
            if not remaining and not advanced:
                self.site.advance()
                advanced = True
            if not remaining and not ledger.revised():
                remaining = "the changed article to come again"
            if not remaining:
                return
            if time.monotonic() > deadline:
                message = f"not finished after {seconds:.0f} s: {remaining}"
                raise Failure(f"{message}; the logs say more")


def _enter(
    ledger: Ledger,
    followed: Mapping[str, Topic[Any]],
    deliveries: Sequence[Delivery],
) -> Iterator[EnrichedArticle]:
    """Enter what came into the ledger; yield the enriched articles of it."""
    for delivery in deliveries:
        if delivery.value is None:
            continue
        topic = followed[delivery.partition.topic]
        record = msgspec.json.decode(delivery.value, type=topic.record)
        ledger.add(topic, record)
        if isinstance(record, EnrichedArticle):
            yield record
