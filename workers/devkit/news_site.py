"""The recorded news site over HTTP on loopback, for the demo and the tests.

A folder with a `site.toml` says what each path answers: status, content type, the
file of each version and its headers. `{{base}}` in files and header values becomes
the server's own address.
"""

import datetime as dt
import threading
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import msgspec

_PLACEHOLDER = "{{base}}"
# An ASCII placeholder has these bytes in every encoding that news sites use.
_CODECS = ("ascii", "utf-16-le", "utf-16-be")
_VALIDATORS = ("ETag", "Last-Modified")


class SiteError(Exception):
    """A site that cannot be served; the message names the file and the fault."""


class _Version(msgspec.Struct, frozen=True):
    file: str
    headers: dict[str, str] = {}


class _Resource(msgspec.Struct, frozen=True):
    path: str
    content_type: str
    versions: list[_Version]
    status: int = 200
    headers: dict[str, str] = {}
    """Of every version."""
    expand: bool = False
    """Whether the placeholder is replaced in the files."""


class _Manifest(msgspec.Struct, frozen=True):
    not_found: str
    resources: list[_Resource]


@dataclass(frozen=True, slots=True)
class Request:
    """One request that the site answered."""

    at: dt.datetime
    method: str
    path: str
    """As it came: percent-encoded, with its query."""
    status: int
    headers: Mapping[str, str]
    """By lower-case name."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Site:
    """Serves a recorded site while the context is open.

    A path that the manifest does not have is looked up once more without its query,
    as sites answer tracking parameters, and is 404 after that. Conditional requests
    are answered as RFC 9110, section 13, has them.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        """Read the manifest in *folder* and listen on *port*, 0 for any free one.

        Raises SiteError.
        """
        self._folder = folder
        self._clock = clock
        manifest = _read(folder)
        self._resources = {unquote(r.path): r for r in manifest.resources}
        self._not_found = _Resource(
            path="",
            content_type="text/html; charset=utf-8",
            versions=[_Version(manifest.not_found)],
            status=HTTPStatus.NOT_FOUND,
            expand=True,
        )
        self._current = dict.fromkeys(self._resources, 0)
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        try:
            self._server = _Server(("127.0.0.1", port), self._answer)
        except OSError as error:
            raise SiteError(f"port {port} on loopback: {error.strerror}") from error
        # the poll interval is how long `close` waits
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.02},
            name="site",
            daemon=True,
        )

    @property
    def base(self) -> str:
        """Return the site's address, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def requests(self) -> list[Request]:
        """Return the requests answered so far, in the order of their answers."""
        with self._lock:
            return list(self._requests)

    def advance(self, path: str | None = None) -> None:
        """Let *path*, or every path, answer with its next version from now on.

        A path at its last version stays there. Raises KeyError for an unknown path.
        """
        with self._lock:
            for key in self._current if path is None else (path,):
                last = len(self._resources[key].versions) - 1
                self._current[key] = min(self._current[key] + 1, last)

    def expand(self, text: str) -> str:
        """Put the site's address for the placeholder in *text*."""
        return text.replace(_PLACEHOLDER, self.base)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    def _answer(
        self, method: str, target: str, headers: Mapping[str, str]
    ) -> "_Answer":
        parts = urlsplit(target)
        path = unquote(parts.path)
        with self._lock:
            for key in (f"{path}?{unquote(parts.query)}", path):
                if key in self._resources:
                    resource = self._resources[key]
                    version = resource.versions[self._current[key]]
                    break
            else:
                resource, version = self._not_found, self._not_found.versions[0]
            answer = self._compose(resource, version, headers)
            self._requests.append(
                Request(self._clock(), method, target, answer.status, headers),
            )
        return answer

    def _compose(
        self,
        resource: _Resource,
        version: _Version,
        asked: Mapping[str, str],
    ) -> "_Answer":
        said = {**resource.headers, **version.headers}
        own = {name: self.expand(value) for name, value in said.items()}
        if resource.status == HTTPStatus.OK and _is_known(asked, own):
            validators = {name: own[name] for name in _VALIDATORS if name in own}
            return _Answer(HTTPStatus.NOT_MODIFIED, validators, b"")
        body = (self._folder / version.file).read_bytes()
        if resource.expand:
            for codec in _CODECS:
                body = body.replace(_PLACEHOLDER.encode(codec), self.base.encode(codec))
        own = {"Content-Type": resource.content_type, **own}
        return _Answer(resource.status, own, body)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def _read(folder: Path) -> _Manifest:
    source = folder / "site.toml"
    try:
        manifest = msgspec.convert(tomllib.loads(source.read_text("utf-8")), _Manifest)
    except (OSError, ValueError) as error:  # also TOML's and msgspec's errors
        raise SiteError(f"{source}: {error}") from error
    names = [v.file for r in manifest.resources for v in r.versions]
    for name in [manifest.not_found, *names]:
        if not (folder / name).is_file():
            raise SiteError(f"{source} names {name}, which is not there")
    for resource in manifest.resources:
        if not resource.versions:
            raise SiteError(f"{source}: {resource.path} has no version")
    return manifest


def _is_known(asked: Mapping[str, str], own: Mapping[str, str]) -> bool:
    """Return whether the client's copy is current.

    If-None-Match takes precedence over If-Modified-Since (RFC 9110, 13.2.2); ETags
    are compared weakly (13.1.2).
    """
    tags = asked.get("if-none-match")
    if tags is not None:
        etag = own.get("ETag", "").removeprefix("W/")
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in known or (bool(etag) and etag in known)
    since, modified = asked.get("if-modified-since"), own.get("Last-Modified")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):  # an unreadable date is no condition
        return False


class _Server(ThreadingHTTPServer):
    def __init__(
        self,
        address: tuple[str, int],
        answer: Callable[[str, str, Mapping[str, str]], _Answer],
    ) -> None:
        self.answer = answer
        self.connections: set[socket] = set()
        super().__init__(address, _Handler)

    def hang_up(self) -> None:
        """Close what clients keep open, so that a closed site answers nobody."""
        for connection in self.connections.copy():
            try:
                connection.shutdown(SHUT_RDWR)
            except OSError:  # it went first
                continue


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "khabar-site"
    protocol_version = "HTTP/1.1"
    # a small head and body in one packet, or Nagle and delayed ACK cost 40 ms each
    wbufsize = -1
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        """Answer with head and body."""
        asked = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.answer(self.command, self.path, asked)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def do_HEAD(self) -> None:
        """Answer with the head alone."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Write nothing: `Site.requests` is the access log."""
