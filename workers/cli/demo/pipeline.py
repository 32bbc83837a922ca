"""The line at work on the recorded site, from its settings to its last record."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from workers.cli.console import Failure
from workers.cli.demo.crew import Crew
from workers.cli.demo.ledger import FOLLOWED, Ledger
from workers.devkit.news_site import Site
from workers.domain import topics
from workers.domain.records import EnrichedArticle
from workers.domain.topics import Topic
from workers.runtime.kafka.follow import follow
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
        "KHABAR_ARTICLES_GAP_SECONDS": "0",
        "KHABAR_ARTICLES_RETRY_SECONDS": "0.5",
        "KHABAR_ARTICLES_MAX_ATTEMPTS": "3",
        # the demo is over long before the first look at what is published
        "KHABAR_ARTICLES_RECHECK_HOURS": "",
    }
    return {
        "poll": {**shared, **loopback, **poll},
        "articles": {**shared, **loopback, **articles},
        "entities": shared,
        "events": shared,
    }


def follow_to_the_end(
    ledger: Ledger,
    kafka: Kafka,
    crew: Crew,
    site: Site,
    *,
    seconds: float,
    show: Callable[[EnrichedArticle], None],
    note: Callable[[str], None],
) -> None:
    """Enter records into *ledger* until nothing is left to come.

    Once all is done the site moves to its next version, in which an article has
    changed, and the end is when that has come through too. *show* gets each enriched
    record, *note* what is still to be done. Raises Failure after *seconds*, or when a
    worker ends.
    """
    deadline = time.monotonic() + seconds
    counted_at = float("-inf")
    advanced = False
    followed = {topic.name(kafka.topic_prefix): topic for topic in FOLLOWED}
    for deliveries in follow(kafka, [*followed]):
        for record in _entered(ledger, followed, deliveries):
            show(record)
        if time.monotonic() - counted_at < _COUNTING_SECONDS:
            continue
        left = ledger.unfinished(crew.counts())
        counted_at = time.monotonic()
        if not left and not advanced:
            site.advance()
            advanced = True
        if not left and not ledger.revised():
            left = "the changed article to come again"
        if not left:
            return
        note(f"{len(ledger.enriched)} articles enriched, {left}")
        if time.monotonic() > deadline:
            message = f"not finished after {seconds:.0f} s: {left}; the logs say more"
            raise Failure(message)


def _entered(
    ledger: Ledger,
    followed: Mapping[str, Topic[Any]],
    deliveries: Sequence[Delivery],
) -> Iterator[EnrichedArticle]:
    """Enter what came into the ledger; yield what is to be shown."""
    for delivery in deliveries:
        if delivery.value is None:
            continue
        topic = followed[delivery.partition.topic]
        record = msgspec.json.decode(delivery.value, type=topic.record)
        ledger.add(topic, record)
        if isinstance(record, EnrichedArticle):
            yield record
