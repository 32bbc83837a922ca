"""How polls end: the outcomes, and which HTTP status leads to which."""

from collections.abc import Mapping
from enum import StrEnum


class PollOutcome(StrEnum):
    """How a poll ended; closed, so safe as a metric label."""

    CHANGED = "changed"
    """A body that differs from the last; it was parsed."""
    UNCHANGED = "unchanged"
    """The same body as before, byte for byte; it was not parsed."""
    NOT_MODIFIED = "not-modified"
    """304, without a body (RFC 9110, 15.4.5)."""
    GONE = "gone"
    REFUSED = "refused"
    NOT_FOUND = "not-found"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server-error"
    OTHER_STATUS = "other-status"
    NOT_A_FEED = "not-a-feed"
    # without a response: these are the HTTP client's names of what went wrong
    BAD_URL = "bad-url"
    BLOCKED_ADDRESS = "blocked-address"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    PROTOCOL = "protocol"


_FAILURES: Mapping[int, tuple[PollOutcome, str]] = {
    401: (PollOutcome.REFUSED, "the server wants a password"),
    403: (PollOutcome.REFUSED, "the server refuses access"),
    404: (PollOutcome.NOT_FOUND, "there is nothing at this address"),
    410: (PollOutcome.GONE, "the publisher has given the feed up"),
    429: (PollOutcome.OVERLOADED, "the server is asked too often"),
    503: (PollOutcome.OVERLOADED, "the server is overloaded"),
}
_SERVER_ERROR = (PollOutcome.SERVER_ERROR, "the server has failed")
_OTHER = (PollOutcome.OTHER_STATUS, "not an answer to a request for a feed")
_FIRST_SERVER_ERROR = 500


def outcome_of_status(status: int) -> tuple[PollOutcome, str]:
    """Return the outcome of a status that is neither 200 nor 304, and the problem."""
    default = _SERVER_ERROR if status >= _FIRST_SERVER_ERROR else _OTHER
    outcome, words = _FAILURES.get(status, default)
    return outcome, f"HTTP status {status}: {words}"
