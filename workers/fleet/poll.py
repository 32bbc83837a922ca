"""The poll worker: feeds in, new entries out.

Feeds are shared among pollers as partitions of their definitions. New entries and
the feed's new state go out in one transaction, so an entry is emitted once. What a
hub says of a feed goes over a topic to the poller that owns the feed.
"""

import datetime as dt
import logging
import queue
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any, NamedTuple, assert_never
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from msgspec.structs import replace
from prometheus_client import Counter, Gauge, Histogram

from workers.domain.outcomes import ConfigurationError, Outcome
from workers.domain.records import EntryReason, Feed, FeedState, HubNotice
from workers.domain.topics import ENTRIES, FEED_STATES, FEEDS, HUB_NOTICES
from workers.runtime import logs
from workers.runtime.callbacks import Call, CallbackServer, Reply
from workers.runtime.confined import Confined, ConfinedError
from workers.runtime.fetching import Job
from workers.runtime.http import FetchError, HttpClient, HttpSettings
from workers.runtime.rounds import AT_ONCE, Rounds, Standing
from workers.runtime.settings import Count, Port, Seconds, Secret
from workers.runtime.worker import (
    Clock,
    Context,
    Handler,
    Incoming,
    Output,
    Result,
    Worker,
)
from workers.stages import feeds, websub
from workers.stages.feed_parts import ParsedFeed
from workers.stages.feeds import FeedError, FeedProblem
from workers.stages.polls import (
    Condition,
    Poll,
    PollOutcome,
    Timing,
    address,
    condition,
    due_at,
    judge,
    judge_failure,
    request_headers,
)
from workers.stages.schedule import Bounds

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
HUB_CALLS = Counter(
    "khabar_hub_calls_total", "Calls of WebSub hubs, by what they were.", ["call"]
)
HUB_REQUESTS = Counter(
    "khabar_hub_requests_total",
    "Subscriptions that were asked for, by whether the hub took the request.",
    ["result"],
)

_log = logs.get(__name__)

_WALL_SHARE = 4
"""Of wall clock to processor time that a parser may take, on a machine that is busy."""


class WebSubSettings(Struct, frozen=True, kw_only=True):
    """How hubs reach the poller, where feeds name one."""

    callback_url: str = ""
    """Public address that leads to the port below; empty: feeds are only polled."""
    secret: Secret = Secret("")
    """Key that all signatures follow from; the same for all pollers, and kept."""
    host: str = "127.0.0.1"
    """Address where hubs' calls are served."""
    port: Port = 0
    """Port of it; 0: any free one, written to the log."""
    lease_seconds: Seconds = 7 * 86400.0
    """A subscription is asked for so long, and renewed before it ends."""
    interval_seconds: Seconds = 3600.0
    """A feed whose hub tells of its changes is polled only so often besides."""


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
    websub: WebSubSettings = WebSubSettings()
    """Hubs."""


class Polled(NamedTuple):
    """A poll that is done and not yet known to be committed."""

    feed: Feed
    before: FeedState | None
    poll: Poll
    seconds: float
    wire_bytes: int


class Asked(NamedTuple):
    """A hub that was asked for a subscription."""

    feed: Feed
    problem: str | None


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
            wall_seconds=_WALL_SHARE * settings.parse_seconds,
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

    def subscribe(self, feed: Feed, hub: str, form: bytes) -> Asked:
        """Ask *hub*; whether it means it shows when it calls back."""
        problem = None
        try:
            response = self._client.post(hub, form, websub.FORM_TYPE)
            if response.status not in _TAKEN:
                problem = f"the hub answers with HTTP status {response.status}"
        except FetchError as error:
            problem = f"the hub cannot be asked: {error.words}"
        return Asked(feed, problem)

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


_TAKEN = range(200, 300)


def bounds(settings: PollSettings) -> Bounds:
    """Return the limits of the schedule."""
    return Bounds(
        shortest=settings.min_interval_seconds,
        longest=settings.max_interval_seconds,
        first=settings.first_interval_seconds,
        longest_hint=settings.max_hint_seconds,
        pushed=settings.websub.interval_seconds,
    )


