"""The one HTTP client: polite, bounded in every direction, hard to turn inward.

- http and https only, no credentials in URLs, no proxies from the environment.
- The address is checked as the connection opens, after DNS, on every redirect: there
  is no second look-up in which a name could change its address.
- One deadline covers a request from the look-up to the last byte, redirects and all:
  a server that sends a byte a second gains nothing.
- Head, body on the wire and decoded body have caps of their own.
"""

import http.client
import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, NamedTuple
from urllib.parse import urljoin, urlsplit

import urllib3.exceptions
from msgspec import Meta, Struct
from urllib3.util.url import parse_url

from workers import __version__
from workers.domain.outcomes import ConfigurationError
from workers.runtime.http.addresses import Network, networks
from workers.runtime.http.connections import (
    ActiveSockets,
    BlockedError,
    CapError,
    ConnectError,
    Connection,
    Gate,
    IdleConnections,
    Meter,
    MeteredTlsSocket,
    PlainConnection,
    Resolver,
    TlsConnection,
)
from workers.runtime.http.content_encoding import (
    ACCEPTED,
    DecodingError,
    TooLargeError,
    decoded,
)
from workers.runtime.service.settings import Count, Seconds

MIB = 1024 * 1024
_READ_BYTES = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REPEATING = frozenset({307, 308})
_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_CREDENTIALS = frozenset({"authorization", "cookie"})
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class HttpSettings(Struct, frozen=True):
    """How the client behaves."""

    user_agent_contact: str = ""
    """Address of a page or mailbox where publishers reach the operator."""
    connect_seconds: Seconds = 5.0
    """For the look-up of a host and the connection to it."""
    total_seconds: Seconds = 20.0
    """For everything, from the look-up to the last byte, redirects included."""
    max_redirects: Annotated[int, Meta(ge=0)] = 5
    """More are not followed."""
    max_header_bytes: Count = 64 * 1024
    """Of the head of an answer."""
    max_wire_bytes: Count = 8 * MIB
    """Of an answer as it is transferred, mostly compressed."""
    max_body_bytes: Count = 16 * MIB
    """Of an answer when it is decoded."""
    allowed_networks: tuple[str, ...] = ()
    """In CIDR notation: networks that may be reached though they are not public."""


class FetchFailure(StrEnum):
    """Why there is no response; closed, so safe as a metric label."""

    BAD_URL = "bad-url"
    BLOCKED_ADDRESS = "blocked-address"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    PROTOCOL = "protocol"


