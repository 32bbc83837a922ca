"""The one HTTP client: polite, bounded in every direction, hard to turn inward.

- http and https only, no credentials in URLs, no proxies from the environment.
- The address is checked as the connection opens, after DNS, on every redirect: there
  is no second look-up in which a name could change its address.
- One deadline covers a request from the look-up to the last byte, redirects and all:
  a server that sends a byte a second gains nothing.
- Head, body on the wire and decoded body have caps of their own.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, cast
from urllib.parse import urljoin, urlsplit

import urllib3.connection
import urllib3.exceptions
from msgspec import Meta, Struct
from urllib3.util.url import parse_url

from workers import __version__
from workers.domain.outcomes import ConfigurationError
from workers.runtime.addresses import Network, networks, refusal
from workers.runtime.decoding import ACCEPTED, DecodingError, TooLargeError, decoded
from workers.runtime.settings import Count, Seconds

MIB = 1024 * 1024
_READ_BYTES = 64 * 1024
_BUFFER_BYTES = 8 * 1024
"""The reader takes so much off the socket at once, past the end of the head too."""
_IDLE_CONNECTIONS = 64
_IDLE_SECONDS = 30.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_CREDENTIALS = frozenset({"authorization", "cookie"})
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})

Resolver = Callable[..., list[tuple[Any, ...]]]
"""With the signature of `socket.getaddrinfo`."""


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
    elapsed_seconds: float = 0.0
    wire_bytes: int = 0
    """Received over all redirects, heads included."""


class HttpClient:
    """Fetch URLs; safe to be used from many threads at once."""

    def __init__(
        self, settings: HttpSettings, *, resolver: Resolver = socket.getaddrinfo
    ) -> None:
        self._settings = settings
        self._gate = _Gate(resolver, _allowed(settings))
        self._idle = _IdleConnections()
        self._active = _ActiveSockets()
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
    ) -> Response:
        """Fetch *url*, following redirects; raises FetchError if that fails.

        *headers* go to every host on the way, credentials to the first only.
        *max_body_bytes* takes the place of the setting of that name.
        """
        settings = self._settings
        limit = settings.max_body_bytes if max_body_bytes is None else max_body_bytes
        meter = _Meter(settings)
        sent = self._headers | {name.lower(): value for name, value in headers.items()}
        first = target = _target(url)
        redirects: list[tuple[int, str]] = []
        while True:
            answer = self._exchange(target, sent, meter, limit)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return Response(
                    status=answer.status,
                    url=target.url,
                    body=answer.body,
                    headers=answer.headers,
                    redirects=tuple(redirects),
                    elapsed_seconds=meter.elapsed(),
                    wire_bytes=meter.total,
                )
            if len(redirects) >= settings.max_redirects:
                raise FetchError(FetchFailure.TOO_MANY_REDIRECTS, url, target.url)
            target = _target(urljoin(target.url, _readable(location)))
            redirects.append((answer.status, target.url))
            if target.origin != first.origin:
                sent = {n: v for n, v in sent.items() if n not in _CREDENTIALS}

    def close(self) -> None:
        """Close every connection; fetches under way in other threads fail at once."""
        self._idle.close()
        self._active.shut_down()

    def _exchange(
        self, target: "_Target", headers: Mapping[str, str], meter: "_Meter", limit: int
    ) -> "_Answer":
        """Send one request; once more if a kept connection turns out to be dead."""
        kept = self._idle.take(target.origin)
        if kept is not None:
            received = meter.total
            try:
                return self._converse(kept, target, headers, meter, limit)
            except FetchError as error:
                stale = error.failure is FetchFailure.PROTOCOL
                if not stale or meter.total > received:
                    raise
        fresh = self._connection(target)
        return self._converse(fresh, target, headers, meter, limit)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Trusts what the system trusts; reading that takes a while."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.sslsocket_class = _MeteredTlsSocket
        return context

    def _connection(self, target: "_Target") -> "_Connection":
        if target.scheme == "https":
            return _TlsConnection(
                self._gate, target.host, target.port, ssl_context=self._tls
            )
        return _PlainConnection(self._gate, target.host, target.port)

    def _converse(
        self,
        connection: "_Connection",
        target: "_Target",
        headers: Mapping[str, str],
        meter: "_Meter",
        limit: int,
    ) -> "_Answer":
        reusable = False
        opened = None
        try:
            meter.expect_head()
            if connection.sock is None:
                connection.open(meter, self._settings.connect_seconds)
            connection.use(meter)
            opened = connection.sock
            self._active.add(opened)
            connection.request(
                "GET",
                target.request_target,
                headers=headers,
                preload_content=False,
            )
            response = connection.getresponse()
            meter.expect_body()
            answer = _Answer(
                response.status,
                {name.lower(): value for name, value in response.headers.items()},
                b"",
            )
            if answer.status in _REDIRECTS and "location" in answer.headers:
                return answer
            body = _read(response, meter)
            reusable = connection.sock is not None
            coding = answer.headers.get("content-encoding", "")
            return answer._replace(body=decoded(body, coding, limit))
        except _CapError as error:
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


def _target(url: str) -> _Target:
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
    shown = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[scheme]:
        shown = f"{shown}:{port}"
    return _Target(
        scheme,
        host,
        port or _PORTS[scheme],
        request_target,
        f"{scheme}://{shown}{request_target}",
    )


def _ascii_host(host: str, url: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise FetchError(FetchFailure.BAD_URL, url, "no proper host name") from error


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _readable(location: str) -> str:
    """Undo what http.client does to a Location in UTF-8: it reads it as Latin-1."""
    location = location.strip()
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    return location.replace(" ", "%20")


# --- limits --------------------------------------------------------------------


class _CapError(Exception):
    """More came than the settings allow."""


class _Meter:
    """Time and bytes of one fetch, over all of its redirects."""

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._started = time.monotonic()
        self._cap = 0
        self._cap_words = ""
        self.total = 0

    def elapsed(self) -> float:
        """Seconds since the fetch began."""
        return time.monotonic() - self._started

    def remaining(self) -> float:
        """Seconds to the deadline; raises TimeoutError when there are none."""
        left = self._settings.total_seconds - self.elapsed()
        if left <= 0:
            msg = f"more than {self._settings.total_seconds:g} s"
            raise TimeoutError(msg)
        return left

    def expect_head(self) -> None:
        """Cap what comes until the head is complete."""
        allowed = self._settings.max_header_bytes
        self._cap = self.total + allowed + _BUFFER_BYTES
        self._cap_words = f"head of more than {allowed} bytes"

    def expect_body(self) -> None:
        """Cap what comes from now on."""
        allowed = self._settings.max_wire_bytes
        self._cap = self.total + allowed
        self._cap_words = f"more than {allowed} bytes on the wire"

    def count(self, received: int) -> None:
        """Count bytes off the socket; raises _CapError past the cap."""
        self.total += received
        if self.total > self._cap:
            raise _CapError(self._cap_words)


class _MeteredSocket(socket.socket):
    """A socket whose every read is bounded by the fetch that it serves."""

    meter: _Meter

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        self.settimeout(self.meter.remaining())
        received = super().recv_into(buffer, nbytes, flags)
        self.meter.count(received)
        return received


class _MeteredTlsSocket(ssl.SSLSocket):
    """The same above TLS; counts what was decrypted."""

    meter: _Meter

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        self.settimeout(self.meter.remaining())
        received = super().recv_into(buffer, nbytes, flags)
        self.meter.count(received)
        return received


# --- connections ---------------------------------------------------------------


class _BlockedError(Exception):
    """Every address of the host is refused."""


class _ConnectError(Exception):
    """No address of the host could be connected to."""


class _Gate:
    """Opens sockets to addresses that are allowed, and to no others."""

    def __init__(self, resolver: Resolver, allowed: tuple[Network, ...]) -> None:
        self._resolver = resolver
        self._allowed = allowed

    def open(self, host: str, port: int, seconds: float) -> _MeteredSocket:
        """Connect to the first address of *host* that is allowed and answers."""
        deadline = time.monotonic() + seconds
        refusals = []
        failure: OSError | None = None
        for family, kind, protocol, _, address in self._resolve(host, port, seconds):
            why = refusal(str(address[0]), self._allowed)
            if why is not None:
                refusals.append(f"{address[0]}: {why}")
                continue
            left = deadline - time.monotonic()
            if left <= 0:
                break
            opened = _MeteredSocket(family, kind, protocol)
            try:
                opened.settimeout(left)
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                opened.connect(address)
            except OSError as error:
                failure = error
                opened.close()
            else:
                return opened
        if isinstance(failure, TimeoutError):
            raise failure
        if failure is not None:
            raise _ConnectError(failure.strerror or str(failure)) from failure
        if refusals:
            raise _BlockedError(", ".join(refusals))
        raise TimeoutError

    def _resolve(self, host: str, port: int, seconds: float) -> list[tuple[Any, ...]]:
        """Look *host* up in a thread of its own: a look-up cannot be cut short."""
        answers: list[list[tuple[Any, ...]]] = []
        errors: list[Exception] = []

        def look_up() -> None:
            try:
                answers.append(self._resolver(host, port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:
                errors.append(error)

        if _is_address(host):
            look_up()
        else:
            thread = threading.Thread(target=look_up, name="resolve", daemon=True)
            thread.start()
            thread.join(seconds)
        if answers:
            return answers[0]
        error = errors[0] if errors else f"no answer in {seconds:g} s"
        raise error if isinstance(error, socket.gaierror) else socket.gaierror(error)


class _Metering:
    """What both kinds of connection add to urllib3's."""

    _gate: _Gate
    sock: Any
    timeout: Any
    port: int
    _dns_host: str

    def open(self, meter: _Meter, seconds: float) -> None:
        """Connect, and shake hands where that is needed."""
        self.timeout = min(seconds, meter.remaining())
        cast("urllib3.connection.HTTPConnection", self).connect()

    def use(self, meter: _Meter) -> None:
        """Bind what follows to the fetch that *meter* measures."""
        self.timeout = meter.remaining()
        self.sock.meter = meter

    def _new_conn(self) -> socket.socket:
        return self._gate.open(self._dns_host, self.port, self.timeout)


