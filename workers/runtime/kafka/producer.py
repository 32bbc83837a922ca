"""Writing in transactions: the producer of a session, and single writes of commands.

Guarded here are faults of kafka-python 3.0.12 against Kafka 4.3, each reproduced on a
real broker:

- After any error in a transaction the producer is thrown away. Its successor under
  the same transactional id ends what is open (KIP-98: `InitProducerId` raises the
  epoch, which fences the former and aborts its transaction).
- Commit has no time limit of its own: the two steps of it are waited for here. What
  else does not return is seen by a watchdog, which ends the process.
"""

import datetime as dt
import itertools
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import kafka.errors as kafka_errors
import msgspec
from kafka import KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import ConsumerGroupMetadata, OffsetAndMetadata

from workers.domain.outcomes import ConfigurationError, TransientError
from workers.domain.records import Record
from workers.domain.topics import Topic
from workers.runtime.kafka.client import connection, ms, patience_seconds
from workers.runtime.kafka.errors import root_cause, translated
from workers.runtime.kafka.readers import groupless_consumer, partitions_of
from workers.runtime.messaging import headers
from workers.runtime.messaging.partitioning import partition_of
from workers.runtime.messaging.ports import Message, Partition
from workers.runtime.service.settings import Kafka
from workers.runtime.service.watchdog import Watchdog

# A dead letter may carry a record that another program wrote, of any size: the topic
# limits the compressed batch, the producer the uncompressed one, so this limit is far
# above. Records made here are limited by MAX_MESSAGE_BYTES.
_REQUEST_BYTES = 64 * 1024 * 1024
_BATCH_BYTES = 128 * 1024
_LINGER_MS = 5
_FENCINGS = 5
_FENCING_WINDOW_SECONDS = 300.0
"""So many fencings in this time are no accident: two replicas share a slot."""


