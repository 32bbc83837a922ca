"""The loop keeps tables: read back by their next owner, changed with the records."""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.support.loop_rig import STATES, WORDS, Counting, Rig, Word, counted, words
from workers.domain.outcomes import Outcome, TransientError
from workers.runtime.messaging.ports import Delivery, Partition
from workers.runtime.processing.table_loader import LOAD_SECONDS
from workers.runtime.processing.worker import Handler, Incoming, Output, Result


def test_state_is_read_back_by_the_next_owner() -> None:
    rig = Counting()
    rig.put(WORDS, *[Word(key="a"), Word(key="b"), Word(key="a")])
    rig.run(6)
    assert (rig.state("a"), rig.state("b")) == ("2", "1")
    rig.session.close()

    _, successor = rig.member()
    rig.put(WORDS, Word(key="a"))
    rig.run(6, successor)
    assert rig.state("a") == "3"


def test_poison_takes_back_its_own_changes_only() -> None:
    rig = Counting()
    rig.put(WORDS, Word(key="a"), Word(key="a", text="poison"), Word(key="a"))
    rig.run(6)
    assert rig.state("a") == "2"
    assert len(rig.dead()) == 1


def test_aborted_changes_are_forgotten() -> None:
    rig = Counting()
    rig.put(WORDS, Word(key="a"))
    rig.session.broken = 3
    rig.run(12)
    assert rig.state("a") == "1"


def test_commit_that_went_through_though_it_failed_counts_once() -> None:
    """The broker did it and the answer was lost: it is found out, not repeated."""
    rig = Counting()
    rig.put(WORDS, Word(key="a"))
    commit = rig.session.commit

    def lossy(offsets: dict[Partition, int]) -> None:
        commit(offsets)
        rig.session.commit = commit  # type: ignore[method-assign]
        msg = "the answer was lost"
        raise TransientError(msg)

    rig.session.commit = lossy  # type: ignore[method-assign,assignment]
    before = counted(Outcome.APPLIED)
    rig.run(6)
    assert counted(Outcome.APPLIED) - before == 1
    rig.put(WORDS, Word(key="a"))
    rig.run(6)
    assert rig.state("a") == "2"


def test_rebalance_drops_the_tables_of_lost_partitions_and_reads_new_ones() -> None:
    rig = Counting()
    keys = ["a", "b", "c", "d"]
    rig.put(WORDS, *[Word(key=key) for key in keys])
    rig.run(8)
    other, loop = rig.member()
    other.poll(0, 1)
    rig.run(3)
    assert len(rig.loop.context.tables.of(STATES)) < len(keys)
    rig.put(WORDS, *[Word(key=key) for key in keys])
    rig.run(8, loop)
    rig.run(8)
    other.close()
    rig.put(WORDS, *[Word(key=key) for key in keys])
    rig.run(8)
    assert [rig.state(key) for key in keys] == ["3"] * 4


def test_long_tables_are_read_between_polls_while_other_partitions_flow() -> None:
    """A member that reads for minutes without a poll would be put out of the group."""
    rig = Counting()
    keys = [f"k{n}" for n in range(40)]
    rig.put(STATES, *[Word(key=key, text="5") for key in keys])
    rig.put(WORDS, *[Word(key=key) for key in keys])
    read_all, poll = rig.session.read_all, rig.session.poll
    polls: list[float] = []
    handled: list[float] = []

    def slow(partition: Partition) -> Iterator[Delivery]:
        for each in read_all(partition):
            rig.clock.seconds += 0.4
            yield each

    def noted(timeout_seconds: float, limit: int) -> Sequence[Delivery]:
        polls.append(rig.clock.seconds)
        return poll(timeout_seconds, limit)

    def count(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        handled.append(rig.clock.seconds)
        return rig.count(batch)

    rig.session.read_all = slow  # type: ignore[method-assign]
    rig.session.poll = noted  # type: ignore[method-assign]
    rig.handler = Handler(count)
    rig.run(60)
    assert max(b - a for a, b in itertools.pairwise(polls)) < LOAD_SECONDS + 0.5
    assert rig.clock.seconds == pytest.approx(0.4 * len(keys))
    assert handled[0] < rig.clock.seconds
    assert {rig.state(key) for key in keys} == {"6"}


def test_table_whose_reading_is_cut_short_by_trouble_is_read_again() -> None:
    rig = Counting()
    rig.put(STATES, *[Word(key=key, text="5") for key in ("a", "b")])
    rig.put(WORDS, Word(key="a"), Word(key="b"))
    read_all = rig.session.read_all

    def broken(partition: Partition) -> Iterator[Delivery]:
        yield from read_all(partition)
        rig.session.read_all = read_all  # type: ignore[method-assign]
        msg = "the broker went away"
        raise TransientError(msg)

    rig.session.read_all = broken  # type: ignore[method-assign]
    rig.run(10)
    assert (rig.state("a"), rig.state("b")) == ("6", "6")


def test_worker_says_what_it_waits_for_until_it_is_ready() -> None:
    rig = Counting()
    rig.health.wait_for("joining")
    assert not rig.health.readiness().good
    rig.run(1)
    assert "reading tables" in rig.health.readiness().words
    rig.run(3)
    assert rig.health.readiness().good


@pytest.mark.parametrize(
    "value", [b"{", b'{"key":"a","new":' + b"[" * 100_000, b'{"key":"\xff"}']
)
def test_unreadable_state_is_left_out_and_holds_nothing_up(value: bytes) -> None:
    rig = Counting()
    rig.put_raw(STATES, "a", value)
    rig.put(STATES, Word(key="b", text="7"))
    rig.put(WORDS, Word(key="a"), Word(key="b"))
    rig.run(6)
    assert (rig.state("a"), rig.state("b")) == ("1", "8")


def test_source_that_is_a_table_is_read_back_and_followed() -> None:
    seen: list[str] = []

    def handle(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        return [Result(Outcome.APPLIED) for _ in batch]

    def due(_: dt.datetime) -> Sequence[Output[Any]]:
        table = rig.loop.context.tables.of(WORDS)
        seen[:] = sorted(each.text for each in table.values())
        return ()

    rig = Rig(handle, tables=(WORDS,))
    rig.handler = Handler(handle, due, rig.clock.now)
    rig.put(WORDS, *words(3))
    rig.run(6)
    assert seen == ["w0", "w1", "w2"]
    rig.put(WORDS, Word(key="k0", text="new"))
    rig.put_raw(WORDS, "k1", None)
    rig.run(6)
    assert seen == ["new", "w2"]
    assert rig.dead() == []
