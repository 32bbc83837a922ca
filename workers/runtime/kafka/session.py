"""The session of a worker on Kafka: a group member and its transactions.

`group_member` reads, `producer` writes, `readers` restores tables; each lists the
faults of the client library that it guards against. Here is what binds them together
to exactly-once processing: offsets go out in the transaction of what was made of the
records, as the generation that read them, and after an error both begin anew from the
committed offsets.
"""

import socket
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workers.domain.outcomes import TransientError
from workers.domain.topics import dead_letter_name
from workers.runtime.kafka.group_member import GroupMember, JoinTimeoutError
from workers.runtime.kafka.producer import TransactionalProducer
from workers.runtime.kafka.readers import SessionReaders, TopicReader
from workers.runtime.messaging.partitioning import partition_of
from workers.runtime.messaging.ports import Delivery, Follower, Message, Partition
from workers.runtime.processing.worker import Worker
from workers.runtime.service.settings import Kafka
from workers.runtime.service.watchdog import Watchdog

_RECOVERIES = 2
"""So many in a row without a commit, and the member is made anew as well."""


class KafkaSession:
    """A member of a worker's group with a producer; implements ports.Session.

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
        slot = settings.slot or socket.gethostname()
        self._watchdog = Watchdog(settings.stuck_seconds)
        self._member = GroupMember(group, slot, sources, settings, self._watchdog)
        self._producer = TransactionalProducer(group, slot, settings, self._watchdog)
        self._readers = SessionReaders(settings)
        self._followers: list[TopicReader] = []
        self._partition_counts: dict[str, int] = {}
        self._recoveries = 0
        try:
            self._member.connect()
            self._partition_counts |= self._member.count_partitions([*sources, *others])
            self._producer.renew()
            self._member.subscribe()
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

    # --- reading -------------------------------------------------------------

    @property
    def generation(self) -> int:
        """Generation of the group as of the last poll, -1 while not in it."""
        return self._member.generation

    def poll(self, timeout_seconds: float, limit: int) -> Sequence[Delivery]:
        """Return up to *limit* messages of the assigned, unpaused partitions."""
        try:
            return self._member.poll(timeout_seconds, limit)
        except JoinTimeoutError:
            self._recoveries = _RECOVERIES  # nothing less than a new member will help
            raise

    def assignment(self) -> Mapping[Partition, int]:
        """Return the owned partitions with their tenures."""
        return self._member.assignment()

    def pause(self, partitions: Sequence[Partition]) -> None:
        """Leave *partitions* out of `poll` until they are resumed."""
        self._member.pause(partitions)

    def resume(self, partitions: Sequence[Partition]) -> None:
        """Take *partitions* into `poll` again."""
        self._member.resume(partitions)

    def partition_of(self, topic: str, partition_key: bytes) -> int:
        """Return the number of the partition where *partition_key* goes."""
        if topic not in self._partition_counts:
            self._partition_counts |= self._member.count_partitions([topic])
        return partition_of(partition_key, self._partition_counts[topic])

    def read_all(self, partition: Partition) -> Iterator[Delivery]:
        """Read a whole partition, to the end that it had at the start."""
        return self._readers.read_all(partition)

    def follow(self, topic: str) -> Follower:
        """Return a reader of every partition of *topic*."""
        follower = self._readers.follow(topic)
        self._followers.append(follower)
        return follower

    def lag(self) -> Mapping[str, int]:
        """Return how many offsets are still to be read, by source topic."""
        return self._member.lag()

    # --- writing -------------------------------------------------------------

    def begin(self) -> None:
        """Begin a transaction; raises TransientError while not in the group."""
        if not self._member.assignment():
            msg = "not a member of the group with partitions: nothing may be written"
            raise TransientError(msg)
        self._producer.begin()

    def send(self, message: Message) -> None:
        """Write *message* within the transaction, without waiting."""
        number = self.partition_of(message.topic, message.partition_key)
        self._producer.send(message, number)

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Commit what was sent and where to read on, as the polled generation."""
        self._producer.require_producer()
        with self._watchdog.over("committing"):
            everywhere = self._member.positions(offsets)
            self._producer.commit(everywhere, self._member.metadata)
        self._recoveries = 0

    def recover(self) -> Mapping[Partition, int]:
        """Throw the producer away, and go back to the committed offsets.

        If that was not enough before, the member and the readers of tables are thrown
        away too, and the partitions with them until it has joined again.
        """
        self._recoveries += 1
        if self._recoveries > _RECOVERIES:
            self._member.leave()
            self._readers.close()
        if not self._member.connected:
            self._member.connect()
            self._member.subscribe()
        # first the producer: the offsets are final once its transaction is over
        self._producer.renew()
        return self._member.recover()

    def close(self) -> None:
        """Leave the group; what is open is aborted."""
        with self._watchdog.over("closing"):
            self._producer.discard()
            self._readers.close()
            for follower in self._followers:
                follower.close()
            self._member.leave()
        self._watchdog.close()
