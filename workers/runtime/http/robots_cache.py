"""What the robots.txt of each origin allows, for as long as it may be kept.

Knows no threads and makes no requests: whoever fetches asks `is_known`, fetches
robots.txt where it is not, and hands in the result.
"""

from collections import OrderedDict
from dataclasses import dataclass

from workers.runtime.http.response import (
    DeferReason,
    Deferred,
    Disallowed,
    FetchError,
    FetchFailure,
    Response,
)
from workers.runtime.service.clock import Clock
from workers.web import robots
from workers.web.robots import Robots

_MAX_ORIGINS = 5_000
_KEEP_SECONDS = 86_400.0
"""RFC 9309, 2.4: a cached robots.txt should not be used for longer than a day."""
_RETRY_SECONDS = 300.0
"""After so long a robots.txt that could not be had is asked for again."""
_REFUSED = frozenset((FetchFailure.BAD_URL, FetchFailure.BLOCKED_ADDRESS))
"""Failures that any URL of the origin would meet."""
_ABSENT = frozenset((FetchFailure.TOO_MANY_REDIRECTS,))
"""RFC 9309, 2.3.1.2: redirects that lead nowhere count as no robots.txt."""


@dataclass(frozen=True, slots=True)
class _Known:
    rules: Robots
    until: float
    refusal: FetchError | None = None
    """Why nothing of the origin can be fetched at all."""


class RobotsCache:
    """Rules by origin, the least recently used forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._origins: OrderedDict[str, _Known] = OrderedDict()

    def is_known(self, origin: str) -> bool:
        """Return whether the rules of *origin* need not be fetched."""
        known = self._origins.get(origin)
        return known is not None and known.until > self._clock.monotonic()

    def check(self, origin: str, url: str) -> Disallowed | Deferred | FetchError | None:
        """Return why *url* may not be fetched, None if it may; the origin is known."""
        known = self._origins[origin]
        self._origins.move_to_end(origin)
        if known.refusal is not None:
            return known.refusal
        if known.rules is robots.UNREACHABLE:
            seconds = known.until - self._clock.monotonic()
            return Deferred(DeferReason.ROBOTS, seconds)
        return None if known.rules.allows(url) else Disallowed()

    def crawl_delay(self, origin: str) -> float:
        """Return the seconds between requests that *origin* asks for, else 0."""
        known = self._origins.get(origin)
        return 0.0 if known is None else known.rules.crawl_delay or 0.0

    def put(self, origin: str, result: Response | FetchError) -> None:
        """Remember the *result* of fetching the origin's robots.txt."""
        rules = _rules(result)
        refusal = None
        if isinstance(result, FetchError) and result.failure in _REFUSED:
            refusal = result
        seconds = _KEEP_SECONDS
        if rules is robots.UNREACHABLE or refusal is not None:
            seconds = _RETRY_SECONDS
        before = self._origins.get(origin)
        if rules is robots.UNREACHABLE and before is not None:
            # RFC 9309, 2.4: a cached copy may be used while robots.txt is unreachable
            rules = before.rules
        until = self._clock.monotonic() + seconds
        self._origins[origin] = _Known(rules, until, refusal)
        self._origins.move_to_end(origin)
        while len(self._origins) > _MAX_ORIGINS:
            self._origins.popitem(last=False)


def _rules(result: Response | FetchError) -> Robots:
    if isinstance(result, Response):
        return robots.read_robots(result.status, result.body)
    if result.failure in _REFUSED or result.failure in _ABSENT:
        return robots.FREE
    return robots.UNREACHABLE
