"""What a fetch results in.

The client gives a response of any status or raises an error that says why there is
none. The fetcher, which spares hosts, may also defer a request or not make it at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workers.domain import printable


class FetchFailure(StrEnum):
    """Why there is no response; a closed set, so safe as a metric label."""

    BAD_URL = "bad-url"
    BLOCKED_ADDRESS = "blocked-address"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    PROTOCOL = "protocol"


_DESCRIPTIONS: Mapping[FetchFailure, str] = {
    FetchFailure.BAD_URL: "the URL cannot be used",
    FetchFailure.BLOCKED_ADDRESS: "the host's address is not a public one",
    FetchFailure.DNS: "the host's name does not resolve",
    FetchFailure.CONNECT: "no connection to the host",
    FetchFailure.TLS: "no trustworthy TLS connection",
    FetchFailure.TIMEOUT: "the answer did not come in time",
    FetchFailure.TOO_LARGE: "the answer is larger than allowed",
    FetchFailure.TOO_MANY_REDIRECTS: "too many redirects",
    FetchFailure.PROTOCOL: "the answer is not proper HTTP",
}
_MAX_DETAIL = 500


class FetchError(Exception):
    """A fetch of *url* without a response.

    The detail may quote the server, such as a status line; it is made printable.
    """

    def __init__(self, failure: FetchFailure, url: str, detail: str = "") -> None:
        self.failure = failure
        self.url = url
        self.detail = printable.one_line(detail[:_MAX_DETAIL])
        super().__init__(failure, url, self.detail)

    def __str__(self) -> str:
        return f"{self.description}: {self.url}"

    @property
    def description(self) -> str:
        """What went wrong, in words, without the URL."""
        reason = _DESCRIPTIONS[self.failure]
        return f"{reason} ({self.detail})" if self.detail else reason


@dataclass(frozen=True, slots=True)
class Response:
    """A response of any status."""

    status: int
    url: str
    """Final address, after redirects."""
    body: bytes
    """Decoded; empty for 304 and for redirects that were not followed."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case; values of repeated fields joined with a comma."""
    redirects: tuple[tuple[int, str], ...] = ()
    """Status and target of each redirect followed."""
    redirect_target: str | None = None
    """Target of a redirect that was not followed because it leaves the origin."""
    elapsed_seconds: float = 0.0
    wire_bytes: int = 0
    """Received over all redirects, heads included, before decoding."""


# --- requests that were not made -----------------------------------------------


class DeferReason(StrEnum):
    """Why a request was deferred."""

    RATE_LIMITED = "rate-limited"
    """Its host is busy with other requests; it was not made."""
    BACKOFF = "backoff"
    """Its host has failed lately or asked for time; it was not made."""
    ROBOTS = "robots"
    """The host's robots.txt cannot be had at the moment; it was not made."""
    TIMED_OUT = "timed-out"
    """The response did not come within the batch's budget."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """A request to be made later."""

    reason: DeferReason
    seconds: float
    """From now."""


@dataclass(frozen=True, slots=True)
class Disallowed:
    """A request that robots.txt disallows."""


FetchResult = Response | FetchError | Deferred | Disallowed
