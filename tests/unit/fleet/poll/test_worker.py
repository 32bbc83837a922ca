"""The poll worker on the memory broker, against a real server on loopback."""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import msgspec
import pytest

from tests.support.origin import Answer, Origin, Raw, Reply, Request
from workers.domain.outcomes import TransientError
from workers.domain.records import (
    Entry,
    EntryReason,
    Feed,
    FeedState,
    FeedStatus,
    HubEvent,
    HubNotice,
)
from workers.domain.topics import ENTRIES, FEED_STATES, FEEDS, HUB_NOTICES
from workers.fleet.poll import WORKER, PollSettings
from workers.runtime.http.client import HttpSettings
from workers.runtime.messaging.memory import MemoryBroker, MemorySession
from workers.runtime.messaging.ports import Message
from workers.runtime.processing.loop import Loop
from workers.runtime.service.health import Health
from workers.runtime.service.settings import Process
from workers.stages.feeds.polls import Poll, process_response

PATIENCE = 60.0
"""Seconds in which what a test waits for must come."""
SETTINGS = PollSettings(
    host_gap_seconds=0.0,
    http=HttpSettings(
        allowed_networks=("127.0.0.0/8",),
        user_agent_contact="desk@example.in",
        total_seconds=5.0,
    ),
)


class Clock:
    """Real seconds for waiting, a date that tests move."""

    def __init__(self) -> None:
        self.date = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.date

    def monotonic(self) -> float:
        return time.monotonic()


class Poller:
    """One poll worker in this thread."""

    def __init__(
        self, broker: MemoryBroker, clock: Clock, settings: PollSettings = SETTINGS
    ) -> None:
        self.clock = clock
        self.session: MemorySession = broker.session(
            "poll", [FEEDS.name(), HUB_NOTICES.name()]
        )
        self.loop = Loop(
            WORKER,
            self.session,
            Process(backoff_seconds=0.001),
            prefix="khabar",
            clock=clock,
            health=Health(clock, 60.0),
            stopping=lambda: False,
        )
        self._stack = ExitStack()
        self.handler = self._stack.enter_context(
            WORKER.open_handler(settings, self.loop.context)
        )

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "nothing came of it"
            self.loop.step(self.handler)

    def polls(self, line: "Line", feed_id: str, polled_at: dt.datetime) -> FeedState:
        """Go round until the feed's state tells of a poll at that time."""
        self.until(
            lambda: (
                feed_id in line.states() and line.state(feed_id).polled_at == polled_at
            )
        )
        return line.state(feed_id)

    def close(self) -> None:
        self._stack.close()
        self.session.close()


