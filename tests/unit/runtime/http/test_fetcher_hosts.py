"""Fifty hosts, ten of which misbehave: what the server's own log says of us."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import NamedTuple

import pytest

from workers.runtime.http.client import HttpClient, HttpSettings
from workers.runtime.http.fetcher import PoliteFetcher, Politeness
from workers.runtime.http.response import Deferred, FetchError, Response
from workers.runtime.service.clock import SystemClock
from workers.web import robots

HOSTS = [f"127.0.0.{number}" for number in range(10, 60)]
BAD = HOSTS[:10]
GOOD = HOSTS[10:]
PAGES = 4
HANGING = 3
"""The first so many of the bad never answer."""
GAP = 0.1
BUDGET = 120.0
PATIENCE = 60.0


class Seen(NamedTuple):
    host: str
    path: str
    began: float
    ended: float
    """When it was answered, or else the connection closed."""


class Server(ThreadingHTTPServer):
    """Answers as every address of the loopback network at once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("0.0.0.0", 0), Handler)  # noqa: S104 each host is an address
        self.log: list[Seen] = []
        self.lock = threading.Lock()
        self.release = threading.Event()
        self.missing = len(GOOD) * PAGES
        """So many of the good pages have not been asked for yet."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # clients that were misbehaved to hang up


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host = self.connection.getsockname()[0]
        began = time.monotonic()
        self.answered: float | None = None
        try:
            self._answer(host)
        finally:
            seen = Seen(host, self.path, began, self.answered or time.monotonic())
            with self.server.lock:
                self.server.log.append(seen)

    def _answer(self, host: str) -> None:
        kind = BAD.index(host) if host in BAD else -1
        if self.path == robots.PATH:
            # who hangs up does so on a connection of its own: an old one is tried again
            self._reply(404, b"", {"Connection": "close"} if kind in {6, 7} else {})
        elif 0 <= kind < HANGING:
            self.server.release.wait(PATIENCE)  # never in time
        elif kind in {3, 4}:
            self._reply(503, b"", {"Retry-After": "600"})
        elif kind == 5:
            self._reply(429, b"")
        elif kind in {6, 7}:
            self.close_connection = True  # without an answer
        elif kind == 8:
            self.wfile.write(b"what is this\r\n\r\n")
            self.close_connection = True
        elif kind == 9:
            self._reply(500, b"oops")
        else:
            self._reply(200, b"<html><body><p>ok</p></body></html>")
            with self.server.lock:
                self.server.missing -= 1

    def _reply(
        self, status: int, body: bytes, fields: dict[str, str] | None = None
    ) -> None:
        self.answered = time.monotonic()
        self.send_response(status)
        for name, value in (fields or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Clock(SystemClock):
    """Goes on by the budget of a batch when only those that hang are waited for."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.running: Callable[[], int] = lambda: 0

    def monotonic(self) -> float:
        over = not self._server.missing and self.running() <= HANGING
        return time.monotonic() + (BUDGET if over else 0.0)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(
            target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        yield running
        running.release.set()
        running.shutdown()


def test_the_good_are_served_and_the_bad_are_spared(server: Server) -> None:
    client = HttpClient(
        HttpSettings(allowed_networks=("127.0.0.0/8",), total_seconds=PATIENCE)
    )
    settings = Politeness(
        gap_seconds=GAP, host_connections=1, budget_seconds=BUDGET, connections=64
    )
    clock = Clock(server)
    fetcher = PoliteFetcher(client, settings, clock)
    clock.running = lambda: len(fetcher._pool)
    port = server.server_port
    urls = [
        f"http://{host}:{port}/{page}.html" for page in range(PAGES) for host in HOSTS
    ]
    answers = dict(zip(urls, fetcher.fetch(urls), strict=True))
    client.close()
    fetcher.close()
    # the slow have held up nobody: they are waiting still, and were not waited for
    assert not server.release.is_set()
    server.release.set()

    good = [url for url in urls if url.split("/")[2].split(":")[0] in GOOD]
    assert all(
        isinstance(answers[url], Response) and answers[url].status == 200  # type: ignore[union-attr]
        for url in good
    )
    for url in set(urls) - set(good):
        answer = answers[url]
        served = isinstance(answer, Response) and answer.status == 200
        assert isinstance(answer, (Deferred, FetchError, Response))
        assert not served

    by_host: dict[str, list[Seen]] = defaultdict(list)
    with server.lock:
        for seen in server.log:
            by_host[seen.host].append(seen)
    for host, log in by_host.items():
        first, *pages = sorted(log, key=lambda seen: seen.began)
        assert first.path == robots.PATH, host
        assert sum(seen.path == robots.PATH for seen in log) == 1, host
        for one, next_one in pairwise(pages):
            assert next_one.began >= one.ended, f"{host} was asked twice at a time"
            assert next_one.began - one.began >= GAP, host
    # a host that is slow, busy or broken is asked for one page, not for four
    for host in BAD[:9]:
        assert sum(seen.path != robots.PATH for seen in by_host[host]) <= 1, host
