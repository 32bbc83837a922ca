"""The tables of the partitions that a member owns, read back and kept up to date.

`tables` holds the records; the loop changes them and commits the changes.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from workers.domain.json_errors import UNREADABLE
from workers.domain.records import Record
from workers.domain.topics import Topic
from workers.runtime.messaging.ports import Delivery, Follower, Partition, Session
from workers.runtime.processing.tables import Table, Tables
from workers.runtime.processing.worker import Worker
from workers.runtime.service import logs, metrics
from workers.runtime.service.clock import Clock
from workers.runtime.service.health import Health

_FOLLOW_RECORDS = 1000
LOAD_SECONDS = 1.0
"""Tables are read for so long between two polls: a member that reads for minutes
without one would lose its partitions, and the other partitions would stand still."""

_log = logs.get(__name__)


class TableLoader:
    """Follows the rebalances of a session and keeps its tables true.

    Partitions of one number, of every source and table, go together. The sources of
    a number are paused until its tables are read back.
    """

    def __init__(
        self,
        worker: Worker[Any],
        session: Session,
        prefix: str,
        clock: Clock,
        health: Health,
    ) -> None:
        self._worker = worker
        self._session = session
        self._prefix = prefix
        self._clock = clock
        self._health = health
        self._decoders = {
            topic.noun: msgspec.json.Decoder(topic.record)
            for topic in (*worker.tables, *worker.global_tables)
        }
        self._generation = -1
        self._tenures: Mapping[Partition, int] = {}  # see Session.assignment
        self._unloaded: set[int] = set()
        self._reading: tuple[int, Iterator[None]] | None = None
        self._read_to: dict[Partition, int] = {}
        self._followers: list[tuple[Table[Any], Follower]] | None = None
        self._behind = bool(worker.global_tables)
        self.tables = Tables(worker.tables, self._partition_of, worker.global_tables)

    @property
    def complete(self) -> bool:
        """Whether there are partitions, and every table of theirs is read."""
        return self._generation >= 0 and bool(self._tenures) and not self._unread

    @property
    def loading(self) -> bool:
        """Whether tables are still to be read."""
        return self._generation >= 0 and self._unread

    @property
    def _unread(self) -> bool:
        return self._behind or bool(self._unloaded)

    def on_rebalance(self) -> bool:
        """Take over what the last poll changed; return whether the group rebalanced."""
        if self._session.generation == self._generation:
            return False
        self._generation = self._session.generation
        if self._generation < 0:
            # under way: tenures that stay the same keep what is remembered
            return True
        # A partition that was lost and came back in one rebalance has another tenure:
        # its owner in between may have changed the tables, so they are read again.
        before, self._tenures = self._tenures, dict(self._session.assignment())
        owned = {partition.number for partition in self._tenures}
        changed = before.items() ^ self._tenures.items()
        stale = {partition.number for partition, _ in changed}
        for table in self.tables.owned:
            for number in stale:
                table.drop(number)
        if self._worker.tables:
            self._unloaded = (self._unloaded | stale) & owned
        if self._reading and self._reading[0] not in self._unloaded - stale:
            self._reading = None
        metrics.REBALANCES.labels(self._worker.name).inc()
        metrics.PARTITIONS.labels(self._worker.name).set(len(self._tenures))
        _log.info(
            "partitions_assigned",
            generation=self._generation,
            partitions=sorted(f"{p.topic}/{p.number}" for p in self._tenures),
        )
        return True

    def invalidate(self) -> None:
        """Have every table read again: it may lack what was committed after all."""
        if self._worker.tables:
            self._unloaded = {partition.number for partition in self._tenures}
            self._reading = None

    def load_next(self, stopping: Callable[[], bool]) -> None:
        """Read on in the tables of one number, unless *stopping* cuts it short.

        Returns after LOAD_SECONDS at the latest, or when those tables are read.
        Global tables come first.
        """
        if self._behind:
            self._catch_up(stopping)
            return
        if self._reading is None:
            number = min(self._unloaded)
            self._reading = number, self._load(number)
        _, records = self._reading
        until = self._clock.monotonic() + LOAD_SECONDS
        for _ in records:
            self._health.beat()
            if stopping() or self._clock.monotonic() >= until:
                return
        self._reading = None  # read to the end, or broken off by an error: then anew

    def _load(self, number: int) -> Iterator[None]:
        """Read the tables of *number* back, record by record."""
        started = self._clock.monotonic()
        count = 0
        for table in self.tables.owned:
            self._health.wait_for(f"reading {table.topic.noun}, partition {number}")
            table.drop(number)
            name = table.topic.name(self._prefix)
            for delivery in self._session.read_all(Partition(name, number)):
                self._apply(table, delivery)
                count += 1
                yield
        self._unloaded.discard(number)
        _log.info(
            "tables_loaded",
            partition=number,
            records=count,
            seconds=round(self._clock.monotonic() - started, 3),
        )

    def poll_global(self) -> int:
        """Take in what others have committed to global tables; return how much."""
        if self._followers is None:
            self._followers = [
                (table, self._session.follow(table.topic.name(self._prefix)))
                for table in self.tables.shared
            ]
        count = 0
        for table, follower in self._followers:
            for delivery in follower.poll(_FOLLOW_RECORDS):
                self._apply(table, delivery)
                count += 1
        return count

    def _catch_up(self, stopping: Callable[[], bool]) -> None:
        """Read on in the global tables, LOAD_SECONDS at the longest."""
        until = self._clock.monotonic() + LOAD_SECONDS
        while not stopping():
            self._health.beat()
            taken = self.poll_global()
            self._behind = not all(each.caught_up for _, each in self._followers or ())
            if not self._behind or not taken or self._clock.monotonic() >= until:
                return

    def apply_source(self, topic: Topic[Any], delivery: Delivery) -> None:
        """Apply a record of a source that is a table too.

        It stands on the topic already, so it holds whether this batch commits or not.
        One from before the end of the table's own reading would undo newer ones.
        """
        if delivery.offset >= self._read_to.get(delivery.partition, 0):
            self._apply(self.tables.of(topic), delivery)

    def pause_or_resume(self, *, without: str | None) -> None:
        """Pause what cannot be handled yet, resume the rest, report readiness.

        *without* is a topic that is not to be read at present.
        """
        if self._generation < 0:
            self._health.wait_for("joining the consumer group")
            return
        paused: list[Partition] = []
        resumed: list[Partition] = []
        for partition in self._tenures:
            unread = self._behind or partition.number in self._unloaded
            waits = unread or partition.topic == without
            (paused if waits else resumed).append(partition)
        self._session.pause(paused)
        self._session.resume(resumed)
        if self._behind:
            nouns = ", ".join(topic.noun for topic in self._worker.global_tables)
            self._health.wait_for(f"reading {nouns}")
        elif self._unloaded:
            self._health.wait_for(f"reading tables, partition {min(self._unloaded)}")
        else:
            self._health.ready()

    def _apply(self, table: Table[Any], delivery: Delivery) -> None:
        """Apply one record off a table's topic to the table.

        One that breaks its schema is counted and left out: a state that cannot be
        read must not stop the partition for good.
        """
        key = (delivery.key or b"").decode(errors="replace")
        record: Record | None = None
        self._read_to[delivery.partition] = delivery.offset + 1
        if delivery.value is not None:
            try:
                record = self._decoders[table.topic.noun].decode(delivery.value)
            except UNREADABLE as error:
                metrics.UNREADABLE_STATES.labels(self._worker.name).inc()
                _log.error("state_unreadable", **delivery.where(), problem=str(error))
                return
            key = table.topic.key(record)
        table.load(delivery.partition.number, key, record)

    def _partition_of(self, topic: Topic[Any], record: Record) -> int | None:
        """Return the partition of *record*, None where this member does not own it."""
        number = self._session.partition_of(
            topic.name(self._prefix), topic.partition_by(record).encode()
        )
        owned = any(partition.number == number for partition in self._tenures)
        return number if owned else None
