"""The loop hands records on exactly once, and sets aside what cannot be handled."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.loop_rig import SHOUTS, WORDS, Rig, Word, counted, words
from workers.domain.outcomes import (
    ConfigurationError,
    Outcome,
    PoisonRecordError,
    TransientError,
)
from workers.runtime.messaging.ports import MAX_MESSAGE_BYTES
from workers.runtime.processing.backoff import ExhaustedError
from workers.runtime.processing.poison_isolation import TooMuchPoisonError
from workers.runtime.processing.worker import Handler, Incoming, Output, Result

DEEP = 100_000


def test_records_go_through_and_are_committed() -> None:
    rig = Rig()
    rig.put(WORDS, *words(10))
    before = counted(Outcome.PUBLISHED)
    rig.run(6)
    assert rig.texts(SHOUTS) == sorted(f"W{n}" for n in range(10))
    assert rig.left() == 0
    assert counted(Outcome.PUBLISHED) - before == 10


def test_batch_begins_small_and_grows_to_the_limit() -> None:
    sizes: list[int] = []

    def handle(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        sizes.append(len(batch))
        return Rig.shout(batch)

    rig = Rig(handle, batch_records=10)
    rig.put(WORDS, *words(40))
    rig.run(8)
    assert sizes == [4, 8, 10, 10, 8]


def test_batch_fits_the_seconds_it_should_take() -> None:
    sizes: list[int] = []

    def handle(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        sizes.append(len(batch))
        rig.clock.seconds += 0.25 * len(batch)
        return Rig.shout(batch)

    rig = Rig(handle, batch_records=100, batch_seconds=0.5)
    rig.put(WORDS, *words(10))
    rig.run(8)
    assert sizes[0] == 4
    assert set(sizes[1:]) == {2}


def test_headers_carry_the_event_and_the_trace_on() -> None:
    rig = Rig()
    trace = b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-00"
    rig.put(WORDS, Word(key="k", text="w"), traceparent=trace)
    rig.run()
    (made,) = rig.broker.read(SHOUTS.name())
    (came,) = rig.broker.read(WORDS.name())
    head = made.headers
    assert head["ce_id"].decode() == f"{WORDS.name()}-{came.partition.number}-0-0"
    assert head["ce_time"] == b"2026-11-24T06:00:00.000Z"
    version, trace_id, span, flags = head["traceparent"].split(b"-")
    assert (version, trace_id, flags) == (b"00", b"a" * 32, b"00")
    assert span != b"b" * 16


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (b"{", b"DecodeError"),
        (b'{"key": 1}', b"ValidationError"),
        (b'{"text": "no key"}', b"ValidationError"),
        (None, b"EmptyRecord"),
        (b'{"key":"k","new":' + b"[" * DEEP + b"]" * DEEP + b"}", b"RecursionError"),
        (b'{"new":' + b'{"a":' * DEEP, b"RecursionError"),
        (b'{"key":"k","text":' + b'{"a":' * DEEP, b"ValidationError"),
        (b"[" * DEEP, b"ValidationError"),
    ],
)
def test_record_that_breaks_its_schema_goes_aside_whole(
    value: bytes | None, kind: bytes
) -> None:
    rig = Rig()
    came = rig.put_raw(WORDS, "k1", value, x_own=b"\x00\xff")
    rig.put(WORDS, *words(3))
    rig.run(5)
    (dead,) = rig.dead()
    assert (dead.key, dead.value) == (b"k1", value)
    assert dead.headers["x-own"] == b"\x00\xff"
    assert dead.headers["error-kind"] == kind
    assert dead.headers["error-offset"] == str(came.offset).encode()
    assert len(rig.texts(SHOUTS)) == 3
    assert rig.left() == 0


def test_one_poison_record_does_not_take_its_batch_along() -> None:
    def handle(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        for each in batch:
            if each.record.text == "w1":
                msg = "w1 is bad"
                raise PoisonRecordError(msg)
        return Rig.shout(batch)

    rig = Rig(handle)
    rig.put(WORDS, *words(4))
    rig.run(5)
    (dead,) = rig.dead()
    assert dead.headers["error-reason"] == b"w1 is bad"
    assert rig.texts(SHOUTS) == ["W0", "W2", "W3"]


def test_mistake_in_a_handler_is_blamed_on_the_record_it_happened_with() -> None:
    def handle(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        return [Rig.shouted(each) for each in batch if 1 / len(each.record.text)]

    rig = Rig(handle)
    rig.put(WORDS, Word(key="a", text="x"), Word(key="b"))
    rig.run(5)
    (dead,) = rig.dead()
    assert dead.headers["error-kind"] == b"ZeroDivisionError"
    assert rig.texts(SHOUTS) == ["X"]


def test_result_too_large_to_be_written_is_the_records_fault() -> None:
    def handle(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        big = "x" * (MAX_MESSAGE_BYTES + 1)
        return [
            Result(Outcome.PUBLISHED, (Output(SHOUTS, Word(key="k", text=big)),))
            if each.record.text == "w0"
            else Rig.shouted(each)
            for each in batch
        ]

    rig = Rig(handle)
    rig.put(WORDS, *words(2))
    rig.run(5)
    assert [each.key for each in rig.dead()] == [b"k0"]
    assert rig.texts(SHOUTS) == ["W1"]


def test_handler_that_answers_too_little_loses_nothing() -> None:
    rig = Rig(lambda batch: Rig.shout(batch)[1:])
    rig.put(WORDS, *words(2))
    rig.run(5)
    assert len(rig.dead()) == 2


def test_long_run_of_poison_stops_the_worker_uncommitted() -> None:
    rig = Rig()
    _, loop = rig.member(poison_limit=5)
    for _ in range(20):
        rig.put_raw(WORDS, "k", b"{")
    with pytest.raises(TooMuchPoisonError, match="in a row cannot be handled"):
        rig.run(10, loop)
    assert len(rig.dead()) < 5
    assert rig.left() >= 16


def test_dead_letters_that_blame_no_worker_never_stop_it() -> None:
    def handle(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        return [
            Result(Outcome.DEAD_LETTER, reason="a page", counts_as_poison=False)
            for _ in batch
        ]

    rig = Rig(handle)
    _, loop = rig.member(poison_limit=3)
    rig.put(WORDS, *words(40))
    rig.run(12, loop)
    assert len(rig.dead()) == 40
    assert rig.left() == 0


def test_dead_letters_that_blame_no_worker_do_not_hide_those_that_do() -> None:
    def handle(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        return [
            Result(Outcome.DEAD_LETTER, counts_as_poison=number % 2 == 0)
            for number, _ in enumerate(batch)
        ]

    rig = Rig(handle)
    _, loop = rig.member(poison_limit=5)
    rig.put(WORDS, *words(40))
    with pytest.raises(TooMuchPoisonError):
        rig.run(12, loop)


def test_poison_between_good_records_never_stops_it() -> None:
    rig = Rig()
    _, loop = rig.member(poison_limit=3)
    for _ in range(10):
        rig.put_raw(WORDS, "k", b"{")
        rig.put(WORDS, Word(key="k", text="w"))
    rig.run(10, loop)
    assert len(rig.dead()) == 10


def test_aborted_batch_comes_again_and_is_counted_once() -> None:
    told: list[str] = []

    def handle(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        return [
            Result(Outcome.UNCHANGED, on_commit=lambda: told.append("done"))
            for _ in batch
        ]

    rig = Rig(handle)
    rig.put(WORDS, *words(3))
    rig.session.broken = 2
    before = counted(Outcome.UNCHANGED)
    rig.run(8)
    assert rig.left() == 0
    assert len(rig.waits) == 2
    assert told == ["done"] * 3
    assert counted(Outcome.UNCHANGED) - before == 3


def test_waits_grow_and_are_bounded() -> None:
    rig = Rig()
    _, loop = rig.member(attempts=6, backoff_seconds=1.0, backoff_max_seconds=4.0)

    def handle(_: Sequence[Incoming[Any]]) -> Sequence[Result]:
        msg = "disk full"
        raise TransientError(msg)

    rig.handler = Handler(handle)
    rig.put(WORDS, *words(1))
    with pytest.raises(ExhaustedError, match="6 tries: disk full"):
        rig.run(20, loop)
    ceilings = [1, 2, 4, 4, 4]
    assert len(rig.waits) == len(ceilings)
    pairs = zip(rig.waits, ceilings, strict=True)
    assert all(top / 2 <= wait <= top for wait, top in pairs)
    assert rig.left() == 1
    assert rig.broker.read(SHOUTS.name()) == []


def test_operators_business_ends_the_worker_at_once() -> None:
    def handle(_: Sequence[Incoming[Any]]) -> Sequence[Result]:
        msg = "no models"
        raise ConfigurationError(msg)

    rig = Rig(handle)
    rig.put(WORDS, *words(2))
    with pytest.raises(ConfigurationError):
        rig.run()
    assert rig.dead() == []


def test_stop_before_a_batch_leaves_it_to_the_next() -> None:
    rig = Rig()
    rig.put(WORDS, *words(3))
    rig.run(0)
    assert rig.left() == 3
