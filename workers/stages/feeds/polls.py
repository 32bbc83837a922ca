"""What one poll of a feed means: from the server's answer to the feed's new state.

Pure: the response, what was known before and the present time in; entries, state and
outcome out. A feed is never given up but by its own word (410): anything else that
fails is asked again, less and less often.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from msgspec.structs import replace

from workers.domain.records import Entry, Feed, FeedProfile, FeedState, FeedStatus
from workers.stages.feeds.entries import diff_entries
from workers.stages.feeds.parsed_feed import ParsedFeed
from workers.stages.feeds.problems import FeedError, FeedProblem
from workers.stages.feeds.schedule import (
    Bounds,
    Hints,
    History,
    header_hints,
    next_poll,
    publication_gap,
)
from workers.stages.feeds.websub import header_links, is_active, pinged_at

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
REDIRECTS_BELIEVED = 3
"""Permanent redirects in a row after which the new address is asked directly."""
RECHECK_AFTER = 30
"""Answers 304 in a row after which the validators are put to the test."""
STALE_AFTER = dt.timedelta(days=30)
"""A feed without anything newer is called stale."""

Parser = Callable[[bytes, str, str], ParsedFeed]


class PollOutcome(StrEnum):
    """How a poll ended; closed, so safe as a metric label."""

    CHANGED = "changed"
    """A body that differs from the last; it was parsed."""
    UNCHANGED = "unchanged"
    """The same body as before, byte for byte; it was not parsed."""
    NOT_MODIFIED = "not-modified"
    GONE = "gone"
    REFUSED = "refused"
    NOT_FOUND = "not-found"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server-error"
    OTHER_STATUS = "other-status"
    NOT_A_FEED = "not-a-feed"
    BAD_URL = "bad-url"
    BLOCKED_ADDRESS = "blocked-address"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    PROTOCOL = "protocol"


class Response(Protocol):
    """What a server said, as the HTTP client gives it."""

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


class FeedHealth(StrEnum):
    """How a feed is; closed, so safe as a metric label."""

    GOOD = "good"
    FAILING = "failing"
    WAITING = "waiting"
    """Not polled yet."""
    GONE = "gone"
    PAUSED = "paused"
    RETIRED = "retired"


def feed_health(feed: Feed, state: FeedState | None) -> FeedHealth:
    """Say how *feed* is."""
    if feed.status is not FeedStatus.ACTIVE:
        return FeedHealth(feed.status.value)
    if state is None or state.polled_at is None:
        return FeedHealth.WAITING
    if state.retired:
        return FeedHealth.GONE
    return FeedHealth.FAILING if state.failures else FeedHealth.GOOD


@dataclass(frozen=True, slots=True)
class Timing:
    """When a poll took place, and how the next one is chosen."""

    now: dt.datetime
    bounds: Bounds
    fraction: float
    """From 0 to 1, at random: spreads the polls of many feeds."""


@dataclass(frozen=True, slots=True)
class Poll:
    """What came of one poll."""

    outcome: PollOutcome
    state: FeedState
    entries: tuple[Entry, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the feed could not be read."""
        return self.state.failures > 0 or self.state.retired


# --- before the request -------------------------------------------------------


def due_at(
    feed: Feed, state: FeedState | None, *, shortest: float = 0.0
) -> dt.datetime | None:
    """Return when *feed* is to be polled, the distant past for at once, or None.

    When its hub calls it changed, that is at once, but *shortest* seconds after the
    last poll.
    """
    if feed.status is not FeedStatus.ACTIVE:
        return None
    if state is None or state.url != feed.url:
        return AT_ONCE
    if state.retired:
        return None
    due = state.next_poll_at or AT_ONCE
    pinged = pinged_at(state)
    if pinged is None or state.polled_at is None:
        return due
    return min(due, max(pinged, state.polled_at + dt.timedelta(seconds=shortest)))


AT_ONCE = dt.datetime.min.replace(tzinfo=dt.UTC)
"""A time that has come, by whatever clock."""


def known_state(feed: Feed, state: FeedState | None) -> FeedState:
    """Return what still holds of *state*: at another address, only the entries."""
    if state is not None and state.url == feed.url:
        return state
    return FeedState(
        feed_id=feed.feed_id, url=feed.url, seen=b"" if state is None else state.seen
    )


def request_url(feed: Feed, state: FeedState | None) -> str:
    """Return the address to ask: where permanent redirects led again and again."""
    known = known_state(feed, state)
    if known.moved_to is not None and known.redirect_count >= REDIRECTS_BELIEVED:
        return known.moved_to
    return feed.url


