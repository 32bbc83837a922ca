"""The articles worker over a broker in memory, and the server that it asks."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from tests.support import origin
from tests.support.origin import Answer, Origin
from tests.support.set_clock import SetClock
from workers.domain.ids import article_id
from workers.domain.outcomes import TransientError
from workers.domain.records import Article, ArticleState, Entry
from workers.domain.topics import (
    ALL,
    ARTICLE_STATES,
    ARTICLES,
    ENTRIES,
    ENTRIES_DELAYED,
    Topic,
    dead_letter_name,
)
from workers.fleet.articles import WORKER, ArticlesSettings
from workers.runtime.http.client import HttpSettings
from workers.runtime.messaging import headers
from workers.runtime.messaging.memory import MemoryBroker
from workers.runtime.messaging.ports import Message
from workers.runtime.processing.loop import Loop
from workers.runtime.service.health import Health
from workers.runtime.service.metrics import RECORDS
from workers.runtime.service.sandbox import SandboxError, SandboxFailure
from workers.runtime.service.settings import Process
from workers.stages.articles.extracted import Extraction, Request
from workers.stages.articles.extraction import extract
from workers.web.urls import canonical_url

START = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
PREFIX = "test"
STORY = (
    "राज्य सरकार ने मंगलवार को किसानों के लिए नई सिंचाई योजना की घोषणा की और कहा कि इससे "
    "तीन जिलों के दो लाख परिवारों को लाभ होगा।"
)
MORE = (
    "कृषि मंत्री ने पत्रकारों से कहा कि योजना का पहला चरण अगले वर्ष मार्च तक पूरा कर लिया जाएगा "
    "और इसके लिए चार सौ करोड़ रुपये मंजूर किए गए हैं।"
)
HANGS = b"<!-- this page never ends -->"


def story_page(*paragraphs: str, title: str = "किसानों के लिए नई सिंचाई योजना") -> bytes:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<html><head><title>{title}</title></head>"
        f"<body><h1>{title}</h1><div>{body}</div></body></html>"
    ).encode()


class Server(Origin):
    """Answers each path with what is queued for it; the last answer repeats."""

    def __init__(self) -> None:
        super().__init__()
        self.queued: dict[str, list[Answer]] = {}

    def reply(
        self, path: str, body: bytes = b"", status: int = 200, **fields: str
    ) -> None:
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        if body:
            fields.setdefault("content-type", "text/html; charset=utf-8")
        self.queued.setdefault(path, []).append(Answer(body, status, fields))
        self.replies[path] = self._next

    def _next(self, request: origin.Request) -> Answer:
        queued = self.queued.get(request.path) or [Answer(status=404)]
        return queued.pop(0) if len(queued) > 1 else queued[0]


class InProcess:
    """Extraction without a process of its own, which takes seconds to start."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def warm_up(self) -> None:
        pass

    def call(self, request: Request) -> Extraction:
        if any(HANGS in body for body in _bodies(request)):
            raise SandboxError(SandboxFailure.TIME)
        return extract(request)

    def close(self) -> None:
        pass


def _bodies(request: Request) -> Iterator[bytes]:
    yield request.body
    for part in request.parts:
        yield part.body


class Line:
    """The articles worker over a broker in memory."""

    def __init__(self) -> None:
        self.clock = SetClock(START)
        names = {topic.name(PREFIX): 2 for topic in ALL}
        names[dead_letter_name(WORKER.name, PREFIX)] = 1
        self.broker = MemoryBroker(names)
        self.broken_commits = 0
        self.batches_grown = False
        self.settings = ArticlesSettings(
            host_gap_seconds=0.0,
            budget_seconds=60.0,
            recheck_hours=(),
            http=HttpSettings(allowed_networks=("127.0.0.0/8",), total_seconds=5.0),
        )

    def send(self, entry: Entry) -> None:
        self.broker.append(
            Message(
                topic=ENTRIES.name(PREFIX),
                key=entry.article_id.encode(),
                value=msgspec.json.encode(entry),
                partition_key=ENTRIES.partition_by(entry).encode(),
            )
        )

    def run(self) -> dict[str, int]:
        """Start a worker, let it work off what is due; return outcomes counted."""
        before = self._counts()
        session = self.broker.session(
            WORKER.name, [topic.name(PREFIX) for topic in WORKER.sources]
        )
        loop = Loop(
            WORKER,
            session,
            Process(),
            prefix=PREFIX,
            clock=self.clock,
            health=Health(self.clock, 60.0),
            stopping=lambda: False,
            wait=lambda _: None,
        )
        if self.batches_grown:
            loop._batch_sizer._limit = WORKER.batch_records
        session.broken, self.broken_commits = self.broken_commits, 0
        with WORKER.open_handler(self.settings, loop.context) as handler:
            for _ in range(12):
                try:
                    loop.step(handler)
                except TransientError as error:
                    loop._back_off(error)
                    loop._recover()
        session.close()
        after = self._counts()
        return {
            name: after[name] - before[name]
            for name in after
            if after[name] > before[name]
        }

    def on(self, topic: Topic[Any]) -> list[Any]:
        """Return the records on *topic*."""
        return [
            msgspec.json.decode(delivery.value or b"", type=topic.record)
            for delivery in self.broker.read(topic.name(PREFIX))
        ]

    def articles(self) -> list[Article]:
        return self.on(ARTICLES)

    def articles_of(self, entry: Entry) -> list[Article]:
        return [a for a in self.articles() if a.article_id == entry.article_id]

    def state(self, entry: Entry) -> ArticleState:
        states = [
            s for s in self.on(ARTICLE_STATES) if s.article_id == entry.article_id
        ]
        state = states[-1]
        assert isinstance(state, ArticleState)
        return state

    def not_before(self) -> list[dt.datetime]:
        found = [
            headers.not_before(delivery.headers)
            for delivery in self.broker.read(ENTRIES_DELAYED.name(PREFIX))
        ]
        return [moment for moment in found if moment is not None]

    @staticmethod
    def _counts() -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for metric in RECORDS.collect():
            for sample in metric.samples:
                ours = sample.labels["worker"] == WORKER.name
                if ours and sample.name.endswith("_total"):
                    counts[sample.labels["outcome"]] += int(sample.value)
        return counts


def later(line: Line, hours: float) -> dict[str, int]:
    """Let the hours pass and the line work; return outcomes counted."""
    line.clock.seconds += hours * 3600
    return line.run()


def entry(url: str, **fields: Any) -> Entry:
    canonical = canonical_url(url) or url
    return Entry(
        article_id=article_id(canonical),
        feed_id="feed",
        publisher="नगर समाचार",
        url=url,
        canonical_url=canonical,
        discovered_at=START,
        **{"title": "शीर्षक", **fields},
    )
