"""Global tables: what one member commits, every member takes in."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from tests.support.set_clock import SetClock
from workers.domain.outcomes import Outcome
from workers.domain.records import Record
from workers.domain.topics import Topic
from workers.runtime.messaging.memory import MemoryBroker
from workers.runtime.messaging.ports import Message
from workers.runtime.processing.loop import Loop
from workers.runtime.processing.worker import Handler, Incoming, Result, Worker
from workers.runtime.service.health import Health
from workers.runtime.service.settings import Process

START = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)


class Word(Record, frozen=True, kw_only=True):
    key: str


def _key(record: Word) -> str:
    return record.key


WORDS = Topic("words", Word, _key, _key, "In.", partitions=2)
KNOWN = Topic("known", Word, _key, _key, "Known.", partitions=3, cleanup="compact")


class Member:
    """A member that notes which words were known as it handled a word."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.known: set[str] = set()
        self.handled: dict[str, set[str]] = {}
        worker: Worker[Any] = Worker(
            name="loop",
            sources=(WORDS,),
            sinks=(),
            settings=Process,
            open_handler=lambda *_: None,  # type: ignore[arg-type]
            global_tables=(KNOWN,),
        )
        self.session = broker.session("g", [WORDS.name()])
        self.health = Health(SetClock(START), 60.0)
        self.loop = Loop(
            worker,
            self.session,
            Process(),
            prefix="khabar",
            clock=SetClock(START),
            health=self.health,
            stopping=lambda: False,
            wait=lambda _: None,
        )
        self.table = self.loop.context.tables.shared_of(KNOWN)
        self.table.subscribe(lambda word: self.known.add(word.key))
        self.handler = Handler(self.handle)

    def handle(self, batch: Sequence[Incoming[Word]]) -> Sequence[Result]:
        for each in batch:
            self.handled[each.record.key] = {*self.known}
            self.table.put(each.record)
        return [Result(Outcome.PUBLISHED) for _ in batch]

    def step(self, times: int = 4) -> None:
        for _ in range(times):
            self.loop.step(self.handler)


@pytest.fixture
def broker() -> MemoryBroker:
    topics = {topic.name(): topic.partitions for topic in (WORDS, KNOWN)}
    return MemoryBroker(topics | {"khabar.loop.dlq": 1})


def write(broker: MemoryBroker, topic: Topic[Any], key: str) -> None:
    raw, value = key.encode(), msgspec.json.encode(Word(key=key))
    broker.append(Message(topic.name(), raw, value, raw))


def test_all_of_it_is_read_before_a_record_is_handled(broker: MemoryBroker) -> None:
    there = {f"k{n}" for n in range(2_500)}
    for key in there:
        write(broker, KNOWN, key)
    write(broker, WORDS, "a")
    member = Member(broker)
    member.step(1)
    assert "known" in member.health.readiness().words
    member.step(8)
    assert member.handled == {"a": there}
    assert member.known == there | {"a"}


def test_what_another_member_commits_is_taken_in(broker: MemoryBroker) -> None:
    one, two = Member(broker), Member(broker)
    for _ in range(4):
        one.step(1)
        two.step(1)
    for key in ("a", "b", "c", "d", "e", "f"):
        write(broker, WORDS, key)
    one.step()
    first = {*one.handled}
    two.step()
    assert first
    assert two.handled
    assert all(seen >= first for seen in two.handled.values())
    one.step(1)
    write(broker, WORDS, "a")
    one.step()
    two.step()
    assert (one.handled | two.handled)["a"] == {"a", "b", "c", "d", "e", "f"}


def test_a_batch_that_is_aborted_adds_nothing(broker: MemoryBroker) -> None:
    member = Member(broker)
    member.step(2)
    write(broker, WORDS, "a")
    member.session.broken = 1
    with pytest.raises(Exception, match="broker went away"):
        member.step(1)
    assert member.handled == {"a": set()}
    assert member.known == set()
    assert broker.read(KNOWN.name()) == []


def test_a_member_that_starts_anew_knows_what_was_committed(
    broker: MemoryBroker,
) -> None:
    first = Member(broker)
    write(broker, WORDS, "a")
    first.step()
    first.session.close()
    second = Member(broker)
    write(broker, WORDS, "b")
    second.step(6)
    assert second.handled == {"b": {"a"}}
