"""Open TCP connections to permitted addresses only.

Guards against server-side request forgery. Name resolution and connection happen in
one place: the very address that was checked is connected to, so a name whose address
changes between two look-ups (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from workers.runtime.http.transport.addresses import Network, refusal
from workers.runtime.http.transport.transfer_limits import LimitedSocket

Resolver = Callable[..., list[tuple[Any, ...]]]
"""With the signature of `socket.getaddrinfo`."""


_SETTING = "KHABAR_HTTP_ALLOWED_NETWORKS"
_OWN_NETWORKS = frozenset(("loopback", "private", "carrier-grade NAT"))


class BlockedError(Exception):
    """Every address of the host is refused."""


class ConnectError(Exception):
    """No address of the host accepted a connection."""


class GuardedConnector:
    """Resolves host names and connects to permitted addresses."""

    def __init__(self, resolver: Resolver, allowed: tuple[Network, ...]) -> None:
        """Permit public addresses and the *allowed* networks."""
        self._resolver = resolver
        self._allowed = allowed

    def open(self, host: str, port: int, seconds: float) -> LimitedSocket:
        """Connect to the first permitted address of *host* that answers.

        *seconds* limit the look-up and, once more, all attempts to connect. Raises
        BlockedError, ConnectError, TimeoutError or socket.gaierror.
        """
        deadline = time.monotonic() + seconds
        refusals: list[tuple[str, str]] = []
        failure: OSError | None = None
        for family, kind, protocol, _, address in self._resolve(host, port, seconds):
            why = refusal(str(address[0]), self._allowed)
            if why is not None:
                refusals.append((str(address[0]), why))
                continue
            left = deadline - time.monotonic()
            if left <= 0:
                break
            opened = LimitedSocket(family, kind, protocol)
            try:
                opened.settimeout(left)
                # a request is one small write: nothing is gained by Nagle's delay
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                opened.connect(address)
            except OSError as error:
                failure = error
                opened.close()
            else:
                return opened
        raise _reason(failure, refusals)

    def _resolve(self, host: str, port: int, seconds: float) -> list[tuple[Any, ...]]:
        """Look *host* up in a thread of its own: `getaddrinfo` has no timeout."""
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


def _reason(failure: OSError | None, refusals: list[tuple[str, str]]) -> Exception:
    """Return why no address was connected to, the last failure first."""
    if isinstance(failure, TimeoutError):
        return failure
    if failure is not None:
        connect_error = ConnectError(failure.strerror or str(failure))
        connect_error.__cause__ = failure
        return connect_error
    if not refusals:
        return TimeoutError()
    words = ", ".join(f"{address}: {why}" for address, why in refusals)
    hint = f"; {_SETTING} may allow it" if _are_own(refusals) else ""
    return BlockedError(words + hint)


def _are_own(refusals: list[tuple[str, str]]) -> bool:
    """Return whether all addresses are such as an operator may have sites at."""
    return all(why in _OWN_NETWORKS for _, why in refusals)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
