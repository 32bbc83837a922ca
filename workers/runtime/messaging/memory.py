"""A broker in memory with the guarantees of Kafka, for tests and short runs.

It has partitions, consumer groups with rebalances, and transactions that fence a
member of an old generation. One thread uses it. Nothing here waits, survives the
process or limits the size of a message; `tests/contract/test_port_suite.py` holds it
to what `runtime.kafka.session` does.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workers.domain.outcomes import ConfigurationError, TransientError
from workers.runtime.messaging.partitioning import partition_of
from workers.runtime.messaging.ports import Delivery, Message, Partition


@dataclass(slots=True)
class _Group:
    """A consumer group: who is in it, who owns what, how far it is."""

    members: list["MemorySession"] = field(default_factory=list)
    generation: int = 0
    owners: dict[Partition, "MemorySession"] = field(default_factory=dict)
    tenures: dict[Partition, int] = field(default_factory=dict)
    committed: dict[Partition, int] = field(default_factory=dict)


class MemoryBroker:
    """Topics as lists, one list for each partition."""

    def __init__(self, topics: Mapping[str, int]) -> None:
        """Create *topics* with so many partitions each."""
        self._logs: dict[str, list[list[Delivery]]] = {
            name: [[] for _ in range(count)] for name, count in topics.items()
        }
        self._groups: dict[str, _Group] = defaultdict(_Group)

    def session(self, group: str, sources: Sequence[str]) -> "MemorySession":
        """Return a new member of *group*, which joins with its first poll."""
        for topic in sources:
            self.partitions(topic)
        return MemorySession(self, self._groups[group], tuple(sources))

    def append(self, message: Message) -> Delivery:
        """Write *message* outside of any transaction."""
        return self._write(message)

    def read(self, topic: str) -> list[Delivery]:
        """Return everything on *topic*, partition by partition."""
        return [delivery for log in self._log(topic) for delivery in log]

    def committed(self, group: str) -> Mapping[Partition, int]:
        """Return the offsets that *group* would start from."""
        return dict(self._groups[group].committed)

    def partitions(self, topic: str) -> int:
        """Return how many partitions *topic* has."""
        return len(self._log(topic))

    def _log(self, topic: str) -> list[list[Delivery]]:
        if topic not in self._logs:
            msg = f"topic {topic} does not exist"
            raise ConfigurationError(msg)
        return self._logs[topic]

    def _write(self, message: Message) -> Delivery:
        logs = self._log(message.topic)
        number = partition_of(message.partition_key, len(logs))
        delivery = Delivery(
            partition=Partition(message.topic, number),
            offset=len(logs[number]),
            key=message.key,
            value=message.value,
            headers=message.headers,
        )
        logs[number].append(delivery)
        return delivery


class MemoryFollower:
    """Reads a topic of a MemoryBroker along; implements ports.Follower."""

    def __init__(self, broker: MemoryBroker, topic: str) -> None:
        self._logs = broker._log(topic)  # noqa: SLF001 one broker in several classes
        self._positions = [0] * len(self._logs)
        self._ends = [len(log) for log in self._logs]

    @property
    def caught_up(self) -> bool:
        """Whether all has been polled that was there at the start."""
        return all(
            position >= end
            for position, end in zip(self._positions, self._ends, strict=True)
        )

    def poll(self, limit: int) -> Sequence[Delivery]:
        """Return up to *limit* further messages."""
        polled: list[Delivery] = []
        for number, log in enumerate(self._logs):
            start = self._positions[number]
            taken = log[start : start + limit - len(polled)]
            self._positions[number] = start + len(taken)
            polled += taken
        return polled


class MemorySession:
    """A member of a group on a MemoryBroker; implements ports.Session."""

    def __init__(
        self, broker: MemoryBroker, group: _Group, sources: tuple[str, ...]
    ) -> None:
        self._broker = broker
        self._group = group
        self.sources = sources
        self._generation = -1
        self._positions: dict[Partition, int] = {}
        self._tenures: dict[Partition, int] = {}
        self._paused: set[Partition] = set()
        self._open: list[Message] | None = None
        self.broken = 0
        """So many of the next commits fail, to try what happens then."""

    @property
    def generation(self) -> int:
        """Number of the group's generation that this member knows."""
        return self._generation

    def poll(self, timeout_seconds: float, limit: int) -> Sequence[Delivery]:  # noqa: ARG002 nothing arrives while a single thread waits
        """Return up to *limit* messages, at once."""
        if self not in self._group.members:
            self._group.members.append(self)
            self._rebalance()
        if self._generation != self._group.generation:
            self._generation = self._group.generation
            self._take_over()
            # Kafka too returns from the poll that joins before it fetches anything
            return []
        polled: list[Delivery] = []
        for partition in sorted(self._positions):
            if partition in self._paused or len(polled) >= limit:
                continue
            log = self._broker._log(partition.topic)[partition.number]  # noqa: SLF001 one broker in two classes
            start = self._positions[partition]
            taken = log[start : start + limit - len(polled)]
            self._positions[partition] = start + len(taken)
            polled += taken
        return polled

    def assignment(self) -> Mapping[Partition, int]:
        """Return the owned partitions with their tenures."""
        return dict(self._tenures)

    def pause(self, partitions: Sequence[Partition]) -> None:
        """Leave *partitions* out of `poll`."""
        self._paused |= set(partitions)

    def resume(self, partitions: Sequence[Partition]) -> None:
        """Take *partitions* into `poll` again."""
        self._paused -= set(partitions)

    def partition_of(self, topic: str, partition_key: bytes) -> int:
        """Return the number of the partition where *partition_key* goes."""
        return partition_of(partition_key, self._broker.partitions(topic))

    def read_all(self, partition: Partition) -> Iterator[Delivery]:
        """Read a whole partition."""
        log = self._broker._log(partition.topic)[partition.number]  # noqa: SLF001 one broker in two classes
        yield from tuple(log)

    def follow(self, topic: str) -> MemoryFollower:
        """Return a reader of every partition of *topic*."""
        return MemoryFollower(self._broker, topic)

    def begin(self) -> None:
        """Begin a transaction."""
        if self._generation < 0:
            msg = "not a member of the group"
            raise TransientError(msg)
        self._open = []

    def send(self, message: Message) -> None:
        """Keep *message* until the commit."""
        if self._open is None:
            msg = "no transaction is open"
            raise TransientError(msg)
        self._broker.partitions(message.topic)
        self._open.append(message)

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Write what was sent and the offsets, or raise TransientError."""
        messages, self._open = self._open, None
        if messages is None:
            msg = "no transaction is open"
            raise TransientError(msg)
        if self.broken:
            self.broken -= 1
            msg = "the broker went away"
            raise TransientError(msg)
        member = self in self._group.members
        if not member or self._generation != self._group.generation:
            msg = "fenced: the group has a newer generation"
            raise TransientError(msg)
        for message in messages:
            self._broker._write(message)  # noqa: SLF001 one broker in two classes
        # positions of partitions that are not named count too, as in Kafka's session:
        # a commit of nothing at all would not be fenced
        self._group.committed.update({**self._positions, **offsets})

    def recover(self) -> Mapping[Partition, int]:
        """Drop the transaction and go back to the committed offsets."""
        self._open = None
        for partition in self._positions:
            self._positions[partition] = self._group.committed.get(partition, 0)
        committed = self._group.committed
        return {p: committed[p] for p in self._positions if p in committed}

    def lag(self) -> Mapping[str, int]:
        """Return how much is still to be read, by topic."""
        lags = dict.fromkeys(self.sources, 0)
        for partition, position in self._positions.items():
            log = self._broker._log(partition.topic)[partition.number]  # noqa: SLF001 one broker in two classes
            lags[partition.topic] += len(log) - position
        return lags

    def close(self) -> None:
        """Leave the group."""
        self._open = None
        self.expel()
        self._positions, self._tenures = {}, {}

    def expel(self) -> None:
        """Put this member out of its group, as a broker does when it falls silent."""
        if self in self._group.members:
            self._group.members.remove(self)
            self._rebalance()

    def _rebalance(self) -> None:
        """Deal the partitions out anew, those of one number to one member."""
        group = self._group
        group.generation += 1
        members = group.members
        owners = {
            Partition(topic, number): members[number % len(members)]
            for member in members
            for topic in member.sources
            for number in range(self._broker.partitions(topic))
        }
        for partition, owner in owners.items():
            # who keeps a partition keeps its tenure, and with it what it remembers
            if group.owners.get(partition) is not owner:
                group.tenures[partition] = group.generation
        group.owners = owners

    def _take_over(self) -> None:
        group = self._group
        mine = [p for p, owner in group.owners.items() if owner is self]
        self._tenures = {p: group.tenures[p] for p in mine}
        self._positions = {p: group.committed.get(p, 0) for p in mine}
        self._paused &= set(mine)
