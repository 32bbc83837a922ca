"""Health of a worker, and the port where it and the metrics are served."""

import json
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from workers.domain.outcomes import ConfigurationError
from workers.runtime.service.background_server import BackgroundServer
from workers.runtime.service.clock import Clock

MAX_CONNECTIONS = 16
"""Calls that are answered at the same time."""


class Condition(NamedTuple):
    """An answer to a probe."""

    good: bool
    words: str


class Health:
    """What the loop reports of itself; written by its thread, read by the server's."""

    def __init__(self, clock: Clock, alive_seconds: float) -> None:
        self._clock = clock
        self._alive_seconds = alive_seconds
        self._progress = clock.monotonic()
        self._waiting_for = "the worker starts"

    def beat(self) -> None:
        """Note that the loop went round."""
        self._progress = self._clock.monotonic()

    def wait_for(self, words: str) -> None:
        """Note what the worker still waits for before it takes records."""
        self._waiting_for = words

    def ready(self) -> None:
        """Note that the worker takes records."""
        self._waiting_for = ""

    def liveness(self) -> Condition:
        """Return whether the loop made progress within `alive_seconds`."""
        silent = self._clock.monotonic() - self._progress
        if silent > self._alive_seconds:
            return Condition(good=False, words=f"no progress for {silent:.0f} s")
        return Condition(good=True, words="alive")

    def readiness(self) -> Condition:
        """Return whether the worker takes records, and otherwise what it waits for."""
        waiting = self._waiting_for
        return Condition(good=not waiting, words=waiting or "ready")


class HealthServer(BackgroundServer):
    """Serves /metrics, /healthz and /readyz until it is closed."""

    def __init__(self, health: Health, host: str, port: int) -> None:
        """Listen on *host*:*port*, any free port if 0; raises ConfigurationError."""
        try:
            server = _Server((host, port), _handler(health))
        except OSError as error:
            msg = (
                f"cannot serve metrics on {host}:{port}: {error.strerror}; set "
                "KHABAR_WORKER_METRICS_HOST and KHABAR_WORKER_METRICS_PORT"
            )
            raise ConfigurationError(msg) from error
        super().__init__(server, "health")


def _handler(health: Health) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers one call from *health* and the metrics of this process."""

        server_version = "khabar"
        sys_version = ""
        timeout = 10.0  # for a client that connects and says nothing

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/metrics":
                    body = generate_latest(REGISTRY)
                    self._answer(200, CONTENT_TYPE_LATEST, body)
                case "/healthz":
                    self._probe(health.liveness())
                case "/readyz":
                    self._probe(health.readiness())
                case _:
                    words = "try /metrics, /healthz or /readyz"
                    self._probe(Condition(good=False, words=words), bad=404)

        def _probe(self, condition: Condition, bad: int = 503) -> None:
            body = json.dumps({"ok": condition.good, "status": condition.words})
            status = 200 if condition.good else bad
            self._answer(status, "application/json", f"{body}\n".encode())

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Probes and scrapes are not worth a line."""

    return Handler


class _Server(ThreadingHTTPServer):
    """Has few connections: where there are too many, the oldest is broken off.

    So calls that come to no end, by mistake or on purpose, hold neither threads nor
    the probes, whose answers take milliseconds.
    """

    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._open: dict[int, socket.socket] = {}
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            if len(self._open) >= MAX_CONNECTIONS:
                oldest = self._open.pop(next(iter(self._open)))
                with suppress(OSError):  # its thread may be closing it just now
                    oldest.shutdown(socket.SHUT_RDWR)
            self._open[id(request)] = request
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._open.pop(id(request), None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a call that broke off or took too long."""