_WORDS: Mapping[FetchFailure, str] = {
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


class FetchError(Exception):
    """There is no response from *url*; says why for programs and for people."""

    def __init__(self, failure: FetchFailure, url: str, detail: str = "") -> None:
        self.failure = failure
        self.url = url
        self.detail = detail
        super().__init__(failure, url, detail)

    def __str__(self) -> str:
        return f"{self.words}: {self.url}"

    @property
    def words(self) -> str:
        """What went wrong, without the URL."""
        reason = _WORDS[self.failure]
        return f"{reason} ({self.detail})" if self.detail else reason


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, whatever its status."""

    status: int
    url: str
    """The final one, after redirects."""
    body: bytes
    """Decoded; empty for 304 and the like."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case; repeated ones joined with a comma."""
    redirects: tuple[tuple[int, str], ...] = ()
    """Status and target of each redirect that was followed."""
    leads_to: str | None = None
    """Where a redirect leads that was not followed, because it leaves the origin."""
    elapsed_seconds: float = 0.0
    wire_bytes: int = 0
    """Received over all redirects, heads included."""


class HttpClient:
    """Fetch URLs; safe to be used from many threads at once."""

    def __init__(
        self, settings: HttpSettings, *, resolver: Resolver = socket.getaddrinfo
    ) -> None:
        self._settings = settings
        self._gate = Gate(resolver, _allowed(settings))
        self._idle = IdleConnections()
        self._active = ActiveSockets()
        contact = settings.user_agent_contact
        if _UNSAFE.search(contact) or not contact.isascii() or set(contact) & set("()"):
            msg = "user_agent_contact must be one word of ASCII, without parentheses"
            raise ConfigurationError(msg)
        agent = f"Khabar/{__version__}"
        self._headers = {
            "user-agent": f"{agent} (+{contact})" if contact else agent,
            "accept-encoding": ACCEPTED,
            "accept": "*/*",
        }

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        max_body_bytes: int | None = None,
        same_origin: bool = False,
    ) -> Response:
        """Fetch *url*, following redirects; raises FetchError if that fails.

        *headers* go to every host on the way, credentials to the first only.
        *max_body_bytes* takes the place of the setting of that name. With
        *same_origin* a redirect that leaves scheme, host and port is the answer.
        """
        return self._fetch(url, headers, None, max_body_bytes, same_origin=same_origin)

    def post(self, url: str, body: bytes, content_type: str) -> Response:
        """Post *body*, which must bear being posted twice; raises FetchError.

        Redirects are followed that ask for the same request elsewhere (307, 308).
        """
        return self._fetch(
            url, {"content-type": content_type}, body, None, same_origin=False
        )

    def _fetch(
        self,
        url: str,
        headers: Mapping[str, str],
        posted: bytes | None,
        max_body_bytes: int | None,
        *,
        same_origin: bool,
    ) -> Response:
        settings = self._settings
        limit = settings.max_body_bytes if max_body_bytes is None else max_body_bytes
        followed = _REDIRECTS if posted is None else _REPEATING
        meter = Meter(
            settings.total_seconds, settings.max_header_bytes, settings.max_wire_bytes
        )
        sent = self._headers | {name.lower(): value for name, value in headers.items()}
        first = target = _target(url)
        redirects: list[tuple[int, str]] = []
        while True:
            answer = self._exchange(
                target, _request(target, sent, posted), meter, limit
            )
            location = answer.headers.get("location")
            led_to = (
                _target(urljoin(target.url, _readable(location)))
                if answer.status in followed and location
                else None
            )
            leaves = led_to is not None and led_to.origin != target.origin
            if led_to is None or (same_origin and leaves):
                return Response(
                    status=answer.status,
                    url=target.url,
                    body=answer.body,
                    headers=answer.headers,
                    redirects=tuple(redirects),
                    leads_to=led_to.url if led_to is not None else None,
                    elapsed_seconds=meter.elapsed(),
                    wire_bytes=meter.total,
                )
            if len(redirects) >= settings.max_redirects:
                raise FetchError(FetchFailure.TOO_MANY_REDIRECTS, url, target.url)
            target = led_to
            redirects.append((answer.status, target.url))
            if target.origin != first.origin:
                sent = {n: v for n, v in sent.items() if n not in _CREDENTIALS}

    def close(self) -> None:
        """Close every connection; fetches under way in other threads fail at once."""
        self._idle.close()
        self._active.shut_down()

    def _exchange(
        self, target: "_Target", request: bytes, meter: Meter, limit: int
    ) -> "_Answer":
        """Send one request; once more if a kept connection turns out to be dead."""
        kept = self._idle.take(target.origin)
        if kept is not None:
            received = meter.total
            try:
                return self._converse(kept, target, request, meter, limit)
            except FetchError as error:
                stale = error.failure is FetchFailure.PROTOCOL
                if not stale or meter.total > received:
                    raise
        fresh = self._connection(target)
        return self._converse(fresh, target, request, meter, limit)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Trusts what the system trusts; reading that takes a while."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.sslsocket_class = MeteredTlsSocket
        return context

    def _connection(self, target: "_Target") -> "Connection":
        if target.scheme == "https":
            return TlsConnection(
                self._gate, target.host, target.port, ssl_context=self._tls
            )
        return PlainConnection(self._gate, target.host, target.port)

    def _converse(
        self,
        connection: "Connection",
        target: "_Target",
        request: bytes,
        meter: Meter,
        limit: int,
    ) -> "_Answer":
        reusable = False
        opened = response = None
        try:
            meter.expect_head()
            if connection.sock is None:
                connection.open(meter, self._settings.connect_seconds)
            opened = connection.sock
            self._active.add(opened)
            response = connection.ask(request, meter)
            meter.expect_body()
            answer = _Answer(response.status, _joined(response.headers), b"")
            if answer.status in _REDIRECTS and "location" in answer.headers:
                return answer  # nobody reads its body
            body = _read(response, meter)
            reusable = not response.will_close
            coding = answer.headers.get("content-encoding", "")
            return answer._replace(body=decoded(body, coding, limit))
        except CapError as error:
            raise FetchError(FetchFailure.TOO_LARGE, target.url, str(error)) from error
        except TooLargeError as error:
            detail = f"more than {limit} bytes decoded"
            raise FetchError(FetchFailure.TOO_LARGE, target.url, detail) from error
        except DecodingError as error:
            raise FetchError(FetchFailure.PROTOCOL, target.url, str(error)) from error
        except _ERRORS as error:
            raise _failure(error, target.url) from error
        finally:
            self._active.discard(opened)
            if response is not None:
                response.close()
            if reusable:
                self._idle.keep(target.origin, connection)
            else:
                connection.close()


def _allowed(settings: HttpSettings) -> tuple[Network, ...]:
    try:
        return networks(settings.allowed_networks)
    except ValueError as error:
        msg = f"allowed_networks: {error}"
        raise ConfigurationError(msg) from error


# --- URLs ----------------------------------------------------------------------


class _Target(NamedTuple):
    """A URL taken apart once, so that check and connection see the same host."""

    scheme: str
    host: str
    port: int
    request_target: str
    url: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Value of Host: the port only where it is not the scheme's own."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _PORTS[self.scheme] else f"{shown}:{self.port}"


