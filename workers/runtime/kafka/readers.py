"""Reading whole topics and partitions, in no consumer group.

`TopicReader` is the one way to do so. A session's tables are restored through
`SessionReaders`; commands and tests use `tail` and `follow`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from typing import Any, Literal

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError

from workers.domain.outcomes import ConfigurationError
from workers.domain.topics import dead_letter_name
from workers.runtime.kafka.client import connection, ms, patience_seconds
from workers.runtime.kafka.errors import translated
from workers.runtime.messaging.ports import Delivery, Headers, Partition
from workers.runtime.service.settings import Kafka

_POLL_RECORDS = 1000
_FETCH_WAIT_MS = 200
_BEHIND_POLL_SECONDS = 0.1
_RESTORE_POLL_SECONDS = 0.5
_TAIL_POLL_SECONDS = 0.5
_TAIL_PATIENCE_REQUESTS = 4
"""Reading to an end that is known is given up after so many requests' time-outs
without a record: the broker has it, and no transaction is in the way."""
_FOLLOW_POLL_SECONDS = 0.2

Ends = Mapping[TopicPartition, int]
"""By partition the offset after its last record."""


def groupless_consumer(
    settings: Kafka, isolation: str = "read_committed"
) -> KafkaConsumer:
    """Return a consumer that belongs to no group and commits no offsets."""
    return KafkaConsumer(
        **connection(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level=isolation,
        max_poll_records=_POLL_RECORDS,
        fetch_max_wait_ms=_FETCH_WAIT_MS,
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )


def deliveries(polled: Mapping[TopicPartition, Sequence[Any]]) -> list[Delivery]:
    """Return the records of one poll of kafka-python, partition by partition."""
    return [_delivery(record) for records in polled.values() for record in records]


def _delivery(record: Any) -> Delivery:
    return Delivery(
        partition=Partition(record.topic, record.partition),
        offset=record.offset,
        key=record.key,
        value=record.value,
        # a header's value may be null in the protocol; the library's producer writes
        # no other than bytes
        headers=Headers((name, value or b"") for name, value in record.headers or ()),
        timestamp_ms=record.timestamp,
    )


def partitions_of(consumer: Any, topic: str) -> Sequence[TopicPartition]:
    """Return the partitions of *topic*; raises ConfigurationError if it has none."""
    numbers = consumer.partitions_for_topic(topic)
    if not numbers:
        msg = f"topic {topic} does not exist; `khabar topics apply` creates it"
        raise ConfigurationError(msg)
    return [TopicPartition(topic, number) for number in sorted(numbers)]


class TopicReader:
    """Reads partitions, committed records only; implements ports.Follower."""

    def __init__(self, settings: Kafka) -> None:
        """Connect; nothing is read before `start`."""
        self._settings = settings
        self._consumer = groupless_consumer(settings)
        self._behind: dict[TopicPartition, int] = {}
        self._what = "reading"

    def end_offsets(self, topics: Sequence[str]) -> Ends:
        """Return where the partitions of *topics* end for a reader of committed ones.

        That is the last stable offset: the first record of the oldest open
        transaction, or the end of the log where none is open.
        """
        found = [p for topic in topics for p in partitions_of(self._consumer, topic)]
        ends: Ends = self._consumer.end_offsets(found)
        return ends

    def start(self, ends: Ends, *, at_end: bool = False) -> None:
        """Read the partitions of *ends* from their beginnings, or from their ends.

        What was read before is let go of.
        """
        self._behind = dict(ends)
        self._what = f"reading {', '.join(dict.fromkeys(each.topic for each in ends))}"
        self._consumer.assign([*ends])
        if not at_end:
            self._consumer.seek_to_beginning(*ends)
            return
        for each, end in ends.items():
            self._consumer.seek(each, end)

    @property
    def caught_up(self) -> bool:
        """Whether the ends that `start` was given are reached; does not wait."""
        return self.reached_ends(0.0)

    def reached_ends(self, timeout_seconds: float | None) -> bool:
        """Return whether the ends that `start` was given are reached.

        A position is not known before the broker has said where the partition
        begins; it is waited for, without a limit where *timeout_seconds* is None.
        """
        for each, end in [*self._behind.items()]:
            position = self.position(each, timeout_seconds)
            if position is not None and position >= end:
                del self._behind[each]
        return not self._behind

    def position(
        self, partition: TopicPartition, timeout_seconds: float | None = 0.0
    ) -> int | None:
        """Return the offset of the next record, None where it is not known in time.

        It passes over records of aborted transactions and control records.
        """
        timeout = None if timeout_seconds is None else ms(timeout_seconds)
        with translated(self._what, self._settings):
            offset: int | None = self._consumer.position(partition, timeout_ms=timeout)
        return offset

    def poll(
        self, limit: int = _POLL_RECORDS, timeout_seconds: float | None = None
    ) -> Sequence[Delivery]:
        """Return up to *limit* further records.

        Waits at most *timeout_seconds* for the first one; where that is None, a
        little while it is behind and not at all once it has caught up.
        """
        if timeout_seconds is None:
            timeout_seconds = _BEHIND_POLL_SECONDS if self._behind else 0.0
        with translated(self._what, self._settings):
            polled = self._consumer.poll(ms(timeout_seconds), max_records=limit)
        return deliveries(polled)

    def close(self) -> None:
        """Close the connection."""
        _close(self._consumer)


class SessionReaders:
    """Restores tables for a session; connects when something is read.

    The end of a partition is taken from a consumer that reads uncommitted records
    too. A reader of committed ones reaches it only when every transaction that was
    open then is over, so nothing is missed that a former owner may yet commit.
    """

    def __init__(self, settings: Kafka) -> None:
        """Describe them; they connect when something is read."""
        self._settings = settings
        self._restoring: TopicReader | None = None
        self._uncommitted: KafkaConsumer | None = None

    def read_all(self, partition: Partition) -> Iterator[Delivery]:
        """Yield the records of a partition, to the end that it had at the start.

        Raises TransientError where nothing comes for so long that the broker must
        have ended any transaction in the way.
        """
        patience = patience_seconds(self._settings)
        each = TopicPartition(*partition)
        with translated(f"reading {partition.topic}", self._settings):
            ends = self._end_offsets([each])
            if self._restoring is None:
                self._restoring = TopicReader(self._settings)
            reader = self._restoring
            reader.start(ends)
            position, moved_at = None, time.monotonic()
            while not reader.reached_ends(_RESTORE_POLL_SECONDS):
                now_at = reader.position(each)
                if now_at != position:
                    position, moved_at = now_at, time.monotonic()
                elif time.monotonic() - moved_at > patience:
                    msg = f"no progress for {patience:.0f} s at offset {position}"
                    raise KafkaTimeoutError(msg)
                yield from reader.poll(timeout_seconds=_RESTORE_POLL_SECONDS)

    def follow(self, topic: str) -> TopicReader:
        """Return a reader of every partition of *topic*, to be closed by the caller."""
        with translated(f"reading {topic}", self._settings):
            ends = self._end_offsets(partitions_of(self._connected(), topic))
            reader = TopicReader(self._settings)
            reader.start(ends)
            return reader

    def close(self) -> None:
        """Close the connections; the next read opens new ones."""
        if self._restoring is not None:
            self._restoring.close()
        if self._uncommitted is not None:
            _close(self._uncommitted)
        self._restoring = self._uncommitted = None

    def _end_offsets(self, partitions: Sequence[TopicPartition]) -> Ends:
        """Return where *partitions* end now, open transactions included."""
        ends: Ends = self._connected().end_offsets(partitions)
        return ends

    def _connected(self) -> KafkaConsumer:
        if self._uncommitted is None:
            self._uncommitted = groupless_consumer(self._settings, "read_uncommitted")
        return self._uncommitted


def tail(
    settings: Kafka,
    topic: str,
    *,
    start: Literal["beginning", "end"] = "end",
    follow: bool = True,
    stopping: Callable[[], bool] = lambda: False,
) -> Iterator[Delivery]:
    """Yield the committed records of *topic*, each poll's in order of their times.

    Without *follow* it ends where the topic ended when this began. Raises
    ConfigurationError where the topic does not exist, and TransientError where that
    end is not reached because nothing comes.
    """
    patience = _TAIL_PATIENCE_REQUESTS * settings.request_timeout_seconds
    with (
        translated(f"reading {topic}", settings),
        closing(TopicReader(settings)) as reader,
    ):
        ends = reader.end_offsets([topic])
        reader.start(ends, at_end=start == "end")
        moved_at = time.monotonic()
        while not stopping():
            if not follow and reader.reached_ends(settings.request_timeout_seconds):
                return
            polled = reader.poll(timeout_seconds=_TAIL_POLL_SECONDS)
            if polled:
                moved_at = time.monotonic()
            elif not follow and time.monotonic() - moved_at > patience:
                msg = f"nothing came for {patience:.0f} s before the end"
                raise KafkaTimeoutError(msg)
            for each in sorted(polled, key=lambda each: each.timestamp_ms):
                if follow or each.offset < ends[TopicPartition(*each.partition)]:
                    yield each


def follow(settings: Kafka, topics: Sequence[str]) -> Iterator[Sequence[Delivery]]:
    """Yield the committed records of *topics* from their beginning, without end.

    Yields poll by poll, an empty sequence where a poll found nothing, so that the
    caller can do something else. Raises ConfigurationError where a topic does not
    exist.
    """
    with translated("reading", settings), closing(TopicReader(settings)) as reader:
        reader.start(reader.end_offsets(topics))
        while True:
            yield reader.poll(timeout_seconds=_FOLLOW_POLL_SECONDS)


def dead_letters(settings: Kafka, worker: str) -> Iterator[Delivery]:
    """Yield the dead letters of *worker*, oldest first in each partition."""
    name = dead_letter_name(worker, settings.topic_prefix)
    return tail(settings, name, start="beginning", follow=False)


def dead_letter(settings: Kafka, worker: str, partition: int, offset: int) -> Delivery:
    """Return one dead letter; raises LookupError where there is none."""
    for each in dead_letters(settings, worker):
        if (each.partition.number, each.offset) == (partition, offset):
            return each
    msg = f"no dead letter of {worker} at partition {partition}, offset {offset}"
    raise LookupError(msg)


def _close(consumer: KafkaConsumer) -> None:
    with suppress(KafkaError, OSError):
        consumer.close(autocommit=False)
