"""The poll worker: feeds in, new entries out.

Feeds are shared among pollers as partitions of their definitions. New entries and
the feed's new state go out in one transaction, so an entry is emitted once.
"""

import datetime as dt
import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from prometheus_client import Counter, Gauge, Histogram

from workers.domain.outcomes import Outcome
from workers.domain.records import EntryReason, Feed, FeedState, FeedStatus
from workers.domain.topics import ENTRIES, FEED_STATES, FEEDS
from workers.runtime import logs
from workers.runtime.confined import Confined, ConfinedError
from workers.runtime.fetching import Agenda, Fetches, Job
from workers.runtime.http import FetchError, HttpClient, HttpSettings
from workers.runtime.settings import Count, Seconds
from workers.runtime.worker import (
    Clock,
    Context,
    Handler,
    Incoming,
    Output,
    Result,
    Worker,
)
from workers.stages import feeds
from workers.stages.feed_parts import ParsedFeed
from workers.stages.feeds import FeedError, FeedProblem
from workers.stages.polls import (
    AT_ONCE,
    Poll,
    PollOutcome,
    Timing,
    address,
    due_at,
    judge,
    judge_failure,
    request_headers,
)
from workers.stages.schedule import Bounds

COLLECT_SECONDS = 0.5
"""Results are waited for and gathered so long before they are committed."""
ROUND_POLLS = 100
ROUND_ENTRIES = 500
"""No more polls are added to a transaction that has so many, or makes so many."""
REPLAN_SECONDS = 0.05
PLAN_SHARE = 0.02
"""What is due is looked up so often, or as often as costs this share of the time."""

POLLS = Counter(
    "khabar_polls_total",
    "Polls of feeds, each counted once by how it ended.",
    ["outcome"],
)
POLL_SECONDS = Histogram(
    "khabar_poll_seconds",
    "Time of one poll, from the look-up of the host to the parsed feed.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40),
)
POLL_BYTES = Counter(
    "khabar_poll_bytes_total", "Bytes received for polls, on the wire."
)
NEW_ENTRIES = Counter(
    "khabar_entries_total", "Entries emitted, new ones and changed ones.", ["reason"]
)
FEED_COUNT = Gauge("khabar_feeds", "Feeds that this process owns.", ["status"])

_log = logs.get(__name__)


class Condition(StrEnum):
    """How a feed is; the label of khabar_feeds."""

    GOOD = "good"
    FAILING = "failing"
    WAITING = "waiting"
    """Not polled yet."""
    GONE = "gone"
    PAUSED = "paused"
    RETIRED = "retired"


class PollSettings(Struct, frozen=True, kw_only=True):
    """How feeds are polled."""

    threads: Count = 16
    """Feeds polled at the same time, each at another host."""
    min_interval_seconds: Seconds = 120.0
    """A feed is not polled more often, however much it publishes."""
    max_interval_seconds: Seconds = 6 * 3600.0
    """A feed is polled at least so often, even when it fails."""
    first_interval_seconds: Seconds = 900.0
    """Interval of a feed whose dates tell nothing of its rhythm."""
    max_hint_seconds: Seconds = 3600.0
    """A publisher's wish for longer intervals (ttl, max-age) counts up to this."""
    host_gap_seconds: Annotated[float, Meta(ge=0)] = 1.0
    """A host is left alone for so long between two requests."""
    max_feed_bytes: Count = 8 * 1024 * 1024
    """A feed that is larger when decoded is refused."""
    parsers: Count = 2
    """Processes that parse feeds; a feed that kills one holds up no other."""
    parse_seconds: Seconds = 5.0
    """Processor time that reading one feed may take."""
    parse_bytes: Count = 512 * 1024 * 1024
    """Address space of a process that parses."""
    http: HttpSettings = HttpSettings()
    """The HTTP client."""


class Polled(NamedTuple):
    """A poll that is done and not yet known to be committed."""

    feed: Feed
    before: FeedState | None
    poll: Poll
    seconds: float
    wire_bytes: int


