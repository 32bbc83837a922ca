"""Fetches from a server on loopback, and what they may take."""

import itertools
import time
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tests.support.origin import Origin, Raw, Reply
from workers.runtime.http.client import HttpClient, HttpSettings
from workers.runtime.http.response import FetchError, FetchFailure, Response

LOOPBACK = ("127.0.0.0/8",)
SETTINGS = HttpSettings(
    allowed_networks=LOOPBACK,
    max_redirects=3,
    max_header_bytes=16 * 1024,
    max_wire_bytes=1024 * 1024,
    max_body_bytes=2 * 1024 * 1024,
)
HURRIED = replace(SETTINGS, connect_seconds=0.5, total_seconds=0.6)
"""For servers that let one wait."""
SLACK = 60.0
"""Seconds past its deadline in which a fetch must have ended, on a busy machine."""
OK = b"HTTP/1.1 200 OK\r\n"


def failure(client: HttpClient, url: str) -> FetchFailure:
    started = time.monotonic()
    with pytest.raises(FetchError) as caught:
        client.get(url)
    assert time.monotonic() - started < HURRIED.total_seconds + SLACK
    assert str(caught.value)
    return caught.value.failure


def served(origin: Origin, client: HttpClient, reply: Reply) -> Response:
    origin.replies["/x"] = reply
    return client.get(f"{origin.url}/x")


def refused(origin: Origin, client: HttpClient, reply: Reply) -> FetchFailure:
    origin.replies["/x"] = reply
    return failure(client, f"{origin.url}/x")


def endless(head: bytes, piece: bytes) -> Raw:
    return Raw(lambda: itertools.chain([head], itertools.repeat(piece)))


def slowly(origin: Origin, data: bytes) -> Raw:
    """One byte in a fifth of a second: five times as long as any deadline here."""

    def pieces() -> Iterator[bytes]:
        for byte in data:
            yield bytes([byte])
            if origin.ending.wait(0.2):
                return

    return Raw(pieces)
