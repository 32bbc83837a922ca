"""The poll worker's memory while servers do their worst."""

import gzip
import itertools
import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from tests.unit.origin import Answer, Origin, Raw, Reply
from tests.unit.test_poll_worker import rss

MOST_MB = 250
ROOT = Path(__file__).parents[2]
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
        "/good": Answer(rss(("1", "एक"))),
    }


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_stays_bounded_whatever_servers_send() -> None:
    with Origin() as origin:
        origin.replies = hostile(origin)
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "tests.unit.hostile_poll"),
                *(origin.url, *origin.replies),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    problems = told["problems"]
    assert {f"/{feed}" for feed in problems} == origin.replies.keys()
    read = {path for path, problem in problems.items() if problem is None}
    assert read == {"deep", "many", "good"}
    assert told["peak_mb"] < MOST_MB
