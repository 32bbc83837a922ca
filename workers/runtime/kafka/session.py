"""A member of a consumer group on Kafka whose transactions are exactly-once.

The guard rails here answer faults of kafka-python 3.0.12 against Kafka 4.3, each
reproduced on a real broker:

- The group's metadata is taken right after `poll`, and only a stable generation may
  commit: taken late, or as a bare group id, it does not fence (KIP-447).
- Every consumer reads committed records only; with that, committed offsets are waited
  for until no former owner's transaction can still move them.
- After any error in a transaction the producer is thrown away. Its successor under
  the same transactional id ends what is open.
- Commit has no time limit of its own: the two steps of it are waited for here. What
  else does not return is seen by a watchdog, which ends the process.
- A member may go wrong for good: its loops for heartbeats and for metadata can die
  with nobody looking (`coordinator/base.py`, `cluster.py`), and a lost answer to a
  JoinGroup is waited for as long as a rebalance may take, minutes. So it is made anew
  when it is out of the group for too long, or when one recovery was not enough.
- What was fetched for a partition before it was paused is parked, and handed out
  after it is resumed only if by chance no other partition has been read since
  (`consumer/fetcher.py`); it is let go of and fetched anew.
- Rebalance listeners run on the client's I/O thread; there are none here, what
  changed is seen from the generation after `poll`.
"""

import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import kafka.errors as kafka_errors
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.errors import KafkaError
from kafka.structs import ConsumerGroupMetadata, MemberState, OffsetAndMetadata

from workers.domain.outcomes import ConfigurationError, TransientError
from workers.domain.topics import dead_letter_name
from workers.runtime.kafka.client import connection, ms, root_cause, translated
from workers.runtime.kafka.readers import KafkaFollower, KafkaReaders, deliveries
from workers.runtime.messaging.partitioning import partition_of
from workers.runtime.messaging.ports import Delivery, Follower, Message, Partition
from workers.runtime.processing.worker import Worker
from workers.runtime.service.settings import Kafka
from workers.runtime.service.watchdog import Watchdog

# A dead letter may be a stranger's record: its topic limits it as it is compressed,
# the producer as it is not. What we make ourselves is limited by MAX_MESSAGE_BYTES.
_REQUEST_BYTES = 64 * 1024 * 1024
_LINGER_MS = 5
_CLOSE_SECONDS = 3.0
_FENCINGS = 5
_FENCING_WINDOW_SECONDS = 300.0
_RECOVERIES = 2
"""So many in a row without a commit, and the member is made anew as well."""


