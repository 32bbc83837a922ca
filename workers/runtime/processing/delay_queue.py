"""Delayed messages that wait in memory for their time.

The topic on the broker keeps them; this is a copy, bounded by the loop, which is
given up at every rebalance and read again.
"""

import datetime as dt
import heapq
from collections.abc import Iterator

from workers.runtime.messaging.ports import Delivery, Partition

_OVERHEAD_BYTES = 500
"""Of one delivery in memory beside its value: key, headers, entries of the queue."""


class DelayQueue:
    """Deliveries in the order of their time, and what may be committed meanwhile.

    The broker knows one offset per partition, so what is committed is the smallest
    offset that is still held: after a restart everything from there on is read again.
    """

    def __init__(self) -> None:
        self._queue: list[tuple[dt.datetime, int, Delivery]] = []
        self._offsets: dict[Partition, set[int]] = {}
        self._ordinal = 0  # parts equal times: deliveries have no order of their own
        self.bytes = 0
        """About so much memory is taken."""

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, delivery: Delivery, when: dt.datetime) -> None:
        """Keep *delivery* until *when*; one that is kept already is left alone."""
        offsets = self._offsets.setdefault(delivery.partition, set())
        if delivery.offset in offsets:
            return
        offsets.add(delivery.offset)
        self._ordinal += 1
        heapq.heappush(self._queue, (when, self._ordinal, delivery))
        self.bytes += _size(delivery)

    def next_due(self) -> dt.datetime | None:
        """Return when the first of them may be handled."""
        return self._queue[0][0] if self._queue else None

    def due(self, now: dt.datetime, limit: int) -> Iterator[Delivery]:
        """Take out up to *limit* deliveries whose time has come."""
        for _ in range(limit):
            if not self._queue or self._queue[0][0] > now:
                return
            _, _, delivery = heapq.heappop(self._queue)
            self._offsets[delivery.partition].discard(delivery.offset)
            self.bytes -= _size(delivery)
            yield delivery

    def watermark(self, partition: Partition) -> int | None:
        """Return the smallest offset of *partition* that is held."""
        # Linear, and cheap beside the transaction that asks for it; a heap of offsets
        # would need removal from its middle, for deliveries leave by time.
        return min(self._offsets.get(partition, ()), default=None)

    def clear(self) -> None:
        """Drop everything; it will be read again."""
        self._queue.clear()
        self._offsets.clear()
        self.bytes = 0


def _size(delivery: Delivery) -> int:
    return len(delivery.value or b"") + _OVERHEAD_BYTES
