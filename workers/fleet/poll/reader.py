"""One poll of one feed: request, parser and what the poll results in.

What a response means is decided in `stages.feeds.polls`.
"""

import logging
from typing import NamedTuple

from msgspec.structs import replace
from prometheus_client import Counter, Histogram

from workers.domain.records import Entry, Feed, FeedState
from workers.fleet.poll.settings import PollSettings
from workers.runtime.http.client import HttpClient
from workers.runtime.http.response import FetchError
from workers.runtime.http.scheduler import WriteStatus
from workers.runtime.service import logs
from workers.runtime.service.clock import Clock
from workers.runtime.service.sandbox import Limits, Sandbox, SandboxError
from workers.stages.feeds import websub
from workers.stages.feeds.parsed_feed import ParsedFeed, ParseRequest, ParseResult
from workers.stages.feeds.polls import (
    Poll,
    PollOutcome,
    Timing,
    process_failure,
    process_response,
    request_headers,
    request_url,
)
from workers.stages.feeds.problems import FeedError, FeedProblem

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

_log = logs.get(__name__)

_PARSER = "workers.stages.feeds.parsing:parse_request"
"""By name: the parser and feedparser are loaded by the sandbox, not by the worker."""
_WALL_SHARE = 4
"""Of wall clock to processor time that a parser may take, on a machine that is busy."""


class PollResult(NamedTuple):
    """A poll that has ended, not yet known to be committed."""

    feed: Feed
    before: FeedState | None
    """What was known when the poll began."""
    poll: Poll
    seconds: float
    wire_bytes: int

    @property
    def entries(self) -> tuple[Entry, ...]:
        """New and changed entries."""
        return self.poll.entries

    @property
    def record_count(self) -> int:
        """How many entries are to be written."""
        return len(self.poll.entries)

    def write_status(self, feed: Feed | None, state: FeedState | None) -> WriteStatus:
        """Compare with *feed* and *state*, which the tables hold by now.

        A poll is written if the state is its own. It is superseded if another poller
        has polled the feed since, or if the feed is defined otherwise or not ours any
        more: its entries would come twice, or from an address nobody asked for.
        """
        polled_at = None if state is None else state.polled_at
        if polled_at == self.poll.state.polled_at:
            return WriteStatus.WRITTEN
        before = self.before.polled_at if self.before else None
        if feed == self.feed and before == polled_at:
            return WriteStatus.PENDING
        return WriteStatus.SUPERSEDED

    def next_state(self, state: FeedState | None) -> FeedState:
        """Return the state to write over *state*."""
        polled = self.poll.state
        # hubs may have changed the subscription since the poll began
        subscription = websub.after_poll(state, polled, found_news=bool(self.entries))
        return replace(polled, subscription=subscription)

    def record_metrics(self) -> None:
        """Count and log the poll; called once, when it is committed."""
        poll, state = self.poll, self.poll.state
        POLLS.labels(poll.outcome.value).inc()
        POLL_SECONDS.observe(self.seconds)
        POLL_BYTES.inc(self.wire_bytes)
        for entry in poll.entries:
            NEW_ENTRIES.labels(entry.reason.value).inc()
        url = self.feed.url
        fields = {"feed_id": state.feed_id, "url": url, "outcome": poll.outcome}
        if poll.failed:
            known = self.before is not None and self.before.problem == state.problem
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


class FeedReader:
    """Polls one feed at a time in each of many threads."""

    def __init__(
        self, client: HttpClient, settings: PollSettings, clock: Clock
    ) -> None:
        """Fetch with *client*, and start the processes that parse."""
        self._client = client
        self._clock = clock
        self._max_feed_bytes = settings.max_feed_bytes
        self._parser = Sandbox[ParseRequest, ParseResult](
            _PARSER,
            ParseResult,
            Limits(
                cpu_seconds=settings.parse_seconds,
                wall_seconds=_WALL_SHARE * settings.parse_seconds,
                memory_bytes=settings.parse_bytes,
            ),
            processes=settings.parsers,
        )

    def poll(self, feed: Feed, state: FeedState | None, timing: Timing) -> PollResult:
        """Poll *feed*; every failure, even a defect of ours, becomes a result.

        An exception would stop the polls of all feeds.
        """
        started = self._clock.monotonic()
        wire_bytes = 0
        try:
            response = self._client.get(
                request_url(feed, state),
                headers=request_headers(feed, state),
                max_body_bytes=self._max_feed_bytes,
            )
            wire_bytes = response.wire_bytes
            poll = process_response(feed, state, response, timing, parse=self._parse)
        except FetchError as error:
            outcome = PollOutcome(error.failure.value)
            poll = process_failure(feed, state, outcome, error.description, timing)
        except Exception as error:  # noqa: BLE001 as the docstring says
            _log.error(
                "poll_crashed", feed_id=feed.feed_id, url=feed.url, exc_info=error
            )
            problem = f"reading the feed failed ({type(error).__name__}: {error})"
            poll = process_failure(feed, state, PollOutcome.NOT_A_FEED, problem, timing)
        seconds = self._clock.monotonic() - started
        return PollResult(feed, state, poll, seconds, wire_bytes)

    def _parse(self, body: bytes, content_type: str, url: str) -> ParsedFeed:
        """Parse in a process of its own; raises FeedError."""
        try:
            result = self._parser.call(ParseRequest(body, content_type, url))
        except SandboxError as error:
            _log.warning("feed_parser_failed", url=url, problem=str(error))
            raise FeedError(FeedProblem.COSTLY) from error
        if result.feed is None:
            raise FeedError(result.problem or FeedProblem.UNREADABLE)
        return result.feed

    def close(self) -> None:
        """End the processes that parse; polls that wait for them fail."""
        self._parser.close()
