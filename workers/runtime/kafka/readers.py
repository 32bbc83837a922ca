"""Consumers that belong to no group: what reads whole partitions and whole topics."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError

from workers.domain.outcomes import ConfigurationError
from workers.runtime.kafka.client import connection, ms, translated
from workers.runtime.messaging.ports import Delivery, Headers, Partition
from workers.runtime.service.settings import Kafka

_READ_RECORDS = 1000
_READ_POLL_SECONDS = 0.5
_FOLLOW_POLL_SECONDS = 0.1


def reader(settings: Kafka, isolation: str = "read_committed") -> KafkaConsumer:
    """Return a consumer that belongs to no group."""
    return KafkaConsumer(
        **connection(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level=isolation,
        max_poll_records=_READ_RECORDS,
        fetch_max_wait_ms=200,
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )


def delivery(record: Any) -> Delivery:
    """Return a record of kafka-python as the loop knows it."""
    return Delivery(
        partition=Partition(record.topic, record.partition),
        offset=record.offset,
        key=record.key,
        value=record.value,
        # an empty value where there is none: the library's producer writes no other
        headers=Headers((name, value or b"") for name, value in record.headers or ()),
        timestamp_ms=record.timestamp,
    )


def deliveries(polled: Mapping[TopicPartition, Sequence[Any]]) -> list[Delivery]:
    """Return what a poll of kafka-python has brought, partition by partition."""
    return [delivery(record) for records in polled.values() for record in records]


def partitions_of(source: Any, topic: str) -> Sequence[TopicPartition]:
    """Return the partitions of *topic*; raises ConfigurationError if it has none."""
    numbers = source.partitions_for_topic(topic)
    if not numbers:
        msg = f"topic {topic} does not exist; `khabar topics apply` creates it"
        raise ConfigurationError(msg)
    return [TopicPartition(topic, number) for number in sorted(numbers)]


class KafkaFollower:
    """Reads partitions along, committed records only; implements ports.Follower."""

    def __init__(
        self, topic: str, ends: Mapping[TopicPartition, int], settings: Kafka
    ) -> None:
        """Begin at the beginning of *topic*, whose partitions have those *ends*."""
        self._settings = settings
        self._topic = topic
        self._ends = dict(ends)
        self._consumer = reader(settings)
        self._consumer.assign([*ends])
        self._consumer.seek_to_beginning(*ends)

    @property
    def caught_up(self) -> bool:
        """Whether all has been polled that stood on the topic as this began."""
        with translated(f"reading {self._topic}", self._settings):
            for each in [*self._ends]:
                position = self._consumer.position(each, timeout_ms=0)
                if position is not None and position >= self._ends[each]:
                    del self._ends[each]
        return not self._ends

    def poll(self, limit: int) -> Sequence[Delivery]:
        """Return what has arrived; waits only while it is not caught up."""
        timeout = ms(_FOLLOW_POLL_SECONDS) if self._ends else 0
        with translated(f"reading {self._topic}", self._settings):
            polled = self._consumer.poll(timeout, max_records=limit)
        return deliveries(polled)

    def close(self) -> None:
        """Let go of the connection."""
        _close(self._consumer)


class KafkaReaders:
    """What a session reads whole, committed records only; connects when it is needed.

    How far there is to read is told by the end of all records, committed or not:
    reading committed ones only gets there when every transaction that was open then
    is over, and so misses nothing that a former owner may yet have committed.
    """

    def __init__(self, settings: Kafka, patience_seconds: float) -> None:
        """Give up on a partition that makes no progress for so long."""
        self._settings = settings
        self._patience = patience_seconds
        self._committed: KafkaConsumer | None = None
        self._everything: KafkaConsumer | None = None

    def read_all(self, partition: Partition) -> Iterator[Delivery]:
        """Read a whole partition, to the end that it had at the start."""
        each = TopicPartition(*partition)
        with translated(f"reading {partition.topic}", self._settings):
            end = self._ends([each])[each]
            if self._committed is None:
                self._committed = reader(self._settings)
            committed = self._committed
            committed.assign([each])
            committed.seek_to_beginning(each)
            position, moved = -1, time.monotonic()
            timeout = ms(_READ_POLL_SECONDS)
            while (now_at := committed.position(each, timeout)) is None or now_at < end:
                if now_at != position:
                    position, moved = now_at, time.monotonic()
                elif time.monotonic() - moved > self._patience:
                    msg = f"no progress for {self._patience:.0f} s at offset {position}"
                    raise KafkaTimeoutError(msg)
                polled = committed.poll(timeout)
                for record in polled.get(each, ()):
                    yield delivery(record)

    def follow(self, topic: str) -> KafkaFollower:
        """Return a reader of every partition of *topic*, to be closed by the caller."""
        with translated(f"reading {topic}", self._settings):
            partitions = partitions_of(self._looking(), topic)
            return KafkaFollower(topic, self._ends(partitions), self._settings)

    def close(self) -> None:
        """Let go of the connections; what is read next connects anew."""
        for each in (self._committed, self._everything):
            if each is not None:
                _close(each)
        self._committed = self._everything = None

    def _ends(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Return where *partitions* end now, counting what is not committed."""
        ends: dict[TopicPartition, int] = self._looking().end_offsets(partitions)
        return ends

    def _looking(self) -> KafkaConsumer:
        if self._everything is None:
            self._everything = reader(self._settings, "read_uncommitted")
        return self._everything


def _close(consumer: KafkaConsumer) -> None:
    with suppress(KafkaError, OSError):
        consumer.close(autocommit=False)