def job(feed: Feed, state: FeedState | None) -> Job:
    """Return the request to *feed*, by the host that it goes to."""
    return Job(feed.feed_id, urlsplit(address(feed, state)).hostname or "")


class Hubs:
    """Where hubs call; what they say waits here to be written."""

    def __init__(self, settings: PollSettings, clock: Clock) -> None:
        """Listen; raises ConfigurationError."""
        own = settings.websub
        callback = own.callback_url.rstrip("/")
        if urlsplit(callback).scheme not in ("http", "https"):
            msg = "KHABAR_WEBSUB_CALLBACK_URL is no http or https address"
            raise ConfigurationError(msg)
        if not own.secret.reveal():
            msg = "KHABAR_WEBSUB_CALLBACK_URL needs KHABAR_WEBSUB_SECRET beside it"
            raise ConfigurationError(msg)
        self.subscriber = websub.Subscriber(
            callback, own.secret.reveal().encode(), own.lease_seconds
        )
        self._clock = clock
        self._notices: queue.Queue[HubNotice] = queue.Queue(_MOST_NOTICES)
        self._server = CallbackServer(
            own.host,
            own.port,
            self._answer,
            is_known=self.subscriber.is_known,
            max_body_bytes=settings.max_feed_bytes,
        )
        self.close = self._server.close
        _log.info("hubs_may_call", address=self._server.address, public=callback)

    def notices(self) -> Sequence[HubNotice]:
        """Take what has come in."""
        return [self._notices.get_nowait() for _ in range(self._notices.qsize())]

    def __bool__(self) -> bool:
        return not self._notices.empty()

    def _answer(self, call: Call) -> Reply:
        answer = self.subscriber.receive(*call, self._clock.now())
        HUB_CALLS.labels(answer.kind.value).inc()
        if answer.notice is not None:
            try:
                self._notices.put_nowait(answer.notice)
            except queue.Full:
                return Reply(503)
        return Reply(answer.status, answer.body)


_MOST_NOTICES = 10_000
_HUB = "hub of "