class FeedReader:
    """Asks one feed for what it has and judges the answer; safe from many threads."""

    def __init__(self, settings: PollSettings, clock: Clock) -> None:
        self._clock = clock
        self._client = HttpClient(settings.http)
        self._max_feed_bytes = settings.max_feed_bytes
        self._confined = Confined(
            f"{feeds.__name__}:{feeds.answer.__name__}",
            processes=settings.parsers,
            cpu_seconds=settings.parse_seconds,
            memory_bytes=settings.parse_bytes,
        )

    def poll(self, feed: Feed, state: FeedState | None, timing: Timing) -> Polled:
        """Poll *feed*, whatever comes of it: its oddities are its own affair."""
        started = self._clock.monotonic()
        wire_bytes = 0
        try:
            response = self._client.get(
                address(feed, state),
                headers=request_headers(feed, state),
                max_body_bytes=self._max_feed_bytes,
            )
            wire_bytes = response.wire_bytes
            poll = judge(feed, state, response, timing, parse=self._parse)
        except FetchError as error:
            outcome = PollOutcome(error.failure.value)
            poll = judge_failure(feed, state, outcome, error.words, timing)
        except Exception as error:  # noqa: BLE001 one feed must not stop all others
            _log.error(
                "poll_crashed", feed_id=feed.feed_id, url=feed.url, exc_info=error
            )
            problem = f"reading the feed failed ({type(error).__name__}: {error})"
            poll = judge_failure(feed, state, PollOutcome.NOT_A_FEED, problem, timing)
        seconds = self._clock.monotonic() - started
        return Polled(feed, state, poll, seconds, wire_bytes)

    def _parse(self, body: bytes, content_type: str, url: str) -> ParsedFeed:
        """Parse where it can do no harm; raises FeedError."""
        try:
            packed = self._confined.call(feeds.request(body, content_type, url))
        except ConfinedError as error:
            _log.warning("feed_parser_failed", url=url, problem=str(error))
            raise FeedError(FeedProblem.COSTLY) from error
        return feeds.reply(packed)

    def close(self) -> None:
        """Break off what is under way; polls end at once, as failures."""
        self._client.close()
        self._confined.close()


def bounds(settings: PollSettings) -> Bounds:
    """Return the limits of the schedule."""
    return Bounds(
        shortest=settings.min_interval_seconds,
        longest=settings.max_interval_seconds,
        first=settings.first_interval_seconds,
        longest_hint=settings.max_hint_seconds,
    )


def job(feed: Feed, state: FeedState | None) -> Job:
    """Return the request to *feed*, by the host that it goes to."""
    return Job(feed.feed_id, urlsplit(address(feed, state)).hostname or "")


class Poller:
    """Polls what is due, one transaction after the other."""

    def __init__(self, settings: PollSettings, context: Context) -> None:
        self._clock = context.clock
        self._reader = FeedReader(settings, context.clock)
        self._feeds = context.tables.of(FEEDS)
        self._states = context.tables.of(FEED_STATES)
        self._bounds = bounds(settings)
        self._fetches: Fetches[Polled] = Fetches(
            settings.threads, settings.host_gap_seconds, context.clock.monotonic
        )
        self._agenda = Agenda()
        self._unsettled: list[Polled] = []
        self._replan_at = context.clock.monotonic()
        self._next_due: dt.datetime | None = None

    def handle(self, incoming: Sequence[Incoming[Any]]) -> Sequence[Result]:
        """Take over definitions; the tables hold them already."""
        self._replan_at = self._clock.monotonic()
        return [Result(Outcome.APPLIED)] * len(incoming)

    def next_due(self) -> dt.datetime | None:
        """Return when there is something to do."""
        now = self._clock.now()
        self._plan(now)
        if self._fetches or self._unsettled:
            return AT_ONCE
        if self._agenda:
            wait = min(self._fetches.wait(host) for host in self._agenda.hosts())
            return now + dt.timedelta(seconds=wait) if wait else AT_ONCE
        return self._next_due

    def due(self, now: dt.datetime) -> Sequence[Output[Any]]:
        """Start what may start, and write what has come back."""
        self.settle()
        if not self._unsettled:
            self._collect(now)
        outputs: list[Output[Any]] = []
        for polled in self._unsettled:
            self._states.put(polled.poll.state)
            outputs += [Output(ENTRIES, entry) for entry in polled.poll.entries]
        return outputs

    def settle(self) -> None:
        """Count the polls whose transaction went through; the others come again."""
        again = []
        for polled in self._unsettled:
            state = self._states.get(polled.feed.feed_id)
            if state is not None and state.polled_at == polled.poll.state.polled_at:
                _count(polled)
            elif self._is_ours(polled):
                again.append(polled)
        self._unsettled = again

    def close(self) -> None:
        """Break off what is under way."""
        self.settle()
        self._reader.close()
        self._fetches.close()

    # --- the plan ----------------------------------------------------------

    def _plan(self, now: dt.datetime) -> None:
        """Look up what is due, and when the next is, once in a while."""
        started = self._clock.monotonic()
        if started < self._replan_at:
            return
        conditions = dict.fromkeys(Condition, 0)
        jobs: list[tuple[dt.datetime, Job]] = []
        self._next_due = None
        for feed in self._feeds.values():
            state = self._states.get(feed.feed_id)
            conditions[_condition(feed, state)] += 1
            due = due_at(feed, state)
            if due is None or feed.feed_id in self._fetches:
                continue
            if due <= now:
                jobs.append((due, job(feed, state)))
            elif self._next_due is None or due < self._next_due:
                self._next_due = due
        self._agenda.plan(job for _, job in sorted(jobs))
        for condition, count in conditions.items():
            FEED_COUNT.labels(condition.value).set(count)
        ended = self._clock.monotonic()
        self._replan_at = ended + max(REPLAN_SECONDS, (ended - started) / PLAN_SHARE)

    # --- polling -----------------------------------------------------------

    def _collect(self, now: dt.datetime) -> None:
        """Poll until there is enough for a transaction, or nothing comes."""
        deadline = self._clock.monotonic() + COLLECT_SECONDS
        entries = 0
        while len(self._unsettled) < ROUND_POLLS and entries < ROUND_ENTRIES:
            self._start(now)
            left = deadline - self._clock.monotonic()
            done = self._fetches.finished(max(0.0, left), limit=ROUND_POLLS)
            self._unsettled += [polled for polled in done if self._is_ours(polled)]
            entries = sum(len(polled.poll.entries) for polled in self._unsettled)
            if not done or left <= 0:
                break

    def _start(self, now: dt.datetime) -> None:
        while self._fetches.room and (turn := self._agenda.take(self._fetches.is_free)):
            feed, state = self._feeds.get(turn.key), self._states.get(turn.key)
            due = None if feed is None else due_at(feed, state)
            if feed is None or due is None or due > now:
                continue  # things have changed since the plan was made
            fraction = random.random()  # noqa: S311 jitter is no secret
            timing = Timing(now, self._bounds, fraction)
            self._fetches.start(turn, partial(self._reader.poll, feed, state, timing))

    def _is_ours(self, polled: Polled) -> bool:
        """Whether nobody else has polled the feed meanwhile, or changed it."""
        feed = self._feeds.get(polled.feed.feed_id)
        state = self._states.get(polled.feed.feed_id)
        before = polled.before.polled_at if polled.before else None
        return feed == polled.feed and before == (state.polled_at if state else None)


