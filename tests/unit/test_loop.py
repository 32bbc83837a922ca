"""The loop on a broker in memory, with a clock that only moves when told."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import pytest
from prometheus_client import REGISTRY

from workers.domain.outcomes import (
    ConfigurationError,
    Outcome,
    PoisonRecordError,
    TransientError,
)
from workers.domain.records import Record
from workers.domain.topics import Topic
from workers.runtime.health import Health
from workers.runtime.loop import ExhaustedError, Loop, TooMuchPoisonError
from workers.runtime.memory import MemoryBroker, MemorySession
from workers.runtime.ownership import LOAD_SECONDS
from workers.runtime.ports import (
    MAX_MESSAGE_BYTES,
    Delivery,
    Headers,
    Message,
    Partition,
)
from workers.runtime.settings import Process
from workers.runtime.worker import Handler, Incoming, Output, Result, Worker

START = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)
PARTITIONS = 2
DLQ = "khabar.loop.dlq"


class Word(Record, frozen=True, kw_only=True):
    key: str
    text: str = ""


def _key(record: Word) -> str:
    return record.key


WORDS = Topic("words", Word, _key, _key, "In.", partitions=PARTITIONS)
LATER = Topic("words-later", Word, _key, _key, "In, later.", partitions=PARTITIONS)
SHOUTS = Topic("shouts", Word, _key, _key, "Out.", partitions=PARTITIONS)
STATES = Topic("word-states", Word, _key, _key, "State.", partitions=PARTITIONS)
TOPICS = (WORDS, LATER, SHOUTS, STATES)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> dt.datetime:
        return START + dt.timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


Handle = Callable[[Sequence[Incoming[Any]]], Sequence[Result]]


class Rig:
    """A broker, one member and its loop."""

    def __init__(self, handle: Handle | None = None, **worker: Any) -> None:
        self.broker = MemoryBroker(
            {topic.name(): topic.partitions for topic in TOPICS} | {DLQ: 1}
        )
        self.clock = Clock()
        self.health = Health(self.clock, 60)
        self.waits: list[float] = []
        self.steps = 0
        self.handler = Handler(handle or self.shout)
        self.worker: Worker[Any] = Worker(
            **{
                "name": "loop",
                "sources": (WORDS,),
                "sinks": (SHOUTS,),
                "settings": Process,
                "open_handler": lambda *_: None,
                **worker,
            }
        )
        self.session, self.loop = self.member()

    def member(self, **settings: Any) -> tuple[MemorySession, "Loop[Any]"]:
        session = self.broker.session("g", [t.name() for t in self.worker.sources])
        loop = Loop(
            self.worker,
            session,
            Process(**settings),
            prefix="khabar",
            clock=self.clock,
            health=self.health,
            stopping=lambda: self.steps <= 0,
            wait=self.waits.append,
        )
        return session, loop

    def put(self, topic: Topic[Any], *words: Word, **headers: bytes) -> None:
        for word in words:
            self.put_raw(topic, word.key, msgspec.json.encode(word), **headers)

    def put_raw(
        self, topic: Topic[Any], key: str, value: bytes | None, **headers: bytes
    ) -> Delivery:
        named = {name.replace("_", "-"): each for name, each in headers.items()}
        raw = key.encode()
        pairs = Headers(named.items())
        return self.broker.append(Message(topic.name(), raw, value, raw, pairs))

    def run(self, steps: int = 4, loop: "Loop[Any] | None" = None) -> None:
        """Go round so many times."""
        self.steps = steps
        inner = loop or self.loop
        step = inner.step

        def counted(handler: Handler) -> None:
            self.steps -= 1
            before, self.steps = self.steps, 1  # it does not stop in its middle
            try:
                step(handler)
            finally:
                self.steps = before

        inner.step = counted  # type: ignore[method-assign]
        try:
            inner.run(self.handler)
        finally:
            inner.step = step  # type: ignore[method-assign]

    def texts(self, topic: Topic[Any]) -> list[str]:
        found = [
            msgspec.json.decode(each.value or b"", type=Word).text
            for each in self.broker.read(topic.name())
        ]
        return sorted(found)

    def dead(self) -> list[Delivery]:
        return self.broker.read(DLQ)

    def left(self) -> int:
        """Return how many words are not committed."""
        committed = self.broker.committed("g")
        return len(self.broker.read(WORDS.name())) - sum(
            offset for each, offset in committed.items() if each.topic == WORDS.name()
        )

    @staticmethod
    def shout(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        return [Rig.shouted(each) for each in batch]

    @staticmethod
    def shouted(incoming: Incoming[Any]) -> Result:
        word: Word = incoming.record
        loud = Word(key=word.key, text=word.text.upper())
        return Result(Outcome.PUBLISHED, (Output(SHOUTS, loud),))


def words(count: int) -> list[Word]:
    return [Word(key=f"k{n}", text=f"w{n}") for n in range(count)]


def counted(outcome: Outcome) -> float:
    labels = {"worker": "loop", "topic": "words", "outcome": outcome.value}
    return REGISTRY.get_sample_value("khabar_records_total", labels) or 0.0


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


# --- tables ----------------------------------------------------------------------


class Counting(Rig):
    """Counts words by key in a table."""

    def __init__(self, **worker: Any) -> None:
        super().__init__(self.count, tables=(STATES,), **worker)

    def count(self, batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        table = self.current.context.tables.of(STATES)
        results = []
        for each in batch:
            before = table.get(each.record.key)
            number = int(before.text) + 1 if before else 1
            table.put(Word(key=each.record.key, text=str(number)))
            if each.record.text == "poison":
                raise PoisonRecordError
            results.append(Result(Outcome.APPLIED))
        return results

    @property
    def current(self) -> "Loop[Any]":
        return self._current if hasattr(self, "_current") else self.loop

    def run(self, steps: int = 4, loop: "Loop[Any] | None" = None) -> None:
        self._current = loop or self.loop
        super().run(steps, loop)

    def state(self, key: str) -> str | None:
        """Return the newest state that stands on the topic."""
        raw = [e for e in self.broker.read(STATES.name()) if e.key == key.encode()]
        return (
            msgspec.json.decode(raw[-1].value or b"", type=Word).text if raw else None
        )


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


def test_unreadable_state_is_left_out_and_holds_nothing_up() -> None:
    rig = Counting()
    rig.put_raw(STATES, "a", b"{")
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


# --- time ------------------------------------------------------------------------


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
        calls.append(rig.loop._ownership.complete)
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
    session, loop = rig.member(held_bytes=2000)
    keys = [f"q{n}" for n in range(50)]
    for key in keys:
        rig.put(LATER, Word(key=key, text=key), not_before=at(60))
    rig.run(30, loop)
    assert 2000 <= loop._held.bytes < 8000
    assert session.lag()[LATER.name()] > 0
    rig.put(WORDS, Word(key="w", text="flows"))
    rig.run(3, loop)
    assert rig.texts(SHOUTS) == ["flows"]
    rig.clock.seconds = 60
    rig.run(60, loop)
    assert rig.texts(SHOUTS) == sorted(["flows", *keys])


def test_stop_before_a_batch_leaves_it_to_the_next() -> None:
    rig = Rig()
    rig.put(WORDS, *words(3))
    rig.run(0)
    assert rig.left() == 3