class Line:
    """Broker, server and pollers of one test."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        topics = (FEEDS, FEED_STATES, HUB_NOTICES, ENTRIES)
        self.broker = MemoryBroker({topic.name(): topic.partitions for topic in topics})
        self.clock = Clock()
        self.pollers: list[Poller] = []

    def start(self, settings: PollSettings = SETTINGS) -> Poller:
        self.pollers.append(Poller(self.broker, self.clock, settings))
        return self.pollers[-1]

    def define(self, path: str, feed_id: str = "feed", **fields: object) -> Feed:
        feed = Feed(feed_id=feed_id, url=f"{self.origin.url}{path}", publisher="पत्र")
        feed = msgspec.structs.replace(feed, **fields)
        key = feed_id.encode()
        value = msgspec.json.encode(feed)
        self.broker.append(Message(FEEDS.name(), key, value, partition_key=key))
        return feed

    def notify(self, event: HubEvent, feed_id: str = "feed") -> None:
        """Send what an operator asks for."""
        key = feed_id.encode()
        notice = HubNotice(
            feed_id=feed_id, topic="", event=event, received_at=self.clock.now()
        )
        value = msgspec.json.encode(notice)
        self.broker.append(Message(HUB_NOTICES.name(), key, value, partition_key=key))

    def entries(self) -> list[Entry]:
        read = self.broker.read(ENTRIES.name())
        return [msgspec.json.decode(each.value or b"", type=Entry) for each in read]

    def titles(self) -> list[str]:
        return sorted(entry.title for entry in self.entries())

    def states(self) -> Mapping[str, FeedState]:
        read = self.broker.read(FEED_STATES.name())
        states = [
            msgspec.json.decode(each.value or b"", type=FeedState) for each in read
        ]
        return {state.feed_id: state for state in states}

    def state(self, feed_id: str = "feed") -> FeedState:
        return self.states()[feed_id]

    def poll(self, poller: Poller, feed_id: str = "feed") -> FeedState:
        """Let time pass until the feed is due, and wait for its poll."""
        if feed_id in self.states():
            due = self.state(feed_id).next_poll_at
            assert due is not None
            self.clock.date = max(self.clock.date + dt.timedelta(seconds=1), due)
        return poller.polls(self, feed_id, self.clock.date)


@pytest.fixture
def line() -> Iterator[Line]:
    with Origin() as origin:
        made = Line(origin)
        yield made
        for poller in made.pollers:
            poller.close()


def rss(*items: tuple[str, str], **fields: str) -> str:
    extra = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    entries = "".join(
        f"<item><title>{title}</title><link>/{slug}?utm_source=rss</link>"
        f"<guid>{slug}</guid><pubDate>Tue, 24 Nov 2026 11:00:00 IST</pubDate></item>"
        for slug, title in items
    )
    channel = f"<channel><title>पत्र</title>{extra}{entries}</channel>"
    return f"<rss version='2.0'>{channel}</rss>"


def conditional(body: str, etag: str) -> Callable[[Request], Answer]:
    def reply(request: Request) -> Answer:
        if request.headers.get("if-none-match") == etag:
            return Answer(status=304, headers={"ETag": etag})
        return Answer(body, headers={"ETag": etag})

    return reply


def test_a_first_poll_emits_everything_and_remembers_it(line: Line) -> None:
    line.origin.replies["/rss"] = Answer(
        rss(("1", "एक"), ("2", "दो")), headers={"ETag": '"a"'}
    )
    line.define("/rss", section="देश")
    state = line.poll(line.start())
    first, second = line.entries()
    assert [first.title, second.title] == ["दो", "एक"]
    assert second.url == f"{line.origin.url}/1?utm_source=rss"
    assert second.canonical_url == f"{line.origin.url}/1"
    assert second.published_at is not None
    assert second.published_at.value == dt.datetime(2026, 11, 24, 5, 30, tzinfo=dt.UTC)
    assert second.published_at.rule == "rfc822-ist"
    assert (second.publisher, second.sections, second.reason) == (
        "पत्र",
        ("देश",),
        EntryReason.NEW,
    )
    assert (state.etag, state.failures, state.problem) == ('"a"', 0, None)
    assert state.next_poll_at is not None
    assert state.next_poll_at > line.clock.date
    assert line.origin.requests[0].headers["user-agent"].startswith("Khabar/")
    assert "(+desk@example.in)" in line.origin.requests[0].headers["user-agent"]


def test_the_conditions_of_a_request_follow_the_answers(line: Line) -> None:
    line.origin.replies["/rss"] = conditional(rss(("1", "एक")), '"a"')
    line.define("/rss")
    poller = line.start()
    line.poll(poller)
    assert line.poll(poller).not_modified == 1
    line.origin.replies["/rss"] = conditional(rss(("2", "दो"), ("1", "एक")), 'W/"b"')
    line.poll(poller)
    line.poll(poller)
    asked = [r.headers.get("if-none-match") for r in line.origin.requests]
    assert asked == [None, '"a"', '"a"', 'W/"b"']
    assert line.titles() == ["एक", "दो"]


def test_a_body_that_is_the_same_is_not_parsed_again(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.origin.replies["/rss"] = Answer(rss(("1", "एक")))
    line.define("/rss")
    poller = line.start()
    line.poll(poller)

    def explode(*_: object) -> None:
        pytest.fail("parsed a body that it knew")

    monkeypatch.setattr("workers.runtime.service.sandbox.Sandbox.call", explode)
    state = line.poll(poller)
    assert (state.failures, len(line.entries())) == (0, 1)


def test_a_changed_title_is_emitted_as_a_change(line: Line) -> None:
    line.origin.replies["/rss"] = Answer(rss(("1", "एक"), ("2", "दो")))
    line.define("/rss")
    poller = line.start()
    line.poll(poller)
    line.origin.replies["/rss"] = Answer(rss(("1", "एक, नया"), ("2", "दो")))
    line.poll(poller)
    *_, last = line.entries()
    assert (last.title, last.reason) == ("एक, नया", EntryReason.CHANGED)
    assert len(line.entries()) == 3


def test_nothing_is_repeated_after_a_restart(line: Line) -> None:
    line.origin.replies["/rss"] = Answer(rss(("1", "एक")))
    line.define("/rss")
    first = line.start()
    line.poll(first)
    first.close()
    line.pollers.clear()
    line.origin.replies["/rss"] = Answer(rss(("2", "दो"), ("1", "एक")))
    second = line.start()
    line.poll(second)
    assert line.titles() == ["एक", "दो"]
    assert len(line.origin.requests) == 2


def test_an_aborted_transaction_loses_and_doubles_nothing(line: Line) -> None:
    line.origin.replies["/rss"] = Answer(rss(("1", "एक"), ("2", "दो")))
    line.define("/rss")
    poller = line.start()
    poller.until(lambda: bool(poller.session.assignment()))
    poller.session.broken = 2
    failures = 0
    deadline = time.monotonic() + PATIENCE
    while "feed" not in line.states():
        assert time.monotonic() < deadline
        try:
            poller.loop.step(poller.handler)
        except TransientError:  # as `run` does
            failures += 1
            poller.loop._discard_batch()
            poller.loop._recover()
    assert failures == 2
    assert line.titles() == ["एक", "दो"]
    assert len(line.origin.requests) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Answer(status=404), "HTTP status 404: there is nothing at this address"),
        (Answer(status=401), "HTTP status 401: the server wants a password"),
        (Answer(status=403), "HTTP status 403: the server refuses access"),
        (Answer(status=500), "HTTP status 500: the server has failed"),
        (Answer(status=503), "HTTP status 503: the server is overloaded"),
        (Answer(""), "the answer is empty"),
        (Answer("<html><body>नमस्ते"), "a web page came instead of a feed"),
        (Answer("\ufffd\x00 कुछ"), "the answer is not a feed that can be read"),
        (Answer(b"\xff\xfe\xfd"), "the answer is not a feed that can be read"),
        (Answer("<opml version='2.0'/>"), "neither RSS nor Atom nor news"),
        (
            Answer("<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel/></rss>"),
            "DOCTYPE or entities, which is refused",
        ),
        (Raw(lambda: [b"SSH-2.0-server\r\n"]), "the answer is not proper HTTP"),
        (Answer(b"x", headers={"Content-Encoding": "gzip"}), "not proper HTTP"),
        (Answer(status=302, headers={"Location": "http://10.0.0.1/"}), "not a public"),
        (
            Answer(status=302, headers={"Location": "file:///etc/passwd"}),
            "neither http",
        ),
    ],
)
def test_trouble_is_told_in_words_and_harms_no_other_feed(
    line: Line, reply: Reply, words: str
) -> None:
    line.origin.replies.update({"/bad": reply, "/good": Answer(rss(("1", "एक")))})
    line.define("/bad", "bad")
    line.define("/good", "good")
    line.start().until(lambda: len(line.states()) == 2)
    bad = line.state("bad")
    assert bad.problem is not None
    assert words in bad.problem
    assert bad.failures == 1
    assert bad.next_poll_at is not None
    assert line.state("good").problem is None
    assert line.titles() == ["एक"]


def test_a_feed_that_fails_is_asked_less_often_and_never_given_up(line: Line) -> None:
    line.define("/none")
    poller = line.start()
    waits = []
    for _ in range(12):
        state = line.poll(poller)
        assert state.next_poll_at is not None
        waits.append((state.next_poll_at - line.clock.date).total_seconds())
    assert waits[0] < waits[2] < waits[4]
    assert max(waits) <= SETTINGS.max_interval_seconds
    line.origin.replies["/none"] = Answer(rss(("1", "एक")))
    state = line.poll(poller)
    assert (state.failures, state.problem) == (0, None)


def test_a_feed_that_is_gone_is_not_asked_again(line: Line) -> None:
    line.origin.replies.update(
        {"/gone": Answer(status=410), "/new": Answer(rss(("1", "एक")))}
    )
    line.define("/gone")
    poller = line.start()
    state = line.poll(poller)
    assert (state.retired, state.next_poll_at) == (True, None)
    assert state.problem == "HTTP status 410: the publisher has given the feed up"
    poller.until(lambda: poller.handler.next_due() is None)
    line.define("/new")
    line.clock.date += dt.timedelta(seconds=1)
    poller.polls(line, "feed", line.clock.date)
    assert (line.titles(), line.state().retired) == (["एक"], False)


def test_retry_after_is_kept(line: Line) -> None:
    line.origin.replies["/rss"] = Answer(status=429, headers={"Retry-After": "30000"})
    line.define("/rss")
    state = line.poll(line.start())
    assert state.next_poll_at is not None
    assert state.next_poll_at >= line.clock.date + dt.timedelta(seconds=30_000)


def test_a_permanent_move_is_believed_when_it_lasts(line: Line) -> None:
    moved = f"{line.origin.url}/new"
    line.origin.replies["/rss"] = Answer(status=301, headers={"Location": moved})
    line.origin.replies["/new"] = conditional(rss(("1", "एक")), '"n"')
    line.define("/rss")
    poller = line.start()
    for _ in range(5):
        state = line.poll(poller)
    assert (state.moved_to, state.failures) == (moved, 0)
    assert len(line.origin.asked("/rss")) == 3
    assert len(line.origin.asked("/new")) == 5
    line.origin.replies["/new"] = Answer(status=404)
    line.origin.replies["/rss"] = Answer(rss(("2", "दो")))
    line.poll(poller)
    assert line.poll(poller).problem is None
    assert line.titles() == ["एक", "दो"]


def test_time_that_passes_between_two_looks_delays_nothing(line: Line) -> None:
    """The loop looks at the clock, then asks when something is due."""
    line.origin.replies["/rss"] = Answer(rss(("1", "एक")))
    line.define("/rss")
    poller = line.start()

    def now() -> dt.datetime:
        line.clock.date += dt.timedelta(microseconds=1)
        return line.clock.date

    line.clock.now = now  # type: ignore[method-assign]
    poller.until(lambda: bool(line.states()))
    assert line.titles() == ["एक"]


def test_a_paused_feed_is_left_alone(line: Line) -> None:
    line.origin.replies["/rss"] = Answer(rss(("1", "एक")))
    line.define("/rss", status=FeedStatus.PAUSED)
    line.define("/rss", "other")
    line.poll(line.start(), "other")
    assert [*line.states()] == ["other"]
    assert len(line.origin.requests) == 1


def test_a_host_is_asked_one_thing_at_a_time(line: Line) -> None:
    for number in range(8):
        line.origin.replies[f"/{number}"] = Answer(rss((f"a{number}", f"{number}")))
        line.define(f"/{number}", f"feed-{number}")
    poller = line.start()
    poller.until(lambda: len(line.states()) == 8)
    assert line.origin.at_once == 1
    assert len(line.entries()) == 8


def test_a_slow_feed_does_not_hold_up_another_host(line: Line) -> None:
    def slow(_: Request) -> Answer:
        line.origin.ending.wait(PATIENCE)
        return Answer(rss(("1", "एक")))

    line.origin.replies.update({"/slow": slow, "/quick": Answer(rss(("2", "दो")))})
    line.define("/slow", "slow")
    quick = f"http://localhost:{line.origin.port}/quick"
    line.define("/quick", "quick", url=quick)
    poller = line.start()
    poller.until(lambda: "quick" in line.states())
    assert line.titles() == ["दो"]
    assert [*line.states()] == ["quick"]


def test_a_feed_that_breaks_the_parser_harms_no_other(line: Line) -> None:
    attributes = " ".join(f"a{number}=''" for number in range(100_000))
    bomb = rss(("1", "एक")).replace("<item>", f"<item {attributes}>")
    line.origin.replies.update(
        {"/bomb": Answer(bomb), "/good": Answer(rss(("2", "दो")))}
    )
    line.define("/bomb", "bomb")
    line.define("/good", "good")
    line.start(msgspec.structs.replace(SETTINGS, parse_seconds=1.0)).until(
        lambda: len(line.states()) == 2
    )
    assert line.titles() == ["दो"]
    problem = "reading the feed takes too much time or memory"
    assert line.state("bomb").problem == problem


def test_two_pollers_share_the_feeds(line: Line) -> None:
    for number in range(12):
        line.origin.replies[f"/{number}"] = Answer(rss((f"a{number}", f"{number}")))
        line.define(f"/{number}", f"feed-{number}")
    one, other = line.start(), line.start()
    deadline = time.monotonic() + PATIENCE
    while len(line.states()) < 12:
        assert time.monotonic() < deadline
        for poller in (one, other):
            poller.loop.step(poller.handler)
    owned: Sequence[set[int]] = [
        {p.number for p in poller.session.assignment()} for poller in (one, other)
    ]
    assert owned[0]
    assert owned[1]
    third = line.start()
    for _ in range(30):
        for poller in (one, other, third):
            poller.loop.step(poller.handler)
    one.close()
    line.pollers.remove(one)
    for _ in range(30):
        for poller in (other, third):
            poller.loop.step(poller.handler)
    assert third.session.assignment()
    assert len(line.origin.requests) == 12  # none again within its interval
    assert len(line.entries()) == 12


def test_feed_that_nobody_thought_of_stops_no_other(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(feed: Feed, *rest: Any, **more: Any) -> Poll:
        if feed.feed_id == "odd":
            raise ZeroDivisionError("so odd")
        return process_response(feed, *rest, **more)

    monkeypatch.setattr("workers.fleet.poll.reader.process_response", mistaken)
    line.origin.replies["/rss"] = Answer(rss(("1", "एक")))
    line.define("/rss", "odd")
    line.define("/rss", "even")
    poller = line.start()
    odd, even = line.poll(poller, "odd"), line.poll(poller, "even")
    assert odd.problem == "reading the feed failed (ZeroDivisionError: so odd)"
    assert odd.failures == 1
    assert even.problem is None
    assert line.titles() == ["एक"]


def test_an_operator_has_a_feed_polled_before_it_is_due(line: Line) -> None:
    line.origin.replies["/rss"] = conditional(rss(("1", "एक")), '"a"')
    line.define("/rss")
    poller = line.start()
    due = line.poll(poller).next_poll_at
    line.clock.date += dt.timedelta(seconds=5)
    assert due is not None
    assert line.clock.date < due
    line.notify(HubEvent.POLL)
    state = poller.polls(line, "feed", line.clock.date)
    assert state.next_poll_at is not None
    assert state.next_poll_at > line.clock.date
    assert state.etag == '"a"'
    assert line.titles() == ["एक"]


@pytest.mark.parametrize(
    ("event", "titles"),
    [(HubEvent.RESET, ["एक"]), (HubEvent.FORGET, ["एक", "एक"])],
)
def test_an_operator_has_a_feed_forgotten(
    event: HubEvent, titles: list[str], line: Line
) -> None:
    line.origin.replies["/rss"] = Answer(rss(("1", "एक")), headers={"ETag": '"a"'})
    line.define("/rss")
    poller = line.start()
    line.poll(poller)
    line.origin.replies["/rss"] = Answer(status=410)
    assert line.poll(poller).retired
    line.origin.replies["/rss"] = Answer(rss(("1", "एक")), headers={"ETag": '"b"'})
    line.clock.date += dt.timedelta(seconds=5)
    line.notify(event)
    state = poller.polls(line, "feed", line.clock.date)
    assert not state.retired
    assert (state.etag, state.failures, state.problem) == ('"b"', 0, None)
    assert "if-none-match" not in line.origin.requests[-1].headers
    assert line.titles() == titles


def test_a_notice_of_a_feed_that_is_not_known_does_nothing(line: Line) -> None:
    line.origin.replies["/rss"] = Answer(rss(("1", "एक")))
    line.notify(HubEvent.FORGET, "stranger")
    line.define("/rss")
    line.poll(line.start())
    assert [*line.states()] == ["feed"]