class TransactionalProducer:
    """The producer under one transactional id; `renew` replaces it after an error."""

    def __init__(
        self, group: str, slot: str, settings: Kafka, watchdog: Watchdog
    ) -> None:
        """Name the producer of *group* in *slot*; it cannot write before `renew`."""
        self._group = group
        self._slot = slot
        self._transactional_id = f"{group}-{slot}"
        self._settings = settings
        self._watchdog = watchdog
        self._producer: KafkaProducer | None = None
        self._futures: list[Any] = []
        self._begun_at = 0.0
        self._fencings: list[float] = []

    def require_producer(self) -> KafkaProducer:
        """Return the library's producer; raises TransientError where there is none."""
        if self._producer is None:
            msg = "there is no producer since the last error"
            raise TransientError(msg)
        return self._producer

    def renew(self) -> None:
        """Throw the producer away and begin with a new one.

        Aborts the open transaction of this id, whoever began it, and waits until the
        broker has done so.
        """
        self.discard()
        self._begun_at = time.monotonic()
        with self._writing("beginning to write"):
            producer = KafkaProducer(
                **connection(self._settings),
                client_id=self._transactional_id,
                transactional_id=self._transactional_id,
                transaction_timeout_ms=ms(self._settings.transaction_timeout_seconds),
                # twice a request: a batch whose first one is lost is sent once more
                delivery_timeout_ms=ms(2 * self._settings.request_timeout_seconds),
                max_block_ms=ms(2 * self._settings.request_timeout_seconds),
                linger_ms=_LINGER_MS,
                batch_size=_BATCH_BYTES,
                compression_type="lz4",
                max_request_size=_REQUEST_BYTES,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
            self._producer = producer
            producer.init_transactions()

    def discard(self) -> None:
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

    def begin(self) -> None:
        """Begin a transaction."""
        with self._writing("beginning a transaction"):
            self.require_producer().begin_transaction()
            self._begun_at = time.monotonic()
            self._futures.clear()

    def send(self, message: Message, partition: int) -> None:
        """Write *message* to the *partition* of its topic, without waiting."""
        with self._writing(f"writing to {message.topic}"):
            future = self.require_producer().send(
                message.topic,
                key=message.key,
                value=message.value,
                headers=list(message.headers.pairs),
                partition=partition,
            )
            self._futures.append(future)

    def commit(
        self, offsets: Mapping[Partition, int], metadata: ConsumerGroupMetadata
    ) -> None:
        """Commit what was sent and *offsets* (next to be read) as that member.

        Raises TransientError where the group has gone on to another generation: the
        broker then refuses the offsets, and so the transaction (KIP-447).
        """
        producer = self.require_producer()
        with self._writing("committing"):
            producer.flush(timeout=self._settings.transaction_timeout_seconds)
            for future in self._futures:
                if future.failed():
                    raise future.exception
            read_to = {
                TopicPartition(*each): OffsetAndMetadata(offset, "", -1)
                for each, offset in offsets.items()
            }
            # send_offsets_to_transaction and commit_transaction of the producer do
            # the same two steps, but wait for ever. Offsets without metadata and
            # leader epoch, which the broker does not need (-1: unknown).
            transaction = producer._transaction_manager  # noqa: SLF001 as above
            self._await(
                producer, transaction.send_offsets_to_transaction(read_to, metadata)
            )
            self._await(producer, transaction.begin_commit())

    def _await(self, producer: KafkaProducer, answer: Any) -> None:
        """Wait for the *answer* to a request of the open transaction."""
        producer._sender.wakeup()  # noqa: SLF001 as the public calls do
        patience = patience_seconds(self._settings)
        if not answer.wait(timeout_ms=ms(patience)):
            msg = f"no answer for {patience:.0f} s"
            raise kafka_errors.KafkaTimeoutError(msg)

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
        """Raise ConfigurationError where another process has the same id."""
        now = time.monotonic()
        if now - self._begun_at > self._settings.transaction_timeout_seconds:
            return  # by the broker itself: the transaction took too long
        recent = [at for at in self._fencings if now - at < _FENCING_WINDOW_SECONDS]
        self._fencings = [*recent, now]
        if len(self._fencings) >= _FENCINGS:
            msg = (
                f"another process keeps taking over the slot {self._slot!r} of "
                f"{self._group}: give every replica a KHABAR_KAFKA_SLOT of its own"
            )
            raise ConfigurationError(msg)


def write_records(
    settings: Kafka,
    topic: Topic[Any],
    records: Iterable[Record],
    *,
    source: str,
    removed: Iterable[Record] = (),
    stuck: Callable[[str], object] | None = None,
) -> int:
    """Write *records* in one transaction and return how many; all or none.

    The keys of *removed* get tombstones in the same transaction, uncounted. *source*
    names the writer in the CloudEvents headers. A commit has no time limit
    of its own: where it makes no progress for `stuck_seconds`, *stuck* is called with
    the reason, in another thread, and must end the process. None ends it as a worker
    ends, with the stacks of its threads.
    """
    name = topic.name(settings.topic_prefix)
    now = dt.datetime.now(dt.UTC)
    count = 0
    what = f"writing to {name}"
    with (
        translated(what, settings),
        closing(Watchdog(settings.stuck_seconds, stuck)) as watchdog,
        watchdog.over(what),
    ):
        with closing(groupless_consumer(settings)) as consumer:
            partitions = len(partitions_of(consumer, name))
        with closing(_connect(settings, source)) as producer:
            producer.init_transactions()
            producer.begin_transaction()
            values = ((each, msgspec.json.encode(each)) for each in records)
            tombstones = ((each, None) for each in removed)
            for record, value in itertools.chain(values, tombstones):
                fields = headers.cloud_event(topic, source, uuid.uuid4().hex, now)
                key = topic.partition_by(record).encode()
                producer.send(
                    name,
                    key=topic.key(record).encode(),
                    value=value,
                    partition=partition_of(key, partitions),
                    headers=list(fields.items()),
                )
                count += value is not None
            producer.commit_transaction()
    return count


def _connect(settings: Kafka, source: str) -> Any:
    return KafkaProducer(
        **connection(settings),
        # of its own: a command has no open transaction that it must end
        transactional_id=f"{settings.topic_prefix}-{source}-{uuid.uuid4().hex}",
        transaction_timeout_ms=ms(settings.transaction_timeout_seconds),
        delivery_timeout_ms=ms(2 * settings.request_timeout_seconds),
        max_block_ms=ms(2 * settings.request_timeout_seconds),
        compression_type="lz4",
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )
