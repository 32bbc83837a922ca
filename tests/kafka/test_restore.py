"""How soon a poller knows five thousand feeds again, from a real broker."""

import sys
import time
from contextlib import closing

import msgspec
import pytest
from kafka import KafkaProducer

from tests.support.waiting import PATIENCE
from workers.domain.records import Feed, FeedProfile, FeedState
from workers.domain.topics import FEED_STATES, FEEDS
from workers.fleet.poll import WORKER
from workers.runtime.kafka import admin
from workers.runtime.kafka.session import KafkaSession
from workers.runtime.messaging.partitioning import partition_of
from workers.runtime.processing.table_loader import TableLoader
from workers.runtime.service.clock import SystemClock
from workers.runtime.service.health import Health
from workers.runtime.service.settings import Kafka

pytestmark = pytest.mark.kafka

FEED_COUNT = 5_000
SEEN = bytes(range(16)) * 100
"""Fifty entries, each by its guid and its URL."""
MOST_CPU_SECONDS = 10.0


def test_five_thousand_feeds_are_known_again_in_seconds(
    broker: str, prefix: str
) -> None:
    settings = Kafka(bootstrap_servers=(broker,), topic_prefix=prefix, slot="a")
    admin.apply_topics(settings, admin.plans(settings, ["poll"]))
    _write(broker, prefix)
    clock = SystemClock()
    with closing(KafkaSession.open(WORKER, settings)) as session:
        loader = TableLoader(WORKER, session, prefix, clock, Health(clock, 60.0))
        deadline = clock.monotonic() + PATIENCE
        while not loader.loading:  # joining the group is not what is measured
            assert clock.monotonic() < deadline
            session.poll(0.1, 1)
            loader.on_rebalance()
            loader.pause_or_resume(without=None)
        started, cpu_started = time.perf_counter(), time.process_time()
        while loader.loading:
            assert clock.monotonic() < deadline
            loader.load_next(lambda: False)
        seconds = time.perf_counter() - started
        cpu_seconds = time.process_time() - cpu_started
        feeds, states = loader.tables.of(FEEDS), loader.tables.of(FEED_STATES)
        assert (len(feeds), len(states)) == (FEED_COUNT, FEED_COUNT)
        known = states.get("feed-4321")
        assert known is not None
        assert known.seen == SEEN
    # `pytest -rP` shows it
    told = f"{FEED_COUNT} feeds in {seconds:.2f} s, {cpu_seconds:.2f} s of processor"
    sys.stdout.write(told)
    # the clock on the wall is the machine's affair, whose load nobody knows
    assert cpu_seconds < MOST_CPU_SECONDS


def _write(broker: str, prefix: str) -> None:
    """Write definitions and states, and each state twice: compaction comes late."""
    producer = KafkaProducer(bootstrap_servers=broker, compression_type="lz4")
    with closing(producer):
        for number in range(FEED_COUNT):
            feed_id = f"feed-{number}"
            url = f"https://patra-{number % 700}.example/rss/{number}.xml"
            feed = Feed(feed_id=feed_id, url=url, publisher="पत्र")
            state = FeedState(
                feed_id=feed_id,
                url=url,
                etag=f'"{number}"',
                body_hash="230d8358dc8e8890",
                interval_seconds=911.5,
                profile=FeedProfile(gap_seconds=1840.0, entries=50),
                seen=SEEN,
            )
            for topic, record in (
                (FEEDS, feed),
                (FEED_STATES, state),
                (FEED_STATES, state),
            ):
                producer.send(
                    topic.name(prefix),
                    msgspec.json.encode(record),
                    feed_id.encode(),
                    partition=partition_of(feed_id.encode(), topic.partitions),
                )
        producer.flush(PATIENCE)
