"""Limits on the time and the bytes of one fetch, enforced at every socket read.

A deadline alone is not enough: `socket.settimeout` bounds a single read, so a server
that sends a byte a second would never exceed it. The sockets here set the time that is
left before each read and count what comes in.
"""

import socket
import ssl
import time
from typing import Any

_READ_AHEAD_BYTES = 8 * 1024
"""Buffered readers take up to this much off the socket past the end of the head."""


class TransferLimitError(Exception):
    """The peer sent more bytes than allowed."""


class TransferLimits:
    """The deadline and the byte limits of one fetch, over all of its redirects."""

    def __init__(self, seconds: float, head_bytes: int, wire_bytes: int) -> None:
        """Allow *seconds* for the whole fetch, the byte limits for each response."""
        self._seconds = seconds
        self._head_bytes = head_bytes
        self._wire_bytes = wire_bytes
        self._started = time.monotonic()
        self._limit = 0
        self._limit_name = ""
        self._waits = True
        self.received_bytes = 0
        """So far, heads included."""

    def elapsed(self) -> float:
        """Return the seconds since the fetch began."""
        return time.monotonic() - self._started

    def remaining(self) -> float:
        """Return the seconds to the deadline; raises TimeoutError if it has passed."""
        left = self._seconds - self.elapsed()
        if left <= 0:
            msg = f"more than {self._seconds:g} s"
            raise TimeoutError(msg)
        return left

    def expect_head(self) -> None:
        """Limit what is received until the head is complete."""
        self._waits = True
        allowed = self._head_bytes
        self._limit = self.received_bytes + allowed + _READ_AHEAD_BYTES
        self._limit_name = f"head of more than {allowed} bytes"

    def expect_body(self) -> None:
        """Limit what is received from now on."""
        allowed = self._wire_bytes
        self._limit = self.received_bytes + allowed
        self._limit_name = f"more than {allowed} bytes on the wire"

    def expect_nothing(self) -> None:
        """Let reads return what is there already, until the next head is expected."""
        self._waits = False

    def patience(self) -> float:
        """Return how many seconds a read may wait; raises TimeoutError as above."""
        return self.remaining() if self._waits else 0.0

    def count(self, received: int) -> None:
        """Count *received* bytes; raises TransferLimitError beyond the limit."""
        self.received_bytes += received
        if self.received_bytes > self._limit:
            raise TransferLimitError(self._limit_name)


class LimitedSocket(socket.socket):
    """A socket whose reads obey the limits of the fetch that uses it."""

    limits: TransferLimits

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Read as `socket.recv_into`; raises TimeoutError or TransferLimitError."""
        self.settimeout(self.limits.patience())
        received = super().recv_into(buffer, nbytes, flags)
        self.limits.count(received)
        return received


class LimitedTlsSocket(ssl.SSLSocket):
    """The same over TLS; counts decrypted bytes."""

    limits: TransferLimits

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        """Read as `socket.recv_into`; raises TimeoutError or TransferLimitError."""
        self.settimeout(self.limits.patience())
        received = super().recv_into(buffer, nbytes, flags)
        self.limits.count(received)
        return received
