"""A small HTTP server for calls that are asked for: a few at a time, each bounded."""

import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from workers.domain.outcomes import ConfigurationError
from workers.runtime.http.transfer_limits import LimitedSocket, TransferLimits
from workers.runtime.service import logs
from workers.runtime.service.background_server import BackgroundServer

_HEAD_BYTES = 32 * 1024
_SECONDS = 20.0
"""For one call, from its first byte to its last."""
_AT_ONCE = 32
"""Calls; what comes beyond is hung up on, and comes again."""

_log = logs.get(__name__)


class Call(NamedTuple):
    """What came in."""

    method: str
    target: str
    """Path and query, as they came."""
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes


class Reply(NamedTuple):
    """What goes back, as plain text."""

    status: int
    body: str = ""


class CallbackServer(BackgroundServer):
    """Answers GET and POST until it is closed; *answer* is called from many threads."""

    def __init__(
        self,
        host: str,
        port: int,
        answer: Callable[[Call], Reply],
        *,
        is_known: Callable[[str], bool],
        max_body_bytes: int,
    ) -> None:
        """Listen on *host*:*port*, any free port if 0; raises ConfigurationError.

        Nothing is read of what is posted to a target that *is_known* does not know:
        strangers shall fill no memory.
        """
        handler = _handler(answer, is_known, max_body_bytes)
        try:
            server = _Server((host, port), handler)
        except OSError as error:
            msg = f"cannot listen for callbacks on {host}:{port}: {error.strerror}"
            raise ConfigurationError(msg) from error
        super().__init__(server, "callbacks")


def _handler(
    answer: Callable[[Call], Reply],
    is_known: Callable[[str], bool],
    max_body_bytes: int,
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers one call of a connection."""

        server_version = "khabar"
        sys_version = ""
        connection: LimitedSocket

        def setup(self) -> None:
            self.request.limits = TransferLimits(_SECONDS, _HEAD_BYTES, max_body_bytes)
            self.request.limits.expect_head()
            super().setup()

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if not is_known(self.path):
                self._answer(b"")
            elif not length.isdecimal():
                self._send(Reply(411))
            elif int(length) > max_body_bytes:
                self._send(Reply(413))
            else:
                self.request.limits.expect_body()
                self._answer(self.rfile.read(int(length)))

        def _answer(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(answer(Call(self.command, self.path, headers, body)))

        def _send(self, reply: Reply) -> None:
            body = reply.body.encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Strangers' calls are not worth a line each."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def get_request(self) -> tuple[socket.socket, Any]:
        accepted, address = super().get_request()
        return LimitedSocket(fileno=accepted.detach()), address

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 a server's signature
        """Note a call that broke off or took too long."""
        _log.info("callback_failed", exc_info=True)
