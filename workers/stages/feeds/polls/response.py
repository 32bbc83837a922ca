"""From the server's response, or the lack of one, to the result of a poll."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from workers.domain.records import Entry, Feed, FeedState
from workers.stages.feeds.entries import diff_entries
from workers.stages.feeds.parsed_feed import ParsedFeed
from workers.stages.feeds.polls.next_state import Poll, Timing, failed, succeeded
from workers.stages.feeds.polls.outcomes import PollOutcome, outcome_of_status
from workers.stages.feeds.polls.profile import profile_of
from workers.stages.feeds.polls.redirects import count_redirects
from workers.stages.feeds.polls.request import known_state
from workers.stages.feeds.polls.validators import (
    not_modified,
    validator_quality,
    with_validators,
)
from workers.stages.feeds.problems import FeedError, FeedProblem
from workers.stages.feeds.schedule import Hints, header_hints
from workers.web.urls import path_of

Parser = Callable[[bytes, str, str], ParsedFeed]
"""From body, Content-Type and address to a feed; raises FeedError."""

_OK = 200
_NOT_MODIFIED = 304
_HASH_HEX = 16


class Response(Protocol):
    """An HTTP response, as the HTTP client gives it."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def url(self) -> str:
        """Final address."""

    @property
    def body(self) -> bytes:
        """Decoded body."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in lower case."""

    @property
    def redirects(self) -> Sequence[tuple[int, str]]:
        """Status and target of each that was followed."""


def process_response(
    feed: Feed,
    state: FeedState | None,
    response: Response,
    timing: Timing,
    *,
    parse: Parser,
) -> Poll:
    """Return the result of a poll that was answered."""
    known = known_state(feed, state)
    hints = header_hints(response.headers, timing.now)
    if response.status == _OK:
        try:
            found = _read_body(feed, known, response, timing.now, parse)
        except FeedError as error:
            problem = _not_a_feed(error, response)
            # without validators and hash, the next poll reads all of it
            blank = replace(known, etag=None, last_modified=None, body_hash=None)
            return failed(PollOutcome.NOT_A_FEED, blank, problem, hints, timing)
        return succeeded(*found, hints, timing)
    if response.status == _NOT_MODIFIED:
        same = not_modified(_redirected(known, response), response.headers)
        return succeeded(PollOutcome.NOT_MODIFIED, same, (), hints, timing)
    outcome, problem = outcome_of_status(response.status)
    poll = failed(outcome, known, problem, hints, timing)
    if outcome is not PollOutcome.GONE:
        return poll
    return Poll(outcome, replace(poll.state, retired=True, next_poll_at=None))


def process_failure(
    feed: Feed,
    state: FeedState | None,
    outcome: PollOutcome,
    problem: str,
    timing: Timing,
) -> Poll:
    """Return the result of a poll without a response."""
    return failed(outcome, known_state(feed, state), problem, Hints(), timing)


def _read_body(
    feed: Feed, known: FeedState, response: Response, now: dt.datetime, parse: Parser
) -> tuple[PollOutcome, FeedState, tuple[Entry, ...]]:
    """Return outcome, state before scheduling, and entries; raises FeedError."""
    headers, url = response.headers, response.url
    state = _redirected(known, response)
    body_hash = hashlib.sha256(response.body).hexdigest()[:_HASH_HEX]
    if body_hash == known.body_hash:
        quality = validator_quality(known, headers)
        return PollOutcome.UNCHANGED, with_validators(state, headers, quality), ()
    parsed = parse(response.body, headers.get("content-type", ""), url)
    diff = diff_entries(parsed, feed, known.seen, now, known.profile.key_parameters)
    quality = validator_quality(known, headers, new_entries=bool(diff.entries))
    state = replace(
        state,
        body_hash=body_hash,
        seen=diff.seen,
        profile=profile_of(parsed, diff, headers.get("link", ""), url),
    )
    return PollOutcome.CHANGED, with_validators(state, headers, quality), diff.entries


def _redirected(known: FeedState, response: Response) -> FeedState:
    return count_redirects(known, response.redirects, response.url)


def _not_a_feed(error: FeedError, response: Response) -> str:
    at_home = response.redirects and path_of(response.url) in ("", "/")
    if error.problem is FeedProblem.HTML and at_home:
        return f"the feed's address leads to the home page now: {response.url}"
    return str(error)