def request_headers(feed: Feed, state: FeedState | None) -> Mapping[str, str]:
    """Return the headers to ask with: conditions (RFC 9110, 13) where they are safe."""
    known = known_state(feed, state)
    headers = {"accept": ACCEPT}
    if known.not_modified >= RECHECK_AFTER or known.profile.validators == STALE:
        return headers
    if known.etag is not None:
        headers["if-none-match"] = known.etag
    if known.last_modified is not None:
        headers["if-modified-since"] = known.last_modified
    return headers


# --- after it -----------------------------------------------------------------

NONE = "none"
VALID = "honest"
STALE = "stale"
UNSTABLE = "restless"


def process_response(
    feed: Feed,
    state: FeedState | None,
    response: Response,
    timing: Timing,
    *,
    parse: Parser,
) -> Poll:
    """Make of a server's answer what is to be written."""
    known = known_state(feed, state)
    hints = header_hints(response.headers, timing.now)
    if response.status == _NOT_MODIFIED:
        validated = replace(
            known,
            etag=_validator(response, "etag") or known.etag,
            last_modified=_validator(response, "last-modified") or known.last_modified,
            not_modified=known.not_modified + 1,
        )
        return _succeeded(PollOutcome.NOT_MODIFIED, validated, response, hints, timing)
    if response.status != _OK:
        return _refused(known, response, hints, timing)
    body_hash = hashlib.sha256(response.body).hexdigest()[:_HASH_HEX]
    if body_hash == known.body_hash:
        same = _validated(known, response, _validator_quality(known, response))
        return _succeeded(PollOutcome.UNCHANGED, same, response, hints, timing)
    try:
        parsed = parse(
            response.body, response.headers.get("content-type", ""), response.url
        )
    except FeedError as error:
        problem = _not_a_feed(error, response)
        blank = replace(known, etag=None, last_modified=None, body_hash=None)
        return _failed(PollOutcome.NOT_A_FEED, blank, problem, hints, timing)
    known = replace(known, body_hash=body_hash)
    return _changed(feed, known, response, parsed, timing)


def process_failure(
    feed: Feed,
    state: FeedState | None,
    outcome: PollOutcome,
    problem: str,
    timing: Timing,
) -> Poll:
    """Make of a request without an answer what is to be written."""
    return _failed(outcome, known_state(feed, state), problem, Hints(), timing)


_OK = 200
_NOT_MODIFIED = 304
_PERMANENT = frozenset({301, 308})
_HASH_HEX = 16
_STATUSES: Mapping[int, tuple[PollOutcome, str]] = {
    401: (PollOutcome.REFUSED, "the server wants a password"),
    403: (PollOutcome.REFUSED, "the server refuses access"),
    404: (PollOutcome.NOT_FOUND, "there is nothing at this address"),
    410: (PollOutcome.GONE, "the publisher has given the feed up"),
    429: (PollOutcome.OVERLOADED, "the server is asked too often"),
    503: (PollOutcome.OVERLOADED, "the server is overloaded"),
}
_FIRST_SERVER_ERROR = 500


def _refused(
    known: FeedState, response: Response, hints: Hints, timing: Timing
) -> Poll:
    server_error = response.status >= _FIRST_SERVER_ERROR
    outcome, words = _STATUSES.get(
        response.status,
        (PollOutcome.SERVER_ERROR, "the server has failed")
        if server_error
        else (PollOutcome.OTHER_STATUS, "not an answer to a request for a feed"),
    )
    problem = f"HTTP status {response.status}: {words}"
    failed = _failed(outcome, known, problem, hints, timing)
    if outcome is not PollOutcome.GONE:
        return failed
    return Poll(outcome, replace(failed.state, retired=True, next_poll_at=None))


def _not_a_feed(error: FeedError, response: Response) -> str:
    at_home = response.redirects and urlsplit(response.url).path in ("", "/")
    if error.problem is FeedProblem.HTML and at_home:
        return f"the feed's address leads to the home page now: {response.url}"
    return str(error)


def _changed(
    feed: Feed, known: FeedState, response: Response, parsed: ParsedFeed, timing: Timing
) -> Poll:
    found = diff_entries(parsed, feed, known.seen, timing.now)
    notes = found.notes
    if parsed.damaged:
        notes = (*notes, "not well-formed, or bytes that are not in its encoding")
    validators = _validator_quality(known, response, news=bool(found.entries))
    hub, topic = header_links(response.headers.get("link", ""), response.url)
    hub = hub or parsed.hub
    profile = FeedProfile(
        gap_seconds=publication_gap(found.dates),
        newest_at=max(found.dates, default=None),
        entries=len(parsed.entries),
        dates=found.date_trouble,
        notes=notes,
        ttl_seconds=None if parsed.ttl_minutes is None else parsed.ttl_minutes * 60,
        update_seconds=parsed.update_seconds,
        skip_hours=tuple(sorted(parsed.skip_hours)),
        skip_days=tuple(sorted(parsed.skip_days)),
        hub=hub,
        topic=None if hub is None else topic or parsed.self_link or response.url,
    )
    state = replace(known, seen=found.seen, profile=profile)
    return _succeeded(
        PollOutcome.CHANGED,
        _validated(state, response, validators),
        response,
        header_hints(response.headers, timing.now),
        timing,
        entries=found.entries,
    )