def _condition(feed: Feed, state: FeedState | None) -> Condition:
    if feed.status is not FeedStatus.ACTIVE:
        return Condition(feed.status.value)
    if state is None or state.polled_at is None:
        return Condition.WAITING
    if state.retired:
        return Condition.GONE
    return Condition.FAILING if state.failures else Condition.GOOD


def _count(polled: Polled) -> None:
    poll, state = polled.poll, polled.poll.state
    POLLS.labels(poll.outcome.value).inc()
    POLL_SECONDS.observe(polled.seconds)
    POLL_BYTES.inc(polled.wire_bytes)
    for entry in poll.entries:
        NEW_ENTRIES.labels(entry.reason.value).inc()
    fields = {"feed_id": state.feed_id, "url": polled.feed.url, "outcome": poll.outcome}
    if poll.failed:
        known = polled.before is not None and polled.before.problem == state.problem
        _log.log(
            logging.INFO if known else logging.WARNING,
            "feed_failed",
            **fields,
            problem=state.problem,
            failures=state.failures,
            next_poll_at=state.next_poll_at,
        )
    elif poll.entries:
        _log.info("feed_polled", **fields, entries=len(poll.entries))


@contextmanager
def open_handler(settings: PollSettings, context: Context) -> Iterator[Handler]:
    """Open the HTTP client and the threads that poll."""
    if not settings.http.user_agent_contact:
        _log.warning(
            "no_contact",
            problem="publishers cannot reach whoever runs this poller",
            remedy="set KHABAR_HTTP_USER_AGENT_CONTACT to a page or mailbox",
        )
    for outcome in PollOutcome:
        POLLS.labels(outcome.value)
    for reason in EntryReason:
        NEW_ENTRIES.labels(reason.value)
    poller = Poller(settings, context)
    try:
        yield Handler(handle=poller.handle, due=poller.due, next_due=poller.next_due)
    finally:
        poller.close()


WORKER = Worker(
    name="poll",
    sources=(FEEDS,),
    tables=(FEEDS, FEED_STATES),
    sinks=(ENTRIES, FEED_STATES),
    settings=PollSettings,
    open_handler=open_handler,
)
