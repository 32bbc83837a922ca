"""Read robots.txt as RFC 9309 has it; protego matches the rules.

Protego gets no more than the rules that are for us: numbers and groups are read here,
within limits. Whatever the bytes are, reading them raises nothing.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from protego import Protego

from workers.web.robots_groups import group_for
from workers.web.urls import split_url

AGENT = "Khabar"
"""Product token that publishers write rules for."""
MAX_BYTES = 500 * 1024
"""So much is parsed (RFC 9309, 2.5)."""
PATH = "/robots.txt"


class Standing(StrEnum):
    """What is known of an origin's rules."""

    RULES = "rules"
    FREE = "free"
    """There are none: everything may be fetched."""
    UNREACHABLE = "unreachable"
    """The server failed to say: nothing may be fetched for now."""


@dataclass(frozen=True, slots=True)
class Robots:
    """What an origin permits us to fetch."""

    standing: Standing
    crawl_delay: float | None = None
    """Seconds between requests that the origin asks for."""
    _rules: Protego | None = field(default=None, repr=False)

    def allows(self, url: str) -> bool:
        """Return whether *url*, of that origin, may be fetched."""
        if self.standing is Standing.UNREACHABLE:
            return False
        return self._rules is None or bool(self._rules.can_fetch(url, AGENT))


FREE = Robots(Standing.FREE)
UNREACHABLE = Robots(Standing.UNREACHABLE)

_OK = range(200, 300)
_CLIENT_ERRORS = range(300, 500)
_TOO_MANY_REQUESTS = 429


def read_robots(status: int, body: bytes) -> Robots:
    """Return the rules in a response for robots.txt.

    2xx is parsed; 3xx that leads nowhere and 4xx mean that there are no rules; 5xx
    means that nothing may be fetched (RFC 9309, 2.3.1). 429 is taken for 5xx: a
    server that is overrun has not said yes.
    """
    if status in _OK:
        return _parsed(body)
    if status in _CLIENT_ERRORS and status != _TOO_MANY_REQUESTS:
        return FREE
    return UNREACHABLE


def origin(url: str) -> str:
    """Return scheme, host and port of *url*: what one robots.txt is valid for."""
    parts = split_url(url)
    if parts is None:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _parsed(body: bytes) -> Robots:
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    group = group_for(text, AGENT)
    rules = None
    if group.rules:
        lines = (f"{name}: {path}\n" for name, path in group.rules)
        rules = Protego.parse("User-agent: *\n" + "".join(lines))
    return Robots(Standing.RULES, group.crawl_delay, rules)
