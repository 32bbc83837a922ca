"""The loop does what is due, and holds delayed records until their time."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from prometheus_client import REGISTRY

from tests.support.loop_rig import (
    LATER,
    SHOUTS,
    START,
    STATES,
    WORDS,
    Counting,
    Rig,
    Word,
)
from workers.domain.outcomes import Outcome
from workers.runtime.messaging.ports import Partition
from workers.runtime.processing.worker import Handler, Incoming, Output, Result


def test_work_that_is_due_is_written_in_a_transaction() -> None:
    rig = Rig()
    due_at = START + dt.timedelta(seconds=10)
    asked: list[dt.datetime] = []

    def due(now: dt.datetime) -> Sequence[Output[Any]]:
        nonlocal due_at
        asked.append(now)
        due_at = now + dt.timedelta(hours=1)
        return [Output(SHOUTS, Word(key="t", text="tick"))]

    rig.handler = Handler(Rig.shout, due, lambda: due_at)
    rig.run(4)
    assert asked == []
    rig.clock.seconds = 10
    rig.run(4)
    assert asked == [rig.clock.now()]
    assert rig.texts(SHOUTS) == ["tick"]


def test_nothing_is_due_before_the_worker_owns_partitions() -> None:
    rig = Counting()
    calls: list[bool] = []

    def due(_: dt.datetime) -> Sequence[Output[Any]]:
        calls.append(rig.loop._table_loader.complete)
        return ()

    rig.handler = Handler(rig.count, due, rig.clock.now)
    rig.run(6)
    assert calls
    assert all(calls)


def at(seconds: float) -> bytes:
    return (START + dt.timedelta(seconds=seconds)).isoformat().encode()


class Delayed(Counting):
    def __init__(self) -> None:
        super().__init__(sources=(WORDS, LATER), delayed=LATER)

    def count(self, batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        """Answer as the contract of delayed topics has it."""
        table = self.current.context.tables.of(STATES)
        results = []
        for each in batch:
            before = table.get(each.record.key)
            if before and each.delivery.offset <= int(before.text):
                results.append(Result(Outcome.REPLAYED))
                continue
            offset = str(each.delivery.offset)
            table.put(Word(key=each.record.key, text=offset))
            loud = Word(key=each.record.key, text=each.record.text)
            results.append(Result(Outcome.PUBLISHED, (Output(SHOUTS, loud),)))
        return results


def same_partition(rig: Rig, count: int) -> list[str]:
    topic = LATER.name()
    found = (
        key
        for key in (f"q{n}" for n in range(100))
        if rig.session.partition_of(topic, key.encode()) == 0
    )
    return [next(found) for _ in range(count)]


def test_delayed_records_come_each_at_its_time() -> None:
    rig = Delayed()
    late, soon, now = same_partition(rig, 3)
    rig.put(LATER, Word(key=late, text="late"), not_before=at(60))
    rig.put(LATER, Word(key=soon, text="soon"), not_before=at(5))
    rig.put(LATER, Word(key=now, text="now"))
    rig.run(6)
    assert rig.texts(SHOUTS) == ["now"]
    rig.clock.seconds = 5
    rig.run(3)
    assert rig.texts(SHOUTS) == ["now", "soon"]
    # the offset stays where the one that is still held stands
    assert rig.broker.committed("g")[Partition(LATER.name(), 0)] == 0
    rig.clock.seconds = 60
    rig.run(3)
    assert rig.texts(SHOUTS) == ["late", "now", "soon"]
    assert rig.broker.committed("g")[Partition(LATER.name(), 0)] == 3


def test_restart_replays_delayed_records_and_repeats_none() -> None:
    rig = Delayed()
    late, soon = same_partition(rig, 2)
    rig.put(LATER, Word(key=late, text="late"), not_before=at(60))
    rig.put(LATER, Word(key=soon, text="soon"), not_before=at(5))
    rig.clock.seconds = 6
    rig.run(6)
    rig.session.close()
    _, successor = rig.member()
    rig.run(6, successor)
    assert rig.texts(SHOUTS) == ["soon"]
    rig.clock.seconds = 61
    rig.run(6, successor)
    assert rig.texts(SHOUTS) == ["late", "soon"]


def test_aborted_batch_that_would_have_moved_no_offset_is_not_counted() -> None:
    rig = Delayed()
    late, soon, again = same_partition(rig, 3)
    rig.put(LATER, Word(key=late, text="late"), not_before=at(60))
    rig.put(LATER, Word(key=soon, text="soon"), not_before=at(5))
    rig.clock.seconds = 5
    rig.run(6)
    rig.put(LATER, Word(key=again, text="again"))
    rig.session.broken = 1
    labels = {"worker": "loop", "topic": "words-later", "outcome": "published"}
    before = REGISTRY.get_sample_value("khabar_records_total", labels) or 0.0
    rig.run(8)
    after = REGISTRY.get_sample_value("khabar_records_total", labels) or 0.0
    assert rig.texts(SHOUTS) == ["again", "soon"]
    assert after - before == 1


def test_held_records_are_bounded_and_the_rest_waits_on_the_broker() -> None:
    rig = Delayed()
    session, loop = rig.member(delay_buffer_bytes=2000)
    keys = [f"q{n}" for n in range(50)]
    for key in keys:
        rig.put(LATER, Word(key=key, text=key), not_before=at(60))
    rig.run(30, loop)
    assert 2000 <= loop._reader.delay_queue.bytes < 8000
    assert session.lag()[LATER.name()] > 0
    rig.put(WORDS, Word(key="w", text="flows"))
    rig.run(3, loop)
    assert rig.texts(SHOUTS) == ["flows"]
    rig.clock.seconds = 60
    rig.run(60, loop)
    assert rig.texts(SHOUTS) == sorted(["flows", *keys])
