"""What a batch makes, written in one transaction, and commits whose end is unknown.

A commit may fail at any point of its way: before the broker saw it, or after the
broker did it and only the answer was lost. The second is a commit in doubt. It is
resolved by the group's committed offsets, which moved with the commit or not at all.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from workers.runtime.messaging.ports import Message, Partition, Session
from workers.runtime.processing.message_builder import MessageBuilder
from workers.runtime.processing.poison_isolation import Finished
from workers.runtime.processing.tables import Table, Tables
from workers.runtime.processing.worker import Output
from workers.runtime.service import logs, metrics
from workers.runtime.service.clock import Clock

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch that is handled and not yet known to be committed."""

    finished: Sequence[Finished]
    offsets: Mapping[Partition, int]


class _TableChanges(NamedTuple):
    """The staged changes of one table."""

    table: Table[Any]
    messages: Sequence[Message]
    partition_of: Mapping[str, int]
    """Where each changed key stands."""


class Transaction:
    """The one transaction that a member has: open, committed, aborted or in doubt."""

    def __init__(
        self,
        worker: str,
        session: Session,
        tables: Tables,
        messages: MessageBuilder,
        clock: Clock,
        *,
        delayed: str | None,
        on_commit: Callable[[Sequence[Finished]], None],
    ) -> None:
        """Write through *session*; *delayed* is the topic whose records may wait.

        *on_commit* is called once for each batch that is durable.
        """
        self._worker = worker
        self._session = session
        self._tables = tables
        self._messages = messages
        self._clock = clock
        self._delayed = delayed
        self._on_commit = on_commit
        self._committed: dict[Partition, int] = {}
        self._open = False
        self._in_doubt: _Batch | None = None

    def commit(
        self,
        finished: Sequence[Finished],
        messages: Sequence[Message],
        offsets: Mapping[Partition, int],
    ) -> None:
        """Write *messages*, the staged changes of tables and *offsets* in one step."""
        changes = self._table_changes(self._clock.now())
        batch = _Batch(finished, offsets)
        started = self._clock.monotonic()
        self._open = True
        self._session.begin()
        for message in messages:
            self._session.send(message)
        for change in changes:
            for message in change.messages:
                self._session.send(message)
        # Up to here an error means that nothing is committed. From here on it means
        # nothing: the broker may have committed and only its answer been lost. So
        # the batch is kept until the committed offsets tell which.
        self._in_doubt = batch
        self._session.commit(offsets)
        self._in_doubt = None
        self._committed.update(offsets)
        for change in changes:
            change.table.commit(change.partition_of)
        metrics.TRANSACTION_SECONDS.labels(self._worker).observe(
            self._clock.monotonic() - started
        )
        self._end_committed(batch)

    def fail(self) -> None:
        """Note that something failed: what is open is aborted, unless in doubt."""
        if self._open and self._in_doubt is None:
            self._end_aborted()

    def recover(self) -> bool:
        """Go back to the committed offsets, which resolve a commit in doubt.

        Returns whether there was one: tables then may lack what was committed.
        """
        committed = self._session.recover()
        batch, self._in_doubt = self._in_doubt, None
        if batch is not None:
            done = self._was_committed(batch, committed)
            _log.info("commit_resolved", committed=done, records=len(batch.finished))
            if done:
                self._end_committed(batch)
            else:
                self._end_aborted()
        self._committed = dict(committed)
        return batch is not None

    def on_rebalance(self) -> None:
        """Forget the committed offsets: other members may have moved them."""
        self._committed.clear()

    def _table_changes(self, now: dt.datetime) -> Sequence[_TableChanges]:
        """Build messages of the staged changes of tables."""
        return [self._changes_of(table, now) for table in self._tables]

    def _changes_of(self, table: Table[Any], now: dt.datetime) -> _TableChanges:
        messages = []
        partition_of: dict[str, int] = {}
        for n, (key, record) in enumerate(table.staged.items()):
            event_id = f"{key}-{now.timestamp():.6f}-{n}"
            message = self._messages.record(Output(table.topic, record), event_id, now)
            messages.append(message)
            partition_of[key] = self._session.partition_of(
                message.topic, message.partition_key
            )
        return _TableChanges(table, messages, partition_of)

    def _end_committed(self, batch: _Batch) -> None:
        self._open = False
        metrics.TRANSACTIONS.labels(self._worker, "committed").inc()
        self._on_commit(batch.finished)

    def _end_aborted(self) -> None:
        self._open = False
        metrics.TRANSACTIONS.labels(self._worker, "aborted").inc()

    def _was_committed(self, batch: _Batch, committed: Mapping[Partition, int]) -> bool:
        """Return whether the offsets that *batch* moved stand where it moved them.

        An offset that it left where it was says nothing. Neither does one of the
        delayed topic, which goes back and forth with the records that are held.
        """
        moved = {
            partition: offset
            for partition, offset in batch.offsets.items()
            if partition.topic != self._delayed
            and offset > self._committed.get(partition, -1)
        }
        return bool(moved) and all(
            committed.get(partition, -1) >= offset
            for partition, offset in moved.items()
        )