# one that needs no reading by the letter: lower case, ASCII, nothing encoded
_ORDINARY = re.compile(
    r"(https?)://((?:[a-z0-9-]+\.)+[a-z0-9-]+)(?::([1-9]\d{0,4}))?"
    r"((?:/[A-Za-z0-9_~-][A-Za-z0-9_~.-]*)*/?(?:\?[A-Za-z0-9_=~.&-]+)?)"
)


def _target(url: str) -> _Target:
    if (ordinary := _ORDINARY.fullmatch(url)) is not None:
        scheme, host, number, request_target = ordinary.groups()
        port = int(number) if number else _PORTS[scheme]
        proper = number != str(_PORTS[scheme]) and port <= _LAST_PORT
        if proper and request_target.startswith("/"):
            return _Target(scheme, host, port, request_target, url)
    return _careful_target(url)


def _careful_target(url: str) -> _Target:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchError(FetchFailure.BAD_URL, url, str(error)) from error
    scheme = parts.scheme
    if _UNSAFE.search(url):
        raise FetchError(FetchFailure.BAD_URL, url, "white space or control character")
    if scheme not in _PORTS:
        raise FetchError(FetchFailure.BAD_URL, url, "neither http nor https")
    if "@" in parts.netloc:
        raise FetchError(FetchFailure.BAD_URL, url, "credentials in the URL")
    if not parts.hostname or "%" in parts.netloc:
        raise FetchError(FetchFailure.BAD_URL, url, "no proper host")
    if port == 0:
        raise FetchError(FetchFailure.BAD_URL, url, "port 0")
    host = _ascii_host(parts.hostname, url)
    try:
        encoded = parse_url(parts._replace(netloc="host", fragment="").geturl())
    except urllib3.exceptions.LocationParseError as error:
        raise FetchError(FetchFailure.BAD_URL, url, str(error)) from error
    request_target = encoded.request_uri
    target = _Target(scheme, host, port or _PORTS[scheme], request_target, "")
    return target._replace(url=f"{scheme}://{target.authority}{request_target}")


def _ascii_host(host: str, url: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise FetchError(FetchFailure.BAD_URL, url, "no proper host name") from error


def _readable(location: str) -> str:
    """Undo what http.client does to a Location in UTF-8: it reads it as Latin-1."""
    location = location.strip()
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    return location.replace(" ", "%20")


# --- answers -------------------------------------------------------------------


class _Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


def _request(
    target: _Target, headers: Mapping[str, str], posted: bytes | None
) -> bytes:
    """Return a request in full; raises FetchError for what is more than a header."""
    method = "GET" if posted is None else "POST"
    lines = [f"{method} {target.request_target} HTTP/1.1", f"host: {target.authority}"]
    for name, value in headers.items():
        if not _FIELD.fullmatch(value):
            detail = f"header {name} cannot be sent"
            raise FetchError(FetchFailure.PROTOCOL, target.url, detail)
        lines.append(f"{name}: {value}")
    if posted is not None:
        lines.append(f"content-length: {len(posted)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (posted or b"")


# RFC 9110, 5.5
_FIELD = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def _joined(fields: http.client.HTTPMessage) -> Mapping[str, str]:
    """Return headers by their names in lower case, repeated ones in one."""
    joined: dict[str, str] = {}
    for name, value in fields.items():
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def _read(response: http.client.HTTPResponse, meter: Meter) -> bytes:
    _check_length(response)
    whole = bytearray()
    while piece := response.read(_READ_BYTES):
        whole += piece
        meter.remaining()
    if response.length:
        raise http.client.IncompleteRead(bytes(whole), response.length)
    return bytes(whole)


def _check_length(response: http.client.HTTPResponse) -> None:
    """Refuse several lengths that differ: nobody knows where the body ends."""
    given = response.headers.get_all("content-length", [])
    lengths = {each.strip() for value in given for each in value.split(",")}
    if len(lengths) > 1:
        msg = "several Content-Length that differ"
        raise ValueError(msg)


_ERRORS = (
    OSError,
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
    ValueError,
    BlockedError,
    ConnectError,
)


_TRANSLATIONS: tuple[tuple[type[BaseException], FetchFailure], ...] = (
    (BlockedError, FetchFailure.BLOCKED_ADDRESS),
    (ConnectError, FetchFailure.CONNECT),
    (socket.gaierror, FetchFailure.DNS),
    (ssl.SSLError, FetchFailure.TLS),
    (TimeoutError, FetchFailure.TIMEOUT),
    (http.client.LineTooLong, FetchFailure.TOO_LARGE),
)


def _failure(error: BaseException, url: str) -> FetchError:
    """Translate what the libraries raise, which wrap each other's exceptions."""
    cause: BaseException | None = error
    while cause is not None:
        if type(cause) is http.client.HTTPException:  # only for too many headers
            return FetchError(FetchFailure.TOO_LARGE, url, str(cause))
        for kind, failure in _TRANSLATIONS:
            if isinstance(cause, kind):
                return FetchError(failure, url, _detail(cause))
        cause = cause.__cause__
    return FetchError(FetchFailure.PROTOCOL, url, str(error) or type(error).__name__)


def _detail(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
