"""The consumer of a worker: membership of its group, positions, pausing.

What is written in the name of this member is in `producer`. Guarded here are faults
of kafka-python 3.0.12 against Kafka 4.3, each reproduced on a real broker:

- The group's metadata is taken right after `poll`, and only a stable generation may
  commit: taken late, or as a bare group id, it does not fence (KIP-447).
- Every consumer reads committed records only; with that, committed offsets are waited
  for until no former owner's transaction can still move them.
- A member may go wrong for good: its loops for heartbeats and for metadata can die
  with nobody looking (`coordinator/base.py`, `cluster.py`), and a lost answer to a
  JoinGroup is waited for as long as a rebalance may take, minutes. So it is made anew
  when it is out of the group for too long, or when one recovery was not enough.
- What was fetched for a partition before it was paused is set aside, and returned
  after it is resumed only if no other partition has been read since
  (`consumer/fetcher.py`); it is dropped and fetched anew.
- Rebalance listeners run on the client's I/O thread, where a blocking call would stop
  the heartbeats; there are none here, what changed is seen from the generation after
  `poll`.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.errors import KafkaError
from kafka.structs import ConsumerGroupMetadata, MemberState

from workers.domain.outcomes import ConfigurationError, TransientError
from workers.runtime.kafka.client import connection, ms, patience_seconds
from workers.runtime.kafka.errors import translated
from workers.runtime.kafka.readers import deliveries
from workers.runtime.messaging.ports import Delivery, Partition
from workers.runtime.service.settings import Kafka
from workers.runtime.service.watchdog import Watchdog

_LEAVE_SECONDS = 3.0
_HEARTBEATS_PER_SESSION = 4


class JoinTimeoutError(TransientError):
    """The group has not let this member in for `stuck_seconds`: it must be new."""


class GroupMember:
    """A member of the consumer group *group*; connects and leaves any number of times.

    `generation` is -1 while it is not a member. `metadata` is that of the last stable
    poll, which is what a transaction must send its offsets with.
    """

    def __init__(
        self,
        group: str,
        slot: str,
        sources: Sequence[str],
        settings: Kafka,
        watchdog: Watchdog,
    ) -> None:
        """Describe a member that reads the topics *sources*; it is not connected."""
        self._group = group
        self._client_id = f"{group}-{slot}"
        self._sources = tuple(sources)
        self._settings = settings
        self._watchdog = watchdog
        self._consumer: Any = None
        self._tenures: dict[Partition, int] = {}
        self._outside_since = time.monotonic()
        self.generation = -1
        self.metadata = ConsumerGroupMetadata(group)

    # --- connection ----------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether there is a consumer, a member of the group or not."""
        return self._consumer is not None

    def connect(self) -> None:
        """Connect to the brokers without joining the group."""
        self._outside_since = time.monotonic()
        what = "connecting"
        with translated(what, self._settings), self._watchdog.over(what):
            self._consumer = KafkaConsumer(
                **connection(self._settings),
                client_id=self._client_id,
                group_id=self._group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                # with it the offset fetch asks for stable offsets too (KIP-447)
                isolation_level="read_committed",
                allow_auto_create_topics=False,
                metrics_enabled=False,
                # partitions of one number go to one member, with their tables
                partition_assignment_strategy=[RangePartitionAssignor],
                session_timeout_ms=ms(self._settings.session_timeout_seconds),
                heartbeat_interval_ms=ms(
                    self._settings.session_timeout_seconds / _HEARTBEATS_PER_SESSION
                ),
                max_poll_interval_ms=ms(self._settings.max_poll_interval_seconds),
            )

    def subscribe(self) -> None:
        """Have the next polls join the group."""
        self._consumer.subscribe(list(self._sources))

    def leave(self) -> None:
        """Leave the group and disconnect."""
        consumer, self._consumer = self._consumer, None
        self.generation = -1
        if consumer is not None:
            with suppress(KafkaError, OSError), self._watchdog.over("leaving"):
                consumer.close(timeout_ms=ms(_LEAVE_SECONDS))

    def count_partitions(self, topics: Sequence[str]) -> Mapping[str, int]:
        """Return how many partitions each of *topics* has.

        Raises ConfigurationError with the names of those that do not exist.
        """
        what = "looking at topics"
        with translated(what, self._settings), self._watchdog.over(what):
            found = {
                topic: len(self._consumer.partitions_for_topic(topic))
                for topic in dict.fromkeys(topics)
            }
        missing = [topic for topic, count in found.items() if not count]
        if missing:
            msg = (
                f"{_listed(missing)} not on Kafka at "
                f"{','.join(self._settings.bootstrap_servers)}, or may not be seen by "
                "this user; `khabar topics apply` creates what is missing"
            )
            raise ConfigurationError(msg)
        return found

    # --- membership ----------------------------------------------------------

    def poll(self, timeout_seconds: float, limit: int) -> Sequence[Delivery]:
        """Return up to *limit* records of the assigned, unpaused partitions.

        Returns none where the generation has changed, and raises JoinTimeoutError
        after `stuck_seconds` outside of the group.
        """
        with translated("reading", self._settings), self._watchdog.over("reading"):
            polled = self._consumer.poll(ms(timeout_seconds), max_records=limit)
            # now, before anything is handled: with the generation of a later rebalance
            # the broker would accept the offsets of what an earlier one has read
            metadata = self._consumer.group_metadata()
            stable = (
                metadata.state == MemberState.STABLE
                and metadata.generation_id >= 0
                and bool(metadata.member_id)
            )
            generation = metadata.generation_id if stable else -1
            if generation != self.generation:
                # the records may have been polled for the generation before
                self._change_generation(metadata, generation)
                return ()
        if not stable:
            self._check_join_timeout()
            return ()
        self.metadata = metadata
        return deliveries(polled)

    def _check_join_timeout(self) -> None:
        """Raise JoinTimeoutError if joining the group takes too long."""
        waited = time.monotonic() - self._outside_since
        if waited > self._settings.stuck_seconds:
            self._outside_since = time.monotonic()
            msg = f"not in the group {self._group} for {waited:.0f} s: joining anew"
            raise JoinTimeoutError(msg)

    def _change_generation(
        self, metadata: ConsumerGroupMetadata, generation: int
    ) -> None:
        """Start over from offsets that no former owner can move any more."""
        self.generation = -1
        self._outside_since = time.monotonic()
        if generation < 0:
            return
        self._seek_to_committed()
        # If this member was in the generation just before, nobody else can have owned
        # in between what it owns in both.
        followed = (
            metadata.member_id == self.metadata.member_id
            and generation == self.metadata.generation_id + 1
        )
        kept = self._tenures if followed else {}
        owned = [Partition(*each) for each in self._consumer.assignment()]
        self._tenures = {each: kept.get(each, generation) for each in owned}
        self.metadata = metadata
        self.generation = generation

    def assignment(self) -> Mapping[Partition, int]:
        """Return the owned partitions with their tenures: see ports.Session."""
        return dict(self._tenures) if self.generation >= 0 else {}

    # --- positions -----------------------------------------------------------

    def recover(self) -> Mapping[Partition, int]:
        """Go back to the committed offsets and return them; none outside the group."""
        what = "reading offsets"
        with translated(what, self._settings), self._watchdog.over(what):
            return self._seek_to_committed() if self.generation >= 0 else {}

    def _seek_to_committed(self) -> dict[Partition, int]:
        """Go to the committed offsets, waiting for transactions that are open.

        The broker answers UNSTABLE_OFFSET_COMMIT, and the library asks again, while
        a transaction with offsets of the group is not over.
        """
        committed: dict[Partition, int] = {}
        patience = ms(patience_seconds(self._settings))
        for each in sorted(self._consumer.assignment()):
            offset = self._consumer.committed(each, timeout_ms=patience)
            if offset is None:
                self._consumer.seek_to_beginning(each)
            else:
                self._consumer.seek(each, offset)
                committed[Partition(*each)] = offset
        return committed

    def positions(self, offsets: Mapping[Partition, int]) -> Mapping[Partition, int]:
        """Return *offsets* with the positions of the owned partitions not in it.

        All must be committed: the broker checks the generation only where offsets
        are sent, so a partition left out would not fence.
        """
        with translated("committing", self._settings):
            return {
                each: offsets[each] if each in offsets else self._position(each)
                for each in self._tenures
            }

    def _position(self, partition: Partition) -> int:
        patience = ms(self._settings.request_timeout_seconds)
        offset = self._consumer.position(
            TopicPartition(*partition), timeout_ms=patience
        )
        if offset is None:
            msg = f"the position in {partition.topic}/{partition.number} is not known"
            raise TransientError(msg)
        return int(offset)

    def lag(self) -> Mapping[str, int]:
        """Return how many offsets are still to be read, by source topic."""
        lags = dict.fromkeys(self._sources, 0)
        with translated("looking at offsets", self._settings):
            for partition in self.assignment():
                each = TopicPartition(*partition)
                end = self._consumer.highwater(each)
                position = self._consumer.position(each, timeout_ms=0)
                if end is not None and position is not None:
                    lags[partition.topic] += max(0, end - position)
        return lags

    # --- pausing -------------------------------------------------------------

    def pause(self, partitions: Sequence[Partition]) -> None:
        """Leave *partitions* out of `poll`; the library fails on one that is lost."""
        owned = self._consumer.assignment()
        self._consumer.pause(*(owned & {TopicPartition(*each) for each in partitions}))

    def resume(self, partitions: Sequence[Partition]) -> None:
        """Take *partitions* into `poll` again."""
        fetcher = self._consumer._fetcher  # noqa: SLF001 nothing public drops its records
        set_aside = (
            fetcher._paused_partition_records,  # noqa: SLF001 as above
            fetcher._paused_completed_fetches,  # noqa: SLF001 as above
        )
        named = {TopicPartition(*each) for each in partitions}
        for each in named & self._consumer.paused():
            self._consumer.resume(each)
            for records in set_aside:
                records.pop(each, None)


def _listed(topics: Sequence[str]) -> str:
    if len(topics) == 1:
        return f"topic {topics[0]} is"
    return f"topics {', '.join(topics)} are"
