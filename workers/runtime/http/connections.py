"""Connections whose address is checked as they open, and whose every read is bounded.

One meter covers a fetch from the look-up to the last byte, redirects and all.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import urllib3.connection

from workers.runtime.http.addresses import Network, refusal

_BUFFER_BYTES = 8 * 1024
"""The reader takes so much off the socket at once, past the end of the head too."""
_IDLE_CONNECTIONS = 64
_IDLE_SECONDS = 30.0

Resolver = Callable[..., list[tuple[Any, ...]]]
"""With the signature of `socket.getaddrinfo`."""


# --- limits --------------------------------------------------------------------


class CapError(Exception):
    """More came than the settings allow."""


class Meter:
    """Time and bytes of one fetch, over all of its redirects."""

    def __init__(self, seconds: float, head_bytes: int, wire_bytes: int) -> None:
        """Allow *seconds* in all, and for each answer so many bytes off the wire."""
        self._seconds = seconds
        self._head_bytes = head_bytes
        self._wire_bytes = wire_bytes
        self._started = time.monotonic()
        self._cap = 0
        self._cap_words = ""
        self.total = 0

    def elapsed(self) -> float:
        """Seconds since the fetch began."""
        return time.monotonic() - self._started

    def remaining(self) -> float:
        """Seconds to the deadline; raises TimeoutError when there are none."""
        left = self._seconds - self.elapsed()
        if left <= 0:
            msg = f"more than {self._seconds:g} s"
            raise TimeoutError(msg)
        return left

    def expect_head(self) -> None:
        """Cap what comes until the head is complete."""
        allowed = self._head_bytes
        self._cap = self.total + allowed + _BUFFER_BYTES
        self._cap_words = f"head of more than {allowed} bytes"

    def expect_body(self) -> None:
        """Cap what comes from now on."""
        allowed = self._wire_bytes
        self._cap = self.total + allowed
        self._cap_words = f"more than {allowed} bytes on the wire"

    def count(self, received: int) -> None:
        """Count bytes off the socket; raises CapError past the cap."""
        self.total += received
        if self.total > self._cap:
            raise CapError(self._cap_words)


class MeteredSocket(socket.socket):
    """A socket whose every read is bounded by the fetch that it serves."""

    meter: Meter

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Read, no longer and no more than the fetch may."""
        self.settimeout(self.meter.remaining())
        received = super().recv_into(buffer, nbytes, flags)
        self.meter.count(received)
        return received


class MeteredTlsSocket(ssl.SSLSocket):
    """The same above TLS; counts what was decrypted."""

    meter: Meter

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        """Read, no longer and no more than the fetch may."""
        self.settimeout(self.meter.remaining())
        received = super().recv_into(buffer, nbytes, flags)
        self.meter.count(received)
        return received


# --- connections ---------------------------------------------------------------


class BlockedError(Exception):
    """Every address of the host is refused."""


class ConnectError(Exception):
    """No address of the host could be connected to."""


class Gate:
    """Opens sockets to addresses that are allowed, and to no others."""

    def __init__(self, resolver: Resolver, allowed: tuple[Network, ...]) -> None:
        self._resolver = resolver
        self._allowed = allowed

    def open(self, host: str, port: int, seconds: float) -> MeteredSocket:
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
            opened = MeteredSocket(family, kind, protocol)
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
            raise ConnectError(failure.strerror or str(failure)) from failure
        if refusals:
            raise BlockedError(", ".join(refusals))
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

    _gate: Gate
    sock: Any
    timeout: Any
    port: int
    _dns_host: str

    def open(self, meter: Meter, seconds: float) -> None:
        """Connect, and shake hands where that is needed."""
        self.timeout = min(seconds, meter.remaining())
        cast("urllib3.connection.HTTPConnection", self).connect()

    def ask(self, request: bytes, meter: Meter) -> http.client.HTTPResponse:
        """Send *request*, a whole one; return the answer, its head read.

        http.client reads it without urllib3 in between, whose pools, retries and
        copies of headers would cost more than all the rest of a poll.
        """
        self.sock.meter = meter
        self.sock.settimeout(meter.remaining())
        self.sock.sendall(request)
        response = http.client.HTTPResponse(self.sock, method="GET")
        try:
            response.begin()
        except BaseException:
            response.close()
            raise
        return response

    def _new_conn(self) -> socket.socket:
        return self._gate.open(self._dns_host, self.port, self.timeout)


class PlainConnection(_Metering, urllib3.connection.HTTPConnection):
    """A connection for http."""

    def __init__(self, gate: Gate, host: str, port: int) -> None:
        super().__init__(host, port)
        self._gate = gate


class TlsConnection(_Metering, urllib3.connection.HTTPSConnection):
    """A connection for https."""

    def __init__(
        self, gate: Gate, host: str, port: int, *, ssl_context: ssl.SSLContext
    ) -> None:
        super().__init__(host, port, ssl_context=ssl_context)
        self._gate = gate


Connection = PlainConnection | TlsConnection
Origin = tuple[str, str, int]


class IdleConnections:
    """Connections kept for the next request to the same origin; the oldest go first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Origin, tuple[float, Connection]] = OrderedDict()

    def take(self, origin: Origin) -> Connection | None:
        """Return a connection to *origin* that still seems alive, if there is one."""
        with self._lock:
            kept = self._kept.pop(origin, None)
        if kept is None:
            return None
        since, connection = kept
        if time.monotonic() - since > _IDLE_SECONDS or not connection.is_connected:
            connection.close()
            return None
        return connection

    def keep(self, origin: Origin, connection: Connection) -> None:
        """Put *connection* aside; what is one too many is closed."""
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
        """Close them all."""
        with self._lock:
            kept = [connection for _, connection in self._kept.values()]
            self._kept.clear()
        for connection in kept:
            connection.close()


class ActiveSockets:
    """Sockets of fetches under way, so that another thread can end them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._ended = False

    def add(self, opened: socket.socket) -> None:
        """Note a socket in use; raises ClosedError once all are shut down."""
        with self._lock:
            if self._ended:
                raise ClosedError
            self._sockets.add(opened)

    def discard(self, opened: socket.socket | None) -> None:
        """Forget a socket that is no longer in use."""
        with self._lock:
            if opened is not None:
                self._sockets.discard(opened)

    def shut_down(self) -> None:
        """End every fetch that is under way, and let none begin."""
        with self._lock:
            self._ended = True
            for each in self._sockets:
                with suppress(OSError):
                    # not SSLSocket's: its other thread may be reading
                    socket.socket.shutdown(each, socket.SHUT_RDWR)


class ClosedError(OSError):
    """The client was closed."""

    def __str__(self) -> str:
        return "the client was closed"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