class _PlainConnection(_Metering, urllib3.connection.HTTPConnection):
    def __init__(self, gate: _Gate, host: str, port: int) -> None:
        super().__init__(host, port)
        self._gate = gate


class _TlsConnection(_Metering, urllib3.connection.HTTPSConnection):
    def __init__(
        self, gate: _Gate, host: str, port: int, *, ssl_context: ssl.SSLContext
    ) -> None:
        super().__init__(host, port, ssl_context=ssl_context)
        self._gate = gate


_Connection = _PlainConnection | _TlsConnection
_Origin = tuple[str, str, int]


class _IdleConnections:
    """Connections kept for the next request to the same origin; the oldest go first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Origin, tuple[float, _Connection]] = OrderedDict()

    def take(self, origin: _Origin) -> _Connection | None:
        with self._lock:
            kept = self._kept.pop(origin, None)
        if kept is None:
            return None
        since, connection = kept
        if time.monotonic() - since > _IDLE_SECONDS or not connection.is_connected:
            connection.close()
            return None
        return connection

    def keep(self, origin: _Origin, connection: _Connection) -> None:
        dropped = []
        with self._lock:
            if origin in self._kept:
                dropped.append(connection)
            else:
                self._kept[origin] = (time.monotonic(), connection)
            while len(self._kept) > _IDLE_CONNECTIONS:
                dropped.append(self._kept.popitem(last=False)[1][1])
        for each in dropped:
            each.close()

    def close(self) -> None:
        with self._lock:
            kept = [connection for _, connection in self._kept.values()]
            self._kept.clear()
        for connection in kept:
            connection.close()


class _ActiveSockets:
    """Sockets of fetches under way, so that another thread can end them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._ended = False

    def add(self, opened: socket.socket) -> None:
        with self._lock:
            if self._ended:
                raise _ClosedError
            self._sockets.add(opened)

    def discard(self, opened: socket.socket | None) -> None:
        with self._lock:
            if opened is not None:
                self._sockets.discard(opened)

    def shut_down(self) -> None:
        with self._lock:
            self._ended = True
            for each in self._sockets:
                with suppress(OSError):
                    # not SSLSocket's: its other thread may be reading
                    socket.socket.shutdown(each, socket.SHUT_RDWR)


class _ClosedError(OSError):
    """The client was closed."""

    def __str__(self) -> str:
        return "the client was closed"


# --- answers -------------------------------------------------------------------


class _Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


def _read(response: urllib3.HTTPResponse, meter: _Meter) -> bytes:
    whole = bytearray()
    while piece := response.read(_READ_BYTES, decode_content=False):
        whole += piece
        meter.remaining()
    return bytes(whole)


_ERRORS = (
    OSError,
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
    ValueError,
    _BlockedError,
    _ConnectError,
)


_TRANSLATIONS: tuple[tuple[type[BaseException], FetchFailure], ...] = (
    (_BlockedError, FetchFailure.BLOCKED_ADDRESS),
    (_ConnectError, FetchFailure.CONNECT),
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
