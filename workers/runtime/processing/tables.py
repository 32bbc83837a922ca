"""Keyed views of compacted topics: the only memory that a worker has.

A table holds the partitions that the worker owns. What a handler puts into it is
written to the topic in the same transaction as the batch's outputs and becomes part
of the table when that commits; when it is aborted, the change is forgotten.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar, cast

from workers.domain.outcomes import PoisonRecordError
from workers.domain.records import Record
from workers.domain.topics import Topic

R = TypeVar("R", bound=Record)

Partitioner = Callable[[Topic[Any], Record], int | None]
"""Gives the partition where a record goes, None where this worker does not own it."""


class Table(Generic[R]):
    """The latest record by key, over the owned partitions of one topic."""

    def __init__(self, topic: Topic[R], partitioner: Partitioner | None = None) -> None:
        self.topic = topic
        self._partitioner = partitioner
        self._committed: dict[int, dict[str, R]] = {}
        self._partition_of: dict[str, int] = {}
        self._staged: dict[str, R] = {}

    def get(self, key: str) -> R | None:
        """Return the record under *key*, changes of the open batch included."""
        if key in self._staged:
            return self._staged[key]
        partition = self._partition_of.get(key)
        return None if partition is None else self._committed[partition].get(key)

    def put(self, record: R) -> None:
        """Set the record under its key, as part of the open batch.

        Raises PoisonRecordError where the record belongs on a partition that this
        worker does not own: another worker would never see the change.
        """
        key = self.topic.key(record)
        partitioner = self._partitioner
        if partitioner is not None and partitioner(self.topic, record) is None:
            msg = (
                f"the state of {key} belongs on a partition of {self.topic.noun} "
                "that goes with other sources"
            )
            raise PoisonRecordError(msg)
        self._staged[key] = record

    def values(self) -> Iterator[R]:
        """Yield every record, changes of the open batch included."""
        for key in [*self._partition_of]:
            if key not in self._staged:
                record = self.get(key)
                if record is not None:
                    yield record
        yield from [*self._staged.values()]

    def __len__(self) -> int:
        return len(self._partition_of)

    # --- for the loop ------------------------------------------------------

    @property
    def staged(self) -> Mapping[str, R]:
        """The changes of the open batch, by key."""
        return self._staged

    def load(self, partition: int, key: str, record: R | None) -> None:
        """Take over what stands on the topic; None is a tombstone."""
        rows = self._committed.setdefault(partition, {})
        if record is None:
            rows.pop(key, None)
            self._partition_of.pop(key, None)
        else:
            rows[key] = record
            self._partition_of[key] = partition

    def drop(self, partition: int) -> None:
        """Forget a partition that is no longer owned."""
        for key in self._committed.pop(partition, {}):
            self._partition_of.pop(key, None)

    def commit(self, partition_of: Mapping[str, int]) -> None:
        """Make the changes of the open batch part of the table: they are durable."""
        for key, record in self._staged.items():
            self.load(partition_of[key], key, record)
        self._staged.clear()

    def rollback(self) -> None:
        """Drop the changes of the open batch, which was aborted."""
        self._staged.clear()

    def restore(self, staged: Mapping[str, R]) -> None:
        """Put the changes of the open batch back to what they were."""
        self._staged = dict(staged)


class GlobalTable(Table[R]):
    """A topic that every member follows as a whole, and takes in as it likes.

    The records themselves are not kept: `subscribe` names what takes each in. It may be
    given a record twice, and an older one after a newer one of the same key.
    """

    def __init__(self, topic: Topic[R]) -> None:
        super().__init__(topic)
        self._on_record: Callable[[R], None] | None = None

    def subscribe(self, on_record: Callable[[R], None]) -> None:
        """Have *on_record* called with every record that is committed."""
        self._on_record = on_record

    def load(self, partition: int, key: str, record: R | None) -> None:  # noqa: ARG002 a table's signature
        """Take in what stands on the topic; tombstones are passed over."""
        if record is not None and self._on_record is not None:
            self._on_record(record)

    def drop(self, partition: int) -> None:
        """Keep everything: what others own counts as well."""


class Tables:
    """The tables of one worker, by topic."""

    def __init__(
        self,
        topics: tuple[Topic[Any], ...],
        partitioner: Partitioner | None = None,
        global_topics: tuple[Topic[Any], ...] = (),
    ) -> None:
        self.owned = [Table(topic, partitioner) for topic in topics]
        """Those that hold the partitions that the worker owns."""
        self.shared = [GlobalTable(topic) for topic in global_topics]
        """Those that every member follows as a whole."""
        self._by_noun: dict[str, Table[Any]] = {
            table.topic.noun: table for table in (*self.owned, *self.shared)
        }

    def of(self, topic: Topic[R]) -> Table[R]:
        """Return the table over *topic*; it must be declared by the worker."""
        return cast("Table[R]", self._by_noun[topic.noun])

    def shared_of(self, topic: Topic[R]) -> GlobalTable[R]:
        """Return the global table over *topic*; it must be declared by the worker."""
        return cast("GlobalTable[R]", self._by_noun[topic.noun])

    def __contains__(self, topic: Topic[Any]) -> bool:
        return topic.noun in self._by_noun

    def __iter__(self) -> Iterator[Table[Any]]:
        return iter(self._by_noun.values())

    @property
    def staged(self) -> bool:
        """Whether the open batch has changes."""
        return any(table.staged for table in self)

    def savepoint(self) -> Callable[[], None]:
        """Return a function that undoes every change made after this call."""
        kept = [(table, dict(table.staged)) for table in self]

        def undo() -> None:
            for table, staged in kept:
                table.restore(staged)

        return undo

    def rollback(self) -> None:
        """Drop the changes of the open batch, which was aborted."""
        for table in self:
            table.rollback()