class KafkaSession:
    """A member of a worker's group; implements ports.Session.

    The transactional id is `<prefix>-<worker>-<slot>`. The slot (a setting, by
    default the host's name) tells replicas apart and stays the same when a replica
    starts again, so that a replica ends the transaction which it left open when it
    was killed, instead of everybody waiting for the timeout. Two replicas in one
    slot fence each other; that is noticed and ends the later one with its reason.
    """

    def __init__(
        self, group: str, sources: Sequence[str], others: Sequence[str], settings: Kafka
    ) -> None:
        """Connect; raises ConfigurationError where a topic does not exist.

        *others* are the topics that are written or read back.
        """
        self._settings = settings
        self._group = group
        self._sources = tuple(sources)
        self._slot = settings.slot or socket.gethostname()
        self._client_id = f"{group}-{self._slot}"
        self._metadata = ConsumerGroupMetadata(group)
        self._generation = -1
        self._tenures: dict[Partition, int] = {}
        self._counts: dict[str, int] = {}
        self._fencings: list[float] = []
        self._futures: list[Any] = []
        self._readers = KafkaReaders(settings, self._patience)
        self._followers: list[KafkaFollower] = []
        self._producer: KafkaProducer | None = None
        self._watchdog = Watchdog(settings.stuck_seconds)
        self._consumer: Any = None
        self._outside_since = time.monotonic()
        self._begun_at = 0.0
        self._recoveries = 0
        try:
            self._consumer = self._connected()
            self._require([*sources, *others])
            self._renew_producer()
            self._consumer.subscribe(list(sources))
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, worker: Worker[Any], settings: Kafka) -> "KafkaSession":
        """Connect as a member of the group of *worker*."""
        prefix = settings.topic_prefix
        return cls(
            f"{prefix}-{worker.name}",
            [topic.name(prefix) for topic in worker.sources],
            [
                *(
                    topic.name(prefix)
                    for topic in (*worker.sinks, *worker.tables, *worker.global_tables)
                ),
                dead_letter_name(worker.name, prefix),
            ],
            settings,
        )

    # --- reading -----------------------------------------------------------

    @property
    def generation(self) -> int:
        """Generation of the group as of the last poll, -1 while not in it."""
        return self._generation

    def poll(self, timeout_seconds: float, limit: int) -> Sequence[Delivery]:
        """Return up to *limit* messages of the assigned, unpaused partitions."""
        with translated("reading", self._settings), self._watchdog.over("reading"):
            polled = self._consumer.poll(ms(timeout_seconds), max_records=limit)
            metadata = self._consumer.group_metadata()
            stable = (
                metadata.state == MemberState.STABLE
                and metadata.generation_id >= 0
                and bool(metadata.member_id)
            )
            generation = metadata.generation_id if stable else -1
            if generation != self._generation:
                self._take_over(metadata, generation)
                return ()
        if not stable:
            self._mind_the_wait()
            return ()
        self._metadata = metadata
        return deliveries(polled)

    def _mind_the_wait(self) -> None:
        """Raise TransientError if joining the group takes too long."""
        waited = time.monotonic() - self._outside_since
        if waited > self._settings.stuck_seconds:
            self._recoveries = _RECOVERIES
            self._outside_since = time.monotonic()
            msg = f"not in the group {self._group} for {waited:.0f} s: joining anew"
            raise TransientError(msg)

    def _take_over(self, metadata: ConsumerGroupMetadata, generation: int) -> None:
        """Start over from offsets that no former owner can move any more."""
        self._generation = -1
        self._outside_since = time.monotonic()
        if generation < 0:
            return
        self._seek_to_committed()
        # nobody else came in between, if the last generation was the one before
        followed = (
            metadata.member_id == self._metadata.member_id
            and generation == self._metadata.generation_id + 1
        )
        kept = self._tenures if followed else {}
        owned = [Partition(*each) for each in self._consumer.assignment()]
        self._tenures = {each: kept.get(each, generation) for each in owned}
        self._metadata = metadata
        self._generation = generation

    def _seek_to_committed(self) -> dict[Partition, int]:
        """Go to the committed offsets, waiting for transactions that are open."""
        committed: dict[Partition, int] = {}
        for each in sorted(self._consumer.assignment()):
            offset = self._consumer.committed(each, timeout_ms=ms(self._patience))
            if offset is None:
                self._consumer.seek_to_beginning(each)
            else:
                self._consumer.seek(each, offset)
                committed[Partition(*each)] = offset
        return committed

    def assignment(self) -> Mapping[Partition, int]:
        """Return the owned partitions with their tenures."""
        return dict(self._tenures) if self._generation >= 0 else {}

    def pause(self, partitions: Sequence[Partition]) -> None:
        """Leave *partitions* out of `poll`; the library fails on one that is lost."""
        owned = self._consumer.assignment()
        self._consumer.pause(*(owned & {TopicPartition(*each) for each in partitions}))

    def resume(self, partitions: Sequence[Partition]) -> None:
        """Take *partitions* into `poll` again."""
        fetcher = self._consumer._fetcher  # noqa: SLF001 nothing public lets go of it
        parked = (
            fetcher._paused_partition_records,  # noqa: SLF001 as above
            fetcher._paused_completed_fetches,  # noqa: SLF001 as above
        )
        named = {TopicPartition(*each) for each in partitions}
        for each in named & self._consumer.paused():
            self._consumer.resume(each)
            for kept in parked:
                kept.pop(each, None)

    def partition_of(self, topic: str, partition_key: bytes) -> int:
        """Return the number of the partition where *partition_key* goes."""
        if topic not in self._counts:
            self._require([topic])
        return partition_of(partition_key, self._counts[topic])

    def read_all(self, partition: Partition) -> Iterator[Delivery]:
        """Read a whole partition, to the end that it had at the start."""
        return self._readers.read_all(partition)

    def follow(self, topic: str) -> Follower:
        """Return a reader of every partition of *topic*."""
        follower = self._readers.follow(topic)
        self._followers.append(follower)
        return follower

    @property
    def _patience(self) -> float:
        """Seconds after which the broker has ended any transaction, and answered."""
        timeouts = self._settings
        return timeouts.transaction_timeout_seconds + timeouts.request_timeout_seconds

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

    # --- writing -----------------------------------------------------------

    def begin(self) -> None:
        """Begin a transaction; raises TransientError while not in the group."""
        if self._generation < 0 or not self._tenures:
            msg = "not a member of the group with partitions: nothing may be written"
            raise TransientError(msg)
        with self._writing("beginning a transaction"):
            self._live().begin_transaction()
            self._begun_at = time.monotonic()
            self._futures.clear()

    def send(self, message: Message) -> None:
        """Write *message* within the transaction, without waiting."""
        number = self.partition_of(message.topic, message.partition_key)
        with self._writing(f"writing to {message.topic}"):
            future = self._live().send(
                message.topic,
                key=message.key,
                value=message.value,
                headers=list(message.headers.pairs),
                partition=number,
            )
            self._futures.append(future)

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Commit what was sent and where to read on, as the polled generation."""
        producer = self._live()
        with self._writing("committing"):
            everywhere = {
                each: offsets[each] if each in offsets else self._position(each)
                for each in self._tenures
            }
            producer.flush(timeout=self._settings.transaction_timeout_seconds)
            for future in self._futures:
                if future.failed():
                    raise future.exception
            # as send_offsets_to_transaction and commit_transaction, but not for ever
            transaction = producer._transaction_manager  # noqa: SLF001
            read_to = {
                TopicPartition(*each): OffsetAndMetadata(offset, "", -1)
                for each, offset in everywhere.items()
            }
            self._await(
                producer,
                transaction.send_offsets_to_transaction(read_to, self._metadata),
            )
            self._await(producer, transaction.begin_commit())
        self._recoveries = 0

    def _await(self, producer: KafkaProducer, answer: Any) -> None:
        """Wait for the *answer* to a request of the open transaction."""
        producer._sender.wakeup()  # noqa: SLF001 as the public calls do
        if not answer.wait(timeout_ms=ms(self._patience)):
            msg = f"no answer for {self._patience:.0f} s"
            raise kafka_errors.KafkaTimeoutError(msg)

    def _position(self, partition: Partition) -> int:
        """Return where to read on; a partition left out would not fence."""
        patience = ms(self._settings.request_timeout_seconds)
        offset = self._consumer.position(
            TopicPartition(*partition), timeout_ms=patience
        )
        if offset is None:
            msg = f"the position in {partition.topic}/{partition.number} is not known"
            raise TransientError(msg)
        return int(offset)

    def recover(self) -> Mapping[Partition, int]:
        """Throw the producer away, and go back to the committed offsets.

        If that was not enough before, the member and the readers of tables are thrown
        away too, and the partitions with them until it has joined again.
        """
        self._recoveries += 1
        if self._recoveries > _RECOVERIES:
            self._discard_member()
            self._readers.close()
        if self._consumer is None:
            self._consumer = self._connected()
            self._consumer.subscribe(list(self._sources))
        self._renew_producer()
        what = "reading offsets"
        with translated(what, self._settings), self._watchdog.over(what):
            return self._seek_to_committed() if self._generation >= 0 else {}

    def close(self) -> None:
        """Leave the group; what is open is aborted."""
        with self._watchdog.over("closing"):
            self._discard_producer()
            self._readers.close()
            for follower in self._followers:
                follower.close()
            self._discard_member()
        self._watchdog.close()

    # --- the member --------------------------------------------------------

    def _discard_member(self) -> None:
        """Leave the group."""
        consumer, self._consumer = self._consumer, None
        self._generation = -1
        if consumer is not None:
            with suppress(KafkaError, OSError), self._watchdog.over("leaving"):
                consumer.close(timeout_ms=ms(_CLOSE_SECONDS))

    def _connected(self) -> Any:
        """Return a member of the group that has not joined yet."""
        self._outside_since = time.monotonic()
        what = "connecting"
        with translated(what, self._settings), self._watchdog.over(what):
            return KafkaConsumer(
                **connection(self._settings),
                client_id=self._client_id,
                group_id=self._group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                allow_auto_create_topics=False,
                metrics_enabled=False,
                # partitions of one number go to one member, with their tables
                partition_assignment_strategy=[RangePartitionAssignor],
                session_timeout_ms=ms(self._settings.session_timeout_seconds),
                heartbeat_interval_ms=ms(self._settings.session_timeout_seconds / 4),
                max_poll_interval_ms=ms(self._settings.max_poll_interval_seconds),
            )

    # --- the producer ------------------------------------------------------

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        with translated(what, self._settings), self._watchdog.over(what):
            try:
                yield
            except KafkaError as error:
                if isinstance(root_cause(error), kafka_errors.ProducerFencedError):
                    self._note_fencing()
                raise

    def _note_fencing(self) -> None:
        now = time.monotonic()
        if now - self._begun_at > self._settings.transaction_timeout_seconds:
            return  # by the broker itself: the transaction took too long
        recent = [at for at in self._fencings if now - at < _FENCING_WINDOW_SECONDS]
        self._fencings = [*recent, now]
        if len(self._fencings) >= _FENCINGS:
            msg = (
                f"another process keeps taking over the slot {self._slot!r} of "
                f"{self._metadata.group_id}: give every replica a KHABAR_KAFKA_SLOT "
                "of its own"
            )
            raise ConfigurationError(msg)

    def _live(self) -> KafkaProducer:
        if self._producer is None:
            msg = "there is no producer since the last error"
            raise TransientError(msg)
        return self._producer

    def _renew_producer(self) -> None:
        self._discard_producer()
        self._begun_at = time.monotonic()
        what = "beginning to write"
        with self._writing(what):
            producer = KafkaProducer(
                **connection(self._settings),
                client_id=self._client_id,
                transactional_id=self._client_id,
                transaction_timeout_ms=ms(self._settings.transaction_timeout_seconds),
                delivery_timeout_ms=ms(2 * self._settings.request_timeout_seconds),
                max_block_ms=ms(2 * self._settings.request_timeout_seconds),
                linger_ms=_LINGER_MS,
                batch_size=128 * 1024,
                compression_type="lz4",
                max_request_size=_REQUEST_BYTES,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
            self._producer = producer
            producer.init_transactions()

    def _discard_producer(self) -> None:
        """Let go of the producer without waiting for anything."""
        producer, self._producer = self._producer, None
        self._futures.clear()
        if producer is None:
            return
        try:
            producer.close(timeout=0)
        except KafkaError:
            # it stops at what cannot be flushed, before it ends its thread
            producer._sender.force_close()  # noqa: SLF001 nothing public does it

    # --- topics ------------------------------------------------------------

    def _require(self, topics: Sequence[str]) -> None:
        """Learn how many partitions *topics* have; all must exist."""
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
        self._counts |= found


def _listed(topics: Sequence[str]) -> str:
    if len(topics) == 1:
        return f"topic {topics[0]} is"
    return f"topics {', '.join(topics)} are"
