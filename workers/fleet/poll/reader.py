"""One feed: asked for what it has, its answer judged, and counted."""

import logging
from typing import NamedTuple
from urllib.parse import urlsplit

from prometheus_client import Counter, Histogram

from workers.domain.records import Feed, FeedState
from workers.fleet.poll.settings import PollSettings
from workers.runtime.http.client import HttpClient
from workers.runtime.http.host_queue import Job
from workers.runtime.http.response import FetchError
from workers.runtime.service import logs
from workers.runtime.service.clock import Clock
from workers.runtime.service.sandbox import Limits, Sandbox, SandboxError
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


class Polled(NamedTuple):
    """A poll that is done and not yet known to be committed."""

    feed: Feed
    before: FeedState | None
    poll: Poll
    seconds: float
    wire_bytes: int

    def note(self) -> None:
        """Count and log it, now that it is committed."""
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
    """Asks one feed for what it has and judges the answer; safe from many threads."""

    def __init__(self, settings: PollSettings, clock: Clock) -> None:
        self._clock = clock
        self.client = HttpClient(settings.http)
        """For whatever else is asked, until this is closed."""
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

    def poll(self, feed: Feed, state: FeedState | None, timing: Timing) -> Polled:
        """Poll *feed*, whatever comes of it: its oddities are its own affair."""
        started = self._clock.monotonic()
        wire_bytes = 0
        try:
            response = self.client.get(
                request_url(feed, state),
                headers=request_headers(feed, state),
                max_body_bytes=self._max_feed_bytes,
            )
            wire_bytes = response.wire_bytes
            poll = process_response(feed, state, response, timing, parse=self._parse)
        except FetchError as error:
            outcome = PollOutcome(error.failure.value)
            poll = process_failure(feed, state, outcome, error.description, timing)
        except Exception as error:  # noqa: BLE001 one feed must not stop all others
            _log.error(
                "poll_crashed", feed_id=feed.feed_id, url=feed.url, exc_info=error
            )
            problem = f"reading the feed failed ({type(error).__name__}: {error})"
            poll = process_failure(feed, state, PollOutcome.NOT_A_FEED, problem, timing)
        seconds = self._clock.monotonic() - started
        return Polled(feed, state, poll, seconds, wire_bytes)

    def _parse(self, body: bytes, content_type: str, url: str) -> ParsedFeed:
        """Parse where it can do no harm; raises FeedError."""
        try:
            result = self._parser.call(ParseRequest(body, content_type, url))
        except SandboxError as error:
            _log.warning("feed_parser_failed", url=url, problem=str(error))
            raise FeedError(FeedProblem.COSTLY) from error
        if result.feed is None:
            raise FeedError(result.problem or FeedProblem.UNREADABLE)
        return result.feed

    def close(self) -> None:
        """Break off what is under way; polls end at once, as failures."""
        self.client.close()
        self._parser.close()


def job(feed: Feed, state: FeedState | None) -> Job:
    """Return the request to *feed*, by the host that it goes to."""
    return Job(feed.feed_id, urlsplit(request_url(feed, state)).hostname or "")
