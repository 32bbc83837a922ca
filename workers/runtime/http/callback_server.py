"""A small HTTP server for callbacks: a few at a time, each bounded in time and size."""

import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from workers.domain.outcomes import ConfigurationError
from workers.runtime.http.transport.transfer_limits import LimitedSocket, TransferLimits
from workers.runtime.service import logs
from workers.runtime.service.background_server import BackgroundServer

_HEAD_BYTES = 32 * 1024
_SECONDS = 20.0
"""For one call, from its first byte to its last."""
_MAX_CONNECTIONS = 32
"""Further calls are hung up on; callers such as hubs repeat them."""

_log = logs.get(__name__)


class CallbackRequest(NamedTuple):
    """A request to the server."""

    method: str
    target: str
    """Path and query, as they came."""
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes


class CallbackResponse(NamedTuple):
    """A response in plain text."""

    status: int
    body: str = ""


class CallbackServer(BackgroundServer):
    """Serves GET and POST until it is closed; many threads call *respond*."""

    def __init__(
        self,
        host: str,
        port: int,
        respond: Callable[[CallbackRequest], CallbackResponse],
        *,
        is_known: Callable[[str], bool],
        max_body_bytes: int,
    ) -> None:
        """Listen on *host*:*port*, any free port if 0; raises ConfigurationError.

        The body of a POST is not read unless *is_known* says that its target exists,
        so that only those who were told a target can make the server allocate memory.
        """
        handler = _handler(respond, is_known, max_body_bytes)
        try:
            server = _Server((host, port), handler)
        except OSError as error:
            msg = f"cannot listen for callbacks on {host}:{port}: {error.strerror}"
            raise ConfigurationError(msg) from error
        super().__init__(server, "callbacks")


def _handler(
    respond: Callable[[CallbackRequest], CallbackResponse],
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
            self._respond(b"")

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if not is_known(self.path):
                self._respond(b"")
            elif not length.isdecimal():
                self._send(CallbackResponse(411))
            elif int(length) > max_body_bytes:
                self._send(CallbackResponse(413))
            else:
                self.request.limits.expect_body()
                self._respond(self.rfile.read(int(length)))

        def _respond(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(respond(CallbackRequest(self.command, self.path, headers, body)))

        def _send(self, response: CallbackResponse) -> None:
            body = response.body.encode()
            self.send_response(response.status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Do not log requests, which anybody may send."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._places = threading.BoundedSemaphore(_MAX_CONNECTIONS)

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
