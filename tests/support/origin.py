"""An origin server on loopback that answers what a test tells it to."""

import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from pathlib import Path
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """What goes over the wire instead of a proper answer."""

    pieces: Callable[[], Any]
    """Returns an iterable of bytes."""
    keep: bool = False
    """Whether the connection stays open afterwards."""


CERTIFICATES = Path(__file__).parent / "tls"

Reply = Answer | Raw | Callable[[Request], Answer | Raw]


class Origin:
    """A server that logs what it was asked; unknown paths are 404."""

    def __init__(
        self, replies: Mapping[str, Reply] | None = None, *, certificate: str = ""
    ) -> None:
        """Serve over TLS where a *certificate* of tests/unit/tls/ is named."""
        self.replies: dict[str, Reply] = dict(replies or {})
        self.requests: list[Request] = []
        self.at_once = 0
        """Most requests that were under way at the same time."""
        self._lock = threading.Lock()
        self._under_way = 0
        self.ending = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_port
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    @property
    def paths(self) -> Sequence[str]:
        """Return the paths that were asked for, in order."""
        return [request.path for request in self.requests]

    def asked(self, path: str) -> Sequence[Request]:
        return [request for request in self.requests if request.path == path]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _enter(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)
            self._under_way += 1
            self.at_once = max(self.at_once, self._under_way)

    def _leave(self) -> None:
        with self._lock:
            self._under_way -= 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        origin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                length = int(headers.get("content-length", 0))
                request = Request(self.path, headers, self.rfile.read(length))
                origin._enter(request)
                try:
                    reply = origin.replies.get(self.path, Answer(status=404))
                    self._send(reply(request) if callable(reply) else reply)
                except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                    self.close_connection = True
                finally:
                    origin._leave()

            do_POST = do_GET  # noqa: N815 the name is the base class's

            def _send(self, reply: Answer | Raw) -> None:
                if isinstance(reply, Raw):
                    self.close_connection = not reply.keep
                    _write(self.wfile, reply)
                    return
                body = (
                    reply.body.encode() if isinstance(reply.body, str) else reply.body
                )
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value.encode().decode("latin-1"))
                if reply.status not in (204, 304):
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if reply.status not in (204, 304):
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        return Handler


def _write(out: BufferedIOBase, reply: Raw) -> None:
    for piece in reply.pieces():
        out.write(piece)
        out.flush()
