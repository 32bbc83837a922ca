"""Batches off the broker, delayed records in their time, and what may be committed.

Nothing is decoded here: a delivery is bytes with headers.
"""

from collections.abc import Callable, Mapping, Sequence

from workers.runtime.messaging import headers
from workers.runtime.messaging.ports import Delivery, Partition, Session
from workers.runtime.processing.delay_queue import DelayQueue
from workers.runtime.processing.table_loader import TableLoader
from workers.runtime.service.clock import Clock

LINGER_SECONDS = 0.2
"""The wait for more records once there is one."""


class BatchReader:
    """Polls batches, and knows how far each partition was read."""

    def __init__(
        self,
        session: Session,
        table_loader: TableLoader,
        clock: Clock,
        *,
        delayed: str | None,
        stopping: Callable[[], bool],
    ) -> None:
        """Read from *session*; *delayed* is the topic whose records may wait."""
        self._session = session
        self._table_loader = table_loader
        self._clock = clock
        self._delayed = delayed
        self._stopping = stopping
        self._next_offsets: dict[Partition, int] = {}
        self.delay_queue = DelayQueue()

    def read(self, limit: int, idle_seconds: float) -> Sequence[Delivery] | None:
        """Poll until *limit* records are there, or the first has waited long enough.

        Waits *idle_seconds* for a first one. Returns None where the group has
        rebalanced: whatever was read and not committed must be thrown away.
        """
        batch = list(self.delay_queue.due(self._clock.now(), limit))
        timeout = 0.0 if batch else idle_seconds
        deadline: float | None = None
        while len(batch) < limit:
            polled = self._session.poll(timeout, limit - len(batch))
            # Asked right after each poll, which is where a rebalance happens: from
            # then on the session reads from the committed offsets, so that what was
            # taken before it comes again, here or at another member.
            if self._table_loader.on_rebalance():
                return None
            batch += self._split_due(polled)
            now = self._clock.monotonic()
            if not batch or self._stopping():
                break
            if deadline is None:
                deadline = now + LINGER_SECONDS
            elif now >= deadline or not polled:
                break
            timeout = max(0.0, deadline - now)
        return batch

    def commit_offsets(self) -> Mapping[Partition, int]:
        """Return what to commit, by partition: the next offset to be read.

        A partition's offset stays at the smallest one that is still held, for the
        broker keeps one number per partition: a restart reads on from there.
        """
        offsets = dict(self._next_offsets)
        for partition, offset in self._next_offsets.items():
            held = self.delay_queue.watermark(partition)
            if held is not None:
                offsets[partition] = min(held, offset)
        return offsets

    def discard(self) -> None:
        """Forget what is not committed; it will be read again."""
        self.delay_queue.clear()
        self._next_offsets.clear()

    def _split_due(self, polled: Sequence[Delivery]) -> Sequence[Delivery]:
        """Return what may be handled now, and hold back the rest until its time."""
        now = self._clock.now()
        due = []
        for delivery in polled:
            partition = delivery.partition
            self._next_offsets[partition] = delivery.offset + 1
            when = (
                headers.not_before(delivery.headers)
                if partition.topic == self._delayed
                else None
            )
            if when is not None and when > now:
                self.delay_queue.add(delivery, when)
            else:
                due.append(delivery)
        return due
