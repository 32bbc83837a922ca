"""The loop on a broker in memory, with a clock that only moves when told."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from prometheus_client import REGISTRY

from tests.support.set_clock import SetClock
from workers.domain.outcomes import Outcome, PoisonRecordError
from workers.domain.records import Record
from workers.domain.topics import Topic
from workers.runtime.messaging.memory import MemoryBroker, MemorySession
from workers.runtime.messaging.ports import Delivery, Headers, Message
from workers.runtime.processing.loop import Loop
from workers.runtime.processing.worker import Handler, Incoming, Output, Result, Worker
from workers.runtime.service.health import Health
from workers.runtime.service.settings import Process

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


Handle = Callable[[Sequence[Incoming[Any]]], Sequence[Result]]


class Rig:
    """A broker, one member and its loop."""

    def __init__(self, handle: Handle | None = None, **worker: Any) -> None:
        self.broker = MemoryBroker(
            {topic.name(): topic.partitions for topic in TOPICS} | {DLQ: 1}
        )
        self.clock = SetClock(START)
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


def words(count: int) -> list[Word]:
    return [Word(key=f"k{n}", text=f"w{n}") for n in range(count)]


def counted(outcome: Outcome) -> float:
    labels = {"worker": "loop", "topic": "words", "outcome": outcome.value}
    return REGISTRY.get_sample_value("khabar_records_total", labels) or 0.0
