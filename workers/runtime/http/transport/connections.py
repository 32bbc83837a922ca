"""HTTP connections that obey transfer limits, and the pool that keeps idle ones.

urllib3's connections bring TLS verification and SNI; its pools, retries and response
objects are not used: they would cost more than the rest of a poll.
"""

import socket
import ssl
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from typing import Any, cast

import urllib3.connection

from workers.runtime.http.transport.connector import GuardedConnector
from workers.runtime.http.transport.framing import FramedResponse
from workers.runtime.http.transport.transfer_limits import TransferLimits

_IDLE_CONNECTIONS = 64
_IDLE_SECONDS = 30.0
"""Servers commonly close an idle connection after 5 to 75 seconds."""


class _LimitedConnection:
    """Mix-in for urllib3's connections: guarded connect, limited send and read."""

    _connector: GuardedConnector
    sock: Any
    timeout: Any
    port: int
    _dns_host: str

    def open(self, limits: TransferLimits, seconds: float) -> None:
        """Connect within *seconds*, with the TLS handshake for https."""
        self.timeout = min(seconds, limits.remaining())
        cast("urllib3.connection.HTTPConnection", self).connect()

    def send_request(self, request: bytes, limits: TransferLimits) -> FramedResponse:
        """Send a complete *request*; return the response with its head read."""
        self.sock.limits = limits
        self.sock.settimeout(limits.remaining())
        self.sock.sendall(request)
        response = FramedResponse(self.sock)
        try:
            response.begin()
        except BaseException:
            response.close()
            raise
        return response

    def _new_conn(self) -> socket.socket:
        return self._connector.open(self._dns_host, self.port, self.timeout)


class PlainConnection(_LimitedConnection, urllib3.connection.HTTPConnection):
    """A connection for http."""

    def __init__(self, connector: GuardedConnector, host: str, port: int) -> None:
        super().__init__(host, port)
        self._connector = connector


class TlsConnection(_LimitedConnection, urllib3.connection.HTTPSConnection):
    """A connection for https."""

    def __init__(
        self,
        connector: GuardedConnector,
        host: str,
        port: int,
        *,
        ssl_context: ssl.SSLContext,
    ) -> None:
        super().__init__(host, port, ssl_context=ssl_context)
        self._connector = connector


Connection = PlainConnection | TlsConnection
Origin = tuple[str, str, int]


class IdleConnections:
    """Open connections for the next request to an origin, the oldest dropped first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Origin, tuple[float, Connection]] = OrderedDict()

    def take(self, origin: Origin) -> Connection | None:
        """Return a connection to *origin* that seems alive, or None."""
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
        """Keep *connection* open; surplus connections are closed."""
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
    """Sockets of running fetches, so that another thread can end them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._ended = False

    def add(self, opened: socket.socket) -> None:
        """Register a socket in use; raises ClosedError after `shut_down`."""
        with self._lock:
            if self._ended:
                raise ClosedError
            self._sockets.add(opened)

    def discard(self, opened: socket.socket | None) -> None:
        """Remove a socket that is no longer in use."""
        with self._lock:
            if opened is not None:
                self._sockets.discard(opened)

    def shut_down(self) -> None:
        """End every running fetch and refuse new ones."""
        with self._lock:
            self._ended = True
            for each in self._sockets:
                with suppress(OSError):
                    # not SSLSocket.shutdown: it is not safe while another thread reads
                    socket.socket.shutdown(each, socket.SHUT_RDWR)


class ClosedError(OSError):
    """The client was closed."""

    def __str__(self) -> str:
        return "the client was closed"
