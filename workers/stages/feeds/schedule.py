"""When a feed is polled next: one pure function of what is known of it.

The interval follows the rate of publication. For many feeds at a given number of polls
the mean delay is least when intervals go with the square root of the gap between
entries; for quick feeds a fraction of the gap itself is shorter and taken instead. The
interval shrinks at once when news comes and grows while nothing does. What the
publisher asks for (ttl, max-age, sy:updatePeriod, skipHours) lengthens it, up to a
limit; Retry-After is kept always.
"""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from workers.web.http_dates import http_date, retry_after

HOUR = 3600.0
DAY = 24 * HOUR


class Bounds(Struct, frozen=True, kw_only=True):
    """The limits of intervals, all in seconds."""

    shortest: float
    longest: float
    first: float
    """Of a feed whose dates tell nothing."""
    longest_hint: float
    """A publisher's wish for longer intervals counts up to this."""
    pushed: float
    """While a hub notifies of changes, a feed is polled only so often."""
    longest_retry_after: float = DAY
    jitter: float = 0.1
    """Intervals are spread by this fraction, up or down."""

    @property
    def furthest(self) -> float:
        """No poll is planned so far ahead, whatever is asked for; with a margin."""
        every = (self.longest, self.longest_hint, self.pushed, self.longest_retry_after)
        return 2.0 * max(*every, self.first, DAY)


class Hints(Struct, frozen=True, kw_only=True):
    """What the publisher asks for, in the answer's headers and in the feed."""

    max_age_seconds: float | None = None
    retry_after_seconds: float | None = None
    ttl_seconds: float | None = None
    update_seconds: float | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


class History(Struct, frozen=True, kw_only=True):
    """What is known of the feed's rhythm."""

    interval_seconds: float = 0.0
    """The last one; 0 before the first poll."""
    failures: int = 0
    """Failed polls in a row, this one included."""
    new_entries: int = 0
    """Found by this poll."""
    gap_seconds: float | None = None
    """Mean time between publications, by the dates of the newest entries."""
    silent_seconds: float | None = None
    """Time since the newest entry was published."""
    pushed: bool = False
    """A hub tells of changes."""


class Schedule(Struct, frozen=True):
    """The next poll."""

    interval_seconds: float
    """Without jitter: where the next decision begins."""
    next_poll_at: dt.datetime


# chosen by benchmarks/schedule.py: there polls, median and ninth decile are weighed
GROWTH = 1.2
"""Of the interval with each poll that finds nothing."""
POLLS_PER_GAP = 1.5
ROOT_FACTOR = 15.0
"""Interval over the square root of the gap, both in seconds."""
_FAILURE_DOUBLINGS = 16


def next_poll(
    history: History,
    hints: Hints,
    now: dt.datetime,
    *,
    bounds: Bounds,
    fraction: float,
) -> Schedule:
    """Decide when to poll next; *fraction*, from 0 to 1, spreads feeds in time.

    The interval stays within *bounds*, except that Retry-After may lengthen it.
    """
    interval = _clamped(_wanted(history, bounds), bounds)
    if not history.failures:
        interval = max(interval, min(_asked(hints), bounds.longest_hint))
        interval = _clamped(interval, bounds)
    spread = 1 + bounds.jitter * (2 * fraction - 1)
    # the interval goes on beneath: it is there when the hub falls silent
    seldom = history.pushed and not history.failures
    wait = max(interval, bounds.pushed) if seldom else interval
    wait = _clamped(wait * spread, bounds)
    if hints.retry_after_seconds is not None:
        retry_after = min(hints.retry_after_seconds, bounds.longest_retry_after)
        wait = max(wait, retry_after * (1 + bounds.jitter * fraction))
    moment = now + dt.timedelta(seconds=wait)
    if not history.failures:
        latest = now + dt.timedelta(seconds=bounds.longest)
        moment = min(_outside_skipped(moment, hints), max(moment, latest))
    return Schedule(interval, moment)


def _wanted(history: History, bounds: Bounds) -> float:
    before = history.interval_seconds
    if history.failures:
        base = max(before, bounds.shortest)
        return float(base * 2 ** min(history.failures, _FAILURE_DOUBLINGS))
    rhythm = _rhythm(history)
    if before <= 0:
        return bounds.first if rhythm is None else rhythm
    if history.new_entries:
        shrunk = before / 2
        return shrunk if rhythm is None else min(rhythm, max(shrunk, rhythm / 2))
    grown = before * GROWTH
    # a feed is not left alone for longer than a rhythm it keeps asks for
    return grown if rhythm is None else max(rhythm, min(grown, 4 * rhythm))


def _rhythm(history: History) -> float | None:
    """Return the interval that the feed's own dates ask for."""
    gap = history.gap_seconds
    if gap is None:
        return None
    # silence that is long against the gap says more than the gap of better days
    silent = history.silent_seconds or 0.0
    gap = max(gap, silent / 4)
    return min(gap / POLLS_PER_GAP, ROOT_FACTOR * math.sqrt(gap))


def _asked(hints: Hints) -> float:
    wishes = (hints.max_age_seconds, hints.ttl_seconds, hints.update_seconds)
    return max((wish for wish in wishes if wish is not None), default=0.0)


def _clamped(seconds: float, bounds: Bounds) -> float:
    return min(max(seconds, bounds.shortest), bounds.longest)


def _outside_skipped(moment: dt.datetime, hints: Hints) -> dt.datetime:
    """Move *moment* to the next hour that is not to be skipped."""
    if not hints.skip_hours and not hints.skip_days:
        return moment
    later = moment
    for _ in range(7 * 24):
        if (
            later.hour not in hints.skip_hours
            and later.weekday() not in hints.skip_days
        ):
            return later
        later = later.replace(minute=0, second=0, microsecond=0)
        later += dt.timedelta(hours=1)
    return moment  # everything is to be skipped: nonsense


# --- what headers say ---------------------------------------------------------

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_SECONDS = re.compile(r"^\s*(\d{1,9})(?:\.\d*)?\s*$")


def header_hints(headers: Mapping[str, str], now: dt.datetime) -> Hints:
    """Read Cache-Control, Expires, Age and Retry-After; names in lower case.

    RFC 9111 for freshness, RFC 9110 (10.2.3) for Retry-After.
    """
    return Hints(
        max_age_seconds=_freshness(headers, now),
        retry_after_seconds=retry_after(headers.get("retry-after", ""), now),
    )


def _freshness(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    control = headers.get("cache-control", "")
    found = _MAX_AGE.search(control)
    if found:
        age = _SECONDS.match(headers.get("age", ""))
        return max(0.0, float(found[1]) - (float(age[1]) if age else 0.0))
    if "no-cache" in control or "no-store" in control:
        return None
    expires = http_date(headers.get("expires", ""))
    if expires is None:
        return None
    sent = http_date(headers.get("date", "")) or now
    return max(0.0, (expires - sent).total_seconds())


# --- what dates say -----------------------------------------------------------

_NEWEST = 20
_FEWEST = 3


def publication_gap(dates: Sequence[dt.datetime]) -> float | None:
    """Return the mean seconds between the newest of *dates*, in any order.

    None for fewer than three of them, and where all are the same: those are dates of
    the feed's making, not of publication.
    """
    newest = sorted(dates, reverse=True)[:_NEWEST]
    if len(newest) < _FEWEST:
        return None
    span = (newest[0] - newest[-1]).total_seconds()
    return span / (len(newest) - 1) if span > 0 else None
