"""The poll worker's memory while servers do their worst."""

import gzip
import itertools
import json
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import brotli
import pytest

from tests.support.origin import Answer, Origin, Raw, Reply
from tests.unit.fleet.poll.test_worker import rss

MOST_MB = 250
ROOT = Path(__file__).parents[4]
READ_IN_SPITE = {
    "utf-16-called-utf-8",
    "utf-8-called-utf-16",
    "utf-8-called-utf-32",
    "broken-utf-8",
    "no-such-charset",
    "not-for-text",
    "utf-7",
}
"""Feeds that are read though their servers say another encoding than they have."""
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
FLOOD = b"X-Flood: " + b"x" * 8000 + b"\r\n"
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


def drip(origin: Origin) -> Iterator[bytes]:
    yield OK + b"\r\n"
    while not origin.ending.wait(0.2):
        yield b"<"


def coded(coding: str, body: bytes) -> Answer:
    return Answer(body, headers={"Content-Encoding": coding})


def hostile(origin: Origin) -> dict[str, Reply]:
    zeros = bytes(50 * 1024 * 1024)
    items = [(str(number), "ख़बर " * 20) for number in range(10_000)]
    attributes = " ".join(f"a{number}=''" for number in range(100_000))
    entities = "".join(f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(1, 9))
    return {
        "/gzip": coded("gzip", gzip.compress(zeros)),
        "/deflate": coded("deflate", zlib.compress(zeros)),
        "/brotli": coded("br", brotli.compress(zeros, quality=1)),
        "/endless": Raw(
            lambda: itertools.chain([OK, b"\r\n"], itertools.repeat(CHUNK))
        ),
        "/chunks": Raw(
            lambda: itertools.chain(
                [OK, b"Transfer-Encoding: chunked\r\n\r\n"], itertools.repeat(CHUNK)
            )
        ),
        "/drip": Raw(lambda: drip(origin)),
        "/headers": Raw(lambda: itertools.chain([OK], itertools.repeat(FLOOD))),
        "/loop": Answer(status=302, headers={"Location": "/loop"}),
        "/short": Raw(lambda: [OK, b"Content-Length: 100\r\n\r\n<rss>"]),
        "/broken-chunk": Raw(lambda: [OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"]),
        "/nul": Answer(bytes(4 * 1024 * 1024)),
        "/entities": Answer(
            f"<!DOCTYPE rss [<!ENTITY e1 'ख'>{entities}]><rss>&e9;</rss>"
        ),
        "/attributes": Answer(
            rss(("1", "एक")).replace("<item>", f"<item {attributes}>")
        ),
        "/deep": Answer("<rss version='2.0'><channel>" + "<item>" * 20_000),
        "/many": Answer(rss(*items)),
        **lying(),
        "/good": Answer(rss(("1", "एक"))),
    }


def lying() -> dict[str, Reply]:
    """Return feeds whose servers say another encoding than they have."""
    text = "".join(chr(code) for code in range(0x900, 0x980)) * 5_000
    document = rss(("1", text))
    xml = "<?xml version='1.0' encoding='{}'?>" + document
    bodies = {
        "utf-16-called-utf-8": (document.encode("utf-16-le"), "utf-8"),
        "utf-8-called-utf-16": (xml.format("utf-16").encode(), "utf-16"),
        "utf-8-called-utf-32": (xml.format("utf-32").encode(), "utf-32"),
        "broken-utf-8": (document.encode().replace(b"\xe0", b"\xff"), "utf-8"),
        "no-such-charset": (xml.format("x-hindi").encode(), "x-hindi"),
        "not-for-text": (xml.format("base64").encode(), "zlib_codec"),
        "punycode": (b"<rss>" + b"\xff" * 200_000, "punycode"),
        "utf-7": (xml.format("utf-7").encode("utf-7"), "utf-7"),
    }
    return {
        f"/{name}": Answer(
            body, headers={"Content-Type": f"text/xml; charset={charset}"}
        )
        for name, (body, charset) in bodies.items()
    }


def secure(stack: ExitStack, plain: Origin) -> dict[str, str]:
    """Return addresses at which no trustworthy TLS connection comes about."""
    addresses = {"plain-called-tls": plain.url.replace("http:", "https:") + "/good"}
    for name in ("loopback", "expired", "elsewhere"):
        origin = stack.enter_context(Origin(certificate=name))
        origin.replies["/rss"] = Answer(rss(("1", "एक")))
        addresses[f"tls-{name}"] = f"{origin.url}/rss"
    for name, sent in (
        ("tls-garbage", itertools.repeat(b"\x16\x03\x03\xff\xff" * 4000)),
        ("tls-silence", iter(())),
    ):
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        stack.callback(listener.shutdown, socket.SHUT_RDWR)
        threading.Thread(target=_send, args=(listener, sent), daemon=True).start()
        addresses[name] = f"https://127.0.0.1:{listener.getsockname()[1]}/rss"
    return addresses


def _send(listener: socket.socket, pieces: Iterator[bytes]) -> None:
    """Send *pieces* to whoever connects, whatever it says; then wait for its end."""
    with suppress(OSError), listener.accept()[0] as connection:
        for piece in pieces:
            connection.sendall(piece)
        while connection.recv(65536):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_stays_bounded_whatever_servers_send() -> None:
    with ExitStack() as stack:
        origin = stack.enter_context(Origin())
        origin.replies = hostile(origin)
        addresses = {path[1:]: f"{origin.url}{path}" for path in origin.replies}
        insecure = secure(stack, origin)
        addresses |= insecure
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "tests.support.hostile_poll"),
                *(f"{name}={url}" for name, url in addresses.items()),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    problems = told["problems"]
    assert problems.keys() == addresses.keys()
    read = {name for name, problem in problems.items() if problem is None}
    assert read == {"deep", "many", "good"} | READ_IN_SPITE, problems
    for name in insecure.keys() - {"tls-silence"}:
        assert "no trustworthy TLS connection" in problems[name]
    assert "did not come in time" in problems["tls-silence"]
    assert told["peak_mb"] < MOST_MB