# --- validators ---------------------------------------------------------------


def _validator(response: Response, name: str) -> str | None:
    value = response.headers.get(name, "").strip()
    return value if value and len(value) <= _LONGEST_VALIDATOR else None


_LONGEST_VALIDATOR = 500


def _validators_differ(known: FeedState, response: Response) -> bool:
    etag = _validator(response, "etag")
    if etag is not None or known.etag is not None:
        return etag != known.etag
    return _validator(response, "last-modified") != known.last_modified


def _validator_quality(
    known: FeedState, response: Response, *, news: bool | None = None
) -> str:
    """Tell what validators are worth; *news* is None for a body seen before."""
    if known.profile.validators == STALE:
        return STALE
    if not (_validator(response, "etag") or _validator(response, "last-modified")):
        return NONE
    differ = _validators_differ(known, response)
    had_any = known.etag is not None or known.last_modified is not None
    if news and had_any and not differ:
        return STALE
    return UNSTABLE if news is None and differ else VALID


def _validated(known: FeedState, response: Response, validators: str) -> FeedState:
    return replace(
        known,
        etag=_validator(response, "etag"),
        last_modified=_validator(response, "last-modified"),
        not_modified=0,
        profile=replace(known.profile, validators=validators),
    )


# --- the new state ------------------------------------------------------------


def _succeeded(
    outcome: PollOutcome,
    state: FeedState,
    response: Response,
    hints: Hints,
    timing: Timing,
    *,
    entries: tuple[Entry, ...] = (),
) -> Poll:
    profile = state.profile
    silent = None
    if profile.newest_at is not None:
        silent = max(0.0, (timing.now - profile.newest_at).total_seconds())
    history = History(
        interval_seconds=state.interval_seconds,
        new_entries=len(entries),
        gap_seconds=profile.gap_seconds,
        silent_seconds=silent,
        pushed=is_active(state, timing.now),
    )
    # what the document asked for holds until another document comes: a 304 has none
    hints = replace(
        hints,
        ttl_seconds=profile.ttl_seconds,
        update_seconds=profile.update_seconds,
        skip_hours=frozenset(profile.skip_hours),
        skip_days=frozenset(profile.skip_days),
    )
    schedule = next_poll(
        history, hints, timing.now, bounds=timing.bounds, fraction=timing.fraction
    )
    return Poll(
        outcome,
        replace(
            _moved(state, response),
            polled_at=timing.now,
            succeeded_at=timing.now,
            next_poll_at=schedule.next_poll_at,
            interval_seconds=schedule.interval_seconds,
            failures=0,
            problem=_complaint(profile, timing.now),
        ),
        entries,
    )


def _failed(
    outcome: PollOutcome, state: FeedState, problem: str, hints: Hints, timing: Timing
) -> Poll:
    failures = state.failures + 1
    history = History(interval_seconds=state.interval_seconds, failures=failures)
    schedule = next_poll(
        history, hints, timing.now, bounds=timing.bounds, fraction=timing.fraction
    )
    return Poll(
        outcome,
        replace(
            state,
            redirect_count=0,  # if a new address was asked, the old one is tried again
            polled_at=timing.now,
            next_poll_at=schedule.next_poll_at,
            interval_seconds=state.interval_seconds or timing.bounds.shortest,
            failures=failures,
            problem=problem,
        ),
    )


def _moved(state: FeedState, response: Response) -> FeedState:
    """Count permanent redirects that lead to one place."""
    redirects = response.redirects
    if not redirects:
        believed = state.redirect_count >= REDIRECTS_BELIEVED
        return state if believed else replace(state, moved_to=None, redirect_count=0)
    if not all(status in _PERMANENT for status, _ in redirects):
        return replace(state, moved_to=None, redirect_count=0)
    again = response.url == state.moved_to
    return replace(
        state,
        moved_to=response.url,
        redirect_count=state.redirect_count + 1 if again else 1,
    )


def _complaint(profile: FeedProfile, now: dt.datetime) -> str | None:
    """Say what is wrong with a feed that was read well."""
    if not profile.entries:
        return "the feed has no entries"
    if profile.newest_at is not None and profile.newest_at < now - STALE_AFTER:
        return f"nothing new since {profile.newest_at:%Y-%m-%d}"
    return None
