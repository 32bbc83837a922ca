"""Delayed deliveries in memory."""

import datetime as dt

from workers.runtime.messaging.ports import Delivery, Partition
from workers.runtime.processing.delay_queue import DelayQueue

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
HERE = Partition("t", 0)


def held(offset: int) -> Delivery:
    return Delivery(HERE, offset, b"k", b"v" * 100)


def test_held_come_in_the_order_of_their_time() -> None:
    kept = DelayQueue()
    for offset, seconds in ((0, 30), (1, 10), (2, 20)):
        kept.add(held(offset), NOW + dt.timedelta(seconds=seconds))
    assert kept.next_due() == NOW + dt.timedelta(seconds=10)
    assert list(kept.due(NOW, 10)) == []
    later = NOW + dt.timedelta(seconds=25)
    assert [each.offset for each in kept.due(later, 10)] == [1, 2]
    assert kept.watermark(HERE) == 0
    assert len(kept) == 1


def test_held_twice_is_kept_once() -> None:
    kept = DelayQueue()
    for _ in range(2):
        kept.add(held(5), NOW)
    size = kept.bytes
    assert [each.offset for each in kept.due(NOW, 10)] == [5]
    assert (size > 0, kept.bytes, kept.watermark(HERE)) == (True, 0, None)


def test_held_gives_no_more_than_asked_for() -> None:
    kept = DelayQueue()
    for offset in range(3):
        kept.add(held(offset), NOW)
    assert len(list(kept.due(NOW, 2))) == 2
    kept.clear()
    assert (len(kept), kept.bytes, kept.next_due()) == (0, 0, None)