class Poller:
    """Polls what is due, and keeps the feeds subscribed at their hubs."""

    def __init__(
        self, settings: PollSettings, context: Context, hubs: Hubs | None
    ) -> None:
        self._reader = FeedReader(settings, context.clock)
        self._feeds = context.tables.of(FEEDS)
        self._states = context.tables.of(FEED_STATES)
        self._bounds = bounds(settings)
        self._clock = context.clock
        self._hubs = hubs
        self._rounds: Rounds[Polled | Asked] = Rounds(
            self,
            threads=settings.threads,
            gap_seconds=settings.host_gap_seconds,
            clock=context.clock,
        )

    def handle(self, incoming: Sequence[Incoming[Any]]) -> Sequence[Result]:
        """Take over definitions, which the tables hold already, and what hubs say."""
        for each in incoming:
            if isinstance(each.record, HubNotice):
                state = self._states.get(each.record.feed_id)
                if state is not None:
                    self._states.put(websub.noticed(state, each.record))
        self._rounds.replan()
        return [Result(Outcome.APPLIED)] * len(incoming)

    def next_due(self) -> dt.datetime | None:
        """Return when there is something to do."""
        return AT_ONCE if self._hubs else self._rounds.next_due()

    def due(self, now: dt.datetime) -> Sequence[Output[Any]]:
        """Start what may start, and write what has come back."""
        notices = self._hubs.notices() if self._hubs is not None else ()
        outputs: list[Output[Any]] = [Output(HUB_NOTICES, each) for each in notices]
        for result in self._rounds.go(now):
            outputs += self._written(result)
        return outputs

    def close(self) -> None:
        """Break off what is under way."""
        self._rounds.settle()
        self._reader.close()
        self._rounds.close()

    # --- duties, as runtime.rounds asks for them ---------------------------

    def look_up(self) -> Iterable[tuple[dt.datetime, Job]]:
        """Return the polls of all feeds, and the requests to hubs."""
        conditions = dict.fromkeys(Condition, 0)
        for feed in self._feeds.values():
            state = self._states.get(feed.feed_id)
            conditions[condition(feed, state)] += 1
            due = due_at(feed, state, shortest=self._bounds.shortest)
            if due is None:
                continue
            yield due, job(feed, state)
            hub = None if state is None else state.passport.hub
            ask = None if state is None else websub.ask_at(state)
            if self._hubs is not None and ask is not None and hub is not None:
                yield ask, Job(_HUB + feed.feed_id, urlsplit(hub).hostname or "")
        for each, count in conditions.items():
            FEED_COUNT.labels(each.value).set(count)

    def begin(self, job: Job, now: dt.datetime) -> Callable[[], Polled | Asked] | None:
        """Return a poll or a request to a hub, unless it is no longer due."""
        feed_id = job.key.removeprefix(_HUB)
        feed, state = self._feeds.get(feed_id), self._states.get(feed_id)
        if feed is None:
            return None
        if job.key != feed_id:
            return None if state is None else self._ask(feed, state, now)
        due = due_at(feed, state, shortest=self._bounds.shortest)
        if due is None or due > now:
            return None
        timing = Timing(now, self._bounds, random.random())  # noqa: S311 jitter is no secret
        return partial(self._reader.poll, feed, state, timing)

    def _ask(
        self, feed: Feed, state: FeedState, now: dt.datetime
    ) -> Callable[[], Asked] | None:
        hub, topic, due = state.passport.hub, state.passport.topic, websub.ask_at(state)
        if self._hubs is None or due is None or due > now or not hub or not topic:
            return None
        self._states.put(websub.asked(state, now))
        form = self._hubs.subscriber.form(feed, topic)
        return partial(self._reader.subscribe, feed, hub, form)

    def standing(self, result: Polled | Asked) -> Standing:
        """Compare *result* with what the tables hold."""
        state = self._states.get(result.feed.feed_id)
        if isinstance(result, Asked):
            known = None if state is None else state.subscription
            if known is None or known.problem == result.problem:
                return Standing.WRITTEN
            return Standing.OPEN if result.problem else Standing.WRITTEN
        polled_at = None if state is None else state.polled_at
        if polled_at == result.poll.state.polled_at:
            return Standing.WRITTEN
        before = result.before.polled_at if result.before else None
        ours = self._feeds.get(result.feed.feed_id) == result.feed
        return Standing.OPEN if ours and before == polled_at else Standing.OVERTAKEN

    def size(self, result: Polled | Asked) -> int:
        """Return how many entries were found."""
        return len(result.poll.entries) if isinstance(result, Polled) else 0

    def count(self, result: Polled | Asked) -> None:
        """Count what was written."""
        match result:
            case Polled():
                _count(result)
            case Asked(feed, problem):
                HUB_REQUESTS.labels("refused" if problem else "taken").inc()
                if problem:
                    _log.warning("hub_failed", feed_id=feed.feed_id, problem=problem)
            case _:
                assert_never(result)

    def _written(self, result: Polled | Asked) -> Sequence[Output[Any]]:
        """Put the new state into the table; return the entries."""
        state = self._states.get(result.feed.feed_id)
        if isinstance(result, Asked):
            if state is not None and result.problem:
                self._states.put(websub.refused(state, result.problem))
            return ()
        found = bool(result.poll.entries)
        # hubs may have spoken since the poll began
        subscription = websub.polled(state, result.poll.state, found_news=found)
        self._states.put(replace(result.poll.state, subscription=subscription))
        return [Output(ENTRIES, entry) for entry in result.poll.entries]


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
    for call in websub.Callback:
        HUB_CALLS.labels(call.value)
    hubs = Hubs(settings, context.clock) if settings.websub.callback_url else None
    poller = Poller(settings, context, hubs)
    try:
        yield Handler(handle=poller.handle, due=poller.due, next_due=poller.next_due)
    finally:
        poller.close()
        if hubs is not None:
            hubs.close()


WORKER = Worker(
    name="poll",
    sources=(FEEDS, HUB_NOTICES),
    tables=(FEEDS, FEED_STATES),
    sinks=(ENTRIES, FEED_STATES, HUB_NOTICES),
    settings=PollSettings,
    open_handler=open_handler,
)
