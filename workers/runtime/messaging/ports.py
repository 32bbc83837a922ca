"""What the loop needs of a message broker; Kafka and memory implement it alike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""The largest value that is written; topics are created to take it."""


class Partition(NamedTuple):
    """One partition of a topic, by the topic's name on the broker."""

    topic: str
    number: int


class Headers(Mapping[str, bytes]):
    """Headers by name; where a name is repeated, its last value.

    `pairs` has all of them as they came, in order.
    """

    __slots__ = ("_last", "pairs")

    def __init__(self, pairs: Iterable[tuple[str, bytes]] = ()) -> None:
        self.pairs = tuple(pairs)
        self._last = dict(self.pairs)

    def __getitem__(self, name: str) -> bytes:
        return self._last[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def __repr__(self) -> str:
        return f"Headers({self.pairs!r})"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as it came off a partition."""

    partition: Partition
    offset: int
    key: bytes | None
    value: bytes | None
    """None is a tombstone."""
    headers: Headers = field(default_factory=Headers)
    timestamp_ms: int = 0

    def where(self) -> dict[str, object]:
        """Return what tells this message from others, for a log."""
        return {
            "topic": self.partition.topic,
            "partition": self.partition.number,
            "offset": self.offset,
            "key": (self.key or b"").decode(errors="replace"),
        }


@dataclass(frozen=True, slots=True)
class Message:
    """One message to be written."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition_key: bytes
    """Hashed as Kafka's default partitioner hashes keys (murmur2)."""
    headers: Headers = field(default_factory=Headers)


class Follower(Protocol):
    """Reads a whole topic along, from its beginning, committed records only."""

    @property
    def caught_up(self) -> bool:
        """Whether all has been polled that stood on the topic as this began."""

    def poll(self, limit: int) -> Sequence[Delivery]:
        """Return up to *limit* further messages, empty where none is there yet."""


class Session(Protocol):
    """A member of a consumer group whose reads and writes share transactions.

    Reads are read-committed. Everything written between `begin` and `commit`,
    and the offsets given to `commit`, become visible together or not at all, and
    only if this member still owns its partitions (KIP-447).
    Errors of the broker are raised as `workers.domain.outcomes.TransientError`, what
    only an operator can repair as `ConfigurationError`.
    """

    @property
    def generation(self) -> int:
        """Number that changes with every rebalance; -1 while not a member.

        After a change `poll` starts over from the committed offsets on every
        partition, and those offsets are final: no former owner can move them.
        What was polled before and is not committed must be thrown away.
        """

    def poll(self, timeout_seconds: float, limit: int) -> Sequence[Delivery]:
        """Return up to *limit* messages of the assigned, unpaused partitions."""

    def assignment(self) -> Mapping[Partition, int]:
        """Return the source partitions that this member owns now, with tenures.

        A tenure is a number that stays as long as nobody else can have owned the
        partition in between; a new one means that what is remembered of it is old.
        """

    def pause(self, partitions: Sequence[Partition]) -> None:
        """Leave *partitions* out of `poll` until they are resumed.

        One that is no longer owned is passed over.
        """

    def resume(self, partitions: Sequence[Partition]) -> None:
        """Take *partitions* into `poll` again."""

    def partition_of(self, topic: str, partition_key: bytes) -> int:
        """Return the number of the partition where *partition_key* goes."""

    def read_all(self, partition: Partition) -> Iterator[Delivery]:
        """Read a whole partition, committed messages only, to its present end.

        Waits for transactions that are open when it starts, so that nothing that
        a former owner committed is missed.
        """

    def follow(self, topic: str) -> Follower:
        """Return a reader of every partition of *topic*, whoever owns them.

        It belongs to this session and goes with it.
        """

    def begin(self) -> None:
        """Begin a transaction as the generation that the last `poll` saw."""

    def send(self, message: Message) -> None:
        """Write *message* within the transaction, without waiting."""

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Commit what was sent and *offsets* (next to be read) in one step.

        Owned partitions that are not named keep their positions, and count: a
        member that lost any of its partitions cannot commit.
        """

    def recover(self) -> Mapping[Partition, int]:
        """Abandon the transaction and go back to the committed offsets.

        Returns those offsets; partitions where nothing was committed are left out.
        """

    def lag(self) -> Mapping[str, int]:
        """Return how many offsets are still to be read, by source topic."""

    def close(self) -> None:
        """Leave the group; an open transaction is aborted."""
